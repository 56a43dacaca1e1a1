"""Taking a year's rows out of the database into a file, and putting them back."""

from curtailment.archive.attaching import attach_file
from curtailment.archive.detaching import detach_year
from curtailment.archive.files import ArchiveRefused

__all__ = ["ArchiveRefused", "attach_file", "detach_year"]
