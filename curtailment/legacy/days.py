"""The rows of the platform before, day by day, as answers that can be stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from curtailment.legacy.rows import (
    ReadingRules,
    RefusedRow,
    date_of,
    has_other_payment,
    lead_party_of,
    line_of,
    name_of,
    unit_named,
)
from curtailment.legacy.table import TextRow
from curtailment.models import IngestionProgress
from curtailment.operations import FetchedDay
from curtailment.sources import StackLine

Key = tuple[int, str]


@dataclass
class LegacyDay:
    """The rows of a date, or of none: those that can be taken as lines, and why others cannot.

    `units` are the ids that its rows name. `lead_parties` are by period and unit, as far as known.
    """

    settlement_date: date | None
    lines: list[StackLine] = field(default_factory=list)
    lead_parties: dict[Key, str] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    other_payment_count: int = 0

    def as_fetched(self, settlement_date: date, *, now: datetime) -> FetchedDay:
        """The lines as an answer of their source. Wind output was not kept."""
        lines_by_period: dict[int, list[StackLine]] = {}
        for line in self.lines:
            lines_by_period.setdefault(line.settlement_period, []).append(line)
        return FetchedDay(
            settlement_date=settlement_date,
            source_name=IngestionProgress.Source.LEGACY.value,
            started_at=now,
            is_running_day=False,
            is_final=False,
            lines_by_period=lines_by_period,
            wind_generation=None,
        )


def read_days(rows: Iterable[TextRow], rules: ReadingRules) -> Iterator[LegacyDay]:
    """Each date once, if rows come in the order of their dates; only one is in memory."""
    for _, of_day in groupby(rows, key=lambda row: (row["settlement_date"] or "")[:10]):
        yield _read_day(of_day, rules)


def _read_day(rows: Iterable[TextRow], rules: ReadingRules) -> LegacyDay:
    day = LegacyDay(None)
    for row in rows:
        try:
            day.settlement_date = date_of(row, rules)
            _add(day, row, line_of(row, day.settlement_date, rules))
        except RefusedRow as refused:
            day.refused.append(f"{name_of(row)}: {refused}")
        day.units.add(unit_named(row))
    return day


def _add(day: LegacyDay, row: TextRow, line: StackLine) -> None:
    party = lead_party_of(row)
    day.lines.append(line)
    day.other_payment_count += has_other_payment(row, line)
    if line.id and party:
        day.lead_parties[line.settlement_period, line.id] = party
