"""No row of a date waits in a default partition."""

from datetime import date

from curtailment.checks.findings import Finding, Remedy, found
from curtailment.partitions import count_default_rows_of, partitioned_tables


def check_partitions(settlement_date: date) -> list[Finding]:
    """The big tables have the date's rows in the partition of its year."""
    counts = {
        table: count_default_rows_of(settlement_date, table) for table in partitioned_tables()
    }
    differences = [
        f"{count} rows of {table} are in its default partition"
        for table, count in counts.items()
        if count
    ]
    return found(settlement_date, "partitions", differences, Remedy.MOVE)
