"""Taking over what the platform before kept: every day of its table that Elexon's does not have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from curtailment.legacy import LegacyDay, LegacyTable, read_days
from curtailment.legacy.rows import ReadingRules
from curtailment.models import BMUnit
from curtailment.operations.register import record_unknown_units
from curtailment.settlement import settlement_date_at
from summaries.pipeline import Clock, DayResult, Status, import_day


@dataclass(frozen=True)
class ImportedDay:
    """What came of the rows of a date. `result` is None where none of them could be taken."""

    rows: LegacyDay
    result: DayResult | None

    @property
    def is_left_alone(self) -> bool:
        """Whether Elexon's own answer is stored, which is better than any import."""
        return self.result is not None and self.result.status in (Status.SKIPPED, Status.OUTDATED)

    @property
    def is_taken(self) -> bool:
        """Whether what is stored of the date are these rows."""
        return self.result is not None and self.result.status in (Status.WRITTEN, Status.UNCHANGED)

    @property
    def is_ok(self) -> bool:
        return not self.rows.refused and (self.result is None or self.result.is_ok)

    def __str__(self) -> str:
        refused = [f"  not taken: {reason}" for reason in self.rows.refused]
        return "\n".join([self._summary(), *refused])

    def _summary(self) -> str:
        count = len(self.rows.lines)
        if self.result is None:
            return f"{self.rows.settlement_date or 'without a day'}: no row could be taken"
        if self.is_left_alone:
            day = self.result.settlement_date
            return f"{day} left alone: Elexon's answer is stored ({count} rows)"
        return f"{self.result} ({count} rows)"


@dataclass
class ImportResult:
    """How many rows were taken, left alone as Elexon's are stored, or refused; and what else."""

    days: int = 0
    taken: int = 0
    left_alone: int = 0
    refused: int = 0
    other_payments: int = 0
    problems: list[DayResult] = field(default_factory=list)

    def add(self, day: ImportedDay) -> None:
        count = len(day.rows.lines)
        self.refused += len(day.rows.refused)
        if day.is_left_alone:
            self.left_alone += count
            return
        if day.result is not None and not day.result.is_ok:
            self.problems.append(day.result)
        if day.is_taken:
            self.taken += count
            self.days += 1
            self.other_payments += day.rows.other_payment_count

    def __str__(self) -> str:
        return (
            f"{self.taken:,} rows of {self.days:,} days taken, {self.left_alone:,} left alone as "
            f"Elexon's are stored, {self.refused:,} not taken. Payments that were no volume times "
            f"price, whatever the sign: {self.other_payments:,}; all were computed anew."
        )


def import_legacy(
    table: LegacyTable,
    first: date,
    last: date,
    *,
    clock: Clock,
    on_day: Callable[[ImportedDay], None] = lambda day: None,
) -> ImportResult:
    """This will import the rows of the dates from first to last, a day a transaction.

    Memory does not grow with the table. Whatever interrupts it, importing again comes to the same.
    Raises LegacyUnreachable; the days before are imported then.
    """
    result = ImportResult()
    rules = ReadingRules(
        today=settlement_date_at(clock()),
        units=dict(BMUnit.objects.values_list("pk", "is_wind")),
    )
    for rows in read_days(table.rows(first, last), rules):
        record_unknown_units(rows.units - rules.units.keys(), now=clock())
        day = ImportedDay(rows, _import(rows, clock))
        result.add(day)
        on_day(day)
    return result


def _import(rows: LegacyDay, clock: Clock) -> DayResult | None:
    day = rows.settlement_date
    if day is None or not rows.lines:
        return None
    fetched = rows.as_fetched(day, now=clock())
    return import_day(day, fetched=fetched, lead_parties=rows.lead_parties, clock=clock)
