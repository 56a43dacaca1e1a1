"""Years whose records are in a file: nothing may be written of their days.

Without its records a day would be calculated and summed anew to zeros.
"""

from datetime import date

from curtailment.models import ArchivedYear


class YearArchived(Exception):
    """A day's records are not here. The message says where they are, and what to do."""


def archived_years() -> set[int]:
    """The years whose records are in files."""
    return set(ArchivedYear.objects.values_list("year", flat=True))


def archive_of(settlement_date: date) -> ArchivedYear | None:
    """What is known of the file with a date's records; None if they are here."""
    return ArchivedYear.objects.filter(year=settlement_date.year).first()


def refuse_archived(settlement_date: date) -> None:
    """Raises YearArchived for a day whose records are in a file.

    Asked by whoever holds the day's lock, the answer holds until the lock is released.
    """
    archive = archive_of(settlement_date)
    if archive is not None:
        raise YearArchived(sentence_of(archive))


def sentence_of(archive: ArchivedYear) -> str:
    """Where the records of an archived year are."""
    return (
        f"The records of {archive.year} are archived in {archive.file_name}: put them back with "
        f"`manage.py partitions --attach` and that file first."
    )
