"""The period that a page of farms, companies or miners is over, as its address names it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from curtailment.settlement import FIRST_SETTLEMENT_DATE, InvalidSettlementDate
from summaries.refusals import BadChoice
from summaries.selection import read_parameter
from summaries.timeframes import (
    InvalidTimeframe,
    Kind,
    Timeframe,
    nearest_timeframe,
    parse_timeframe,
    shorten,
)

ALL = "all"
# By the length of their texts: YYYY, YYYY-MM, YYYY-MM-DD.
KINDS = {4: Kind.YEARLY, 7: Kind.MONTHLY, 10: Kind.DAILY}
FORMS = {Kind.YEARLY: "YYYY", Kind.MONTHLY: "YYYY-MM", Kind.DAILY: "YYYY-MM-DD"}


@dataclass(frozen=True)
class Span:
    """The settlement dates from first to last: those of a timeframe, or without one all."""

    first: date
    last: date
    timeframe: Timeframe | None

    @classmethod
    def of(cls, timeframe: Timeframe) -> "Span":
        return cls(timeframe.first, timeframe.last, timeframe)

    @classmethod
    def all(cls, *, today: date) -> "Span":
        return cls(FIRST_SETTLEMENT_DATE, today, None)

    @property
    def text(self) -> str:
        return self.timeframe.text if self.timeframe else ALL

    @property
    def label(self) -> str:
        return self.timeframe.label if self.timeframe else "all stored days"


def read_span(
    parameters: QueryDict, *, kinds: Collection[Kind], allows_all: bool, latest: date, today: date
) -> Span:
    """The period of a query string; without one the year of the latest data. Raises BadChoice."""
    text = read_parameter(parameters, "period")
    if text is None:
        return Span.of(Timeframe.year(latest))
    if allows_all and text == ALL:
        return Span.all(today=today)
    kind = KINDS.get(len(text))
    if kind is None or kind not in kinds:
        forms = [form for each, form in FORMS.items() if each in kinds]
        valid = ", ".join([*forms, *([ALL] if allows_all else [])])
        raise BadChoice(
            f"{shorten(text)!r} is not a period. Write one of {valid}.",
            parameter="period",
            nearest=[nearest_timeframe(Kind.YEARLY, text, today=today).text],
        )
    try:
        return Span.of(parse_timeframe(kind, text, today=today))
    except (InvalidSettlementDate, InvalidTimeframe) as error:
        near = nearest_timeframe(kind, text, today=today).text
        raise BadChoice(str(error), parameter="period", nearest=[near]) from error
