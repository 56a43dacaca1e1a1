"""Days that were read once, and the headlines of days, months and years that add up from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from curtailment.definitions import Definition
from curtailment.settlement import FIRST_SETTLEMENT_DATE, iter_dates
from summaries.columns import pick
from summaries.exact import add
from summaries.queries.totals import Row
from summaries.reports.changes import Figures
from summaries.reports.shapes import Headline
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class DayBook:
    """Energy summaries by day, and the bitcoin summaries of one miner model."""

    energy: Mapping[date, Row]
    bitcoin: Mapping[date, Row]
    definition: Definition

    def headline(self, timeframe: Timeframe) -> Headline:
        """Sums as the summaries of months and years have them: of all days with data.

        Bitcoin and its value are null unless they are known for each of these days.
        """
        calendar = list(iter_dates(max(timeframe.first, FIRST_SETTLEMENT_DATE), timeframe.last))
        stored = [day for day in calendar if day in self.energy]
        rows = [self.energy[day] for day in stored]
        return Headline(
            timeframe=timeframe,
            is_complete=len(stored) == len(calendar) and all(row["is_complete"] for row in rows),
            is_provisional=any(row["is_provisional"] for row in rows),
            is_sample=any(row["is_sample"] for row in rows),
            curtailed_mwh=self._sum(self.energy, stored, "curtailed_mwh"),
            payment_gbp=self._sum(self.energy, stored, "payment_gbp"),
            bitcoin_mined=self._sum(self.bitcoin, stored, "bitcoin_mined"),
            value_gbp=self._sum(self.bitcoin, stored, "value_gbp"),
        )

    @cached_property
    def complete(self) -> dict[date, Figures]:
        """The figures of the complete days."""
        return {
            day: Figures(
                pick(row, self.definition, "curtailed_mwh"),
                pick(row, self.definition, "payment_gbp"),
                self._figure(self.bitcoin, day, "bitcoin_mined"),
            )
            for day, row in self.energy.items()
            if row["is_complete"]
        }

    def latest_curtailed(self, last: date) -> date | None:
        """The latest complete day up to `last` with curtailed energy."""
        days = (day for day, row in self.complete.items() if day <= last and row.curtailed_mwh)
        return max(days, default=None)

    def _sum(self, rows: Mapping[date, Row], days: Iterable[date], name: str) -> Decimal | None:
        days = list(days)
        return add(self._figure(rows, day, name) for day in days) if days else None

    def _figure(self, rows: Mapping[date, Row], day: date, name: str) -> Decimal | None:
        return pick(rows[day], self.definition, name) if day in rows else None
