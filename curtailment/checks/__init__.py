"""Whether what is stored of a settlement date is as it should be: one question a file.

Every check covers every row of its date, changes nothing, and returns what it found.
"""

from curtailment.checks.answer import (
    NEVER_FETCHED,
    NO_WIND_UNITS,
    Answer,
    ask,
    check_answer,
    check_wind_generation,
)
from curtailment.checks.corrections import check_corrections
from curtailment.checks.evidence import Evidence, check_evidence, read_evidence
from curtailment.checks.findings import Finding, Remedy, found
from curtailment.checks.ledger import check_ledger, check_missing, check_periods, check_stale
from curtailment.checks.partitions import check_partitions

# Where these find anything, the stored records are not to be relied on.
OF_RECORDS = frozenset(["missing", "periods", "ledger", "evidence", "corrections"])

__all__ = [
    "OF_RECORDS",
    "NEVER_FETCHED",
    "NO_WIND_UNITS",
    "Answer",
    "Evidence",
    "Finding",
    "Remedy",
    "ask",
    "check_answer",
    "check_corrections",
    "check_evidence",
    "check_ledger",
    "check_missing",
    "check_partitions",
    "check_periods",
    "check_stale",
    "check_wind_generation",
    "found",
    "read_evidence",
]
