"""What the platform before kept: its unpartitioned `curtailment_records`, read row by row."""

from curtailment.legacy.days import LegacyDay, read_days
from curtailment.legacy.table import LegacyTable, LegacyUnreachable, NotTheLegacyTable, open_table

__all__ = [
    "LegacyDay",
    "LegacyTable",
    "LegacyUnreachable",
    "NotTheLegacyTable",
    "open_table",
    "read_days",
]
