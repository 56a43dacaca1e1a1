"""The queries of reports, beside the same figures from the raw tables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from config.queries.timing import totaled_queries
from summaries.queries.slices import read_selected_bitcoin, read_selected_days
from summaries.queries.totals import read_bitcoin, read_summary
from summaries.selection import Selection
from summaries.timeframes import Timeframe
from tests.benchmarks import baselines
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import LAST_DAY
from tests.benchmarks.stacks import unit_ids
from tests.benchmarks.timing import Measured, in_turns, middle_of

Rows = list[tuple[Any, ...]]
# Each of them is this many times as fast, at ten times the data.
GOAL_AT = 10
FIGURES = ("curtailed_mwh", "payment_gbp", "farm_count", "record_count")


@dataclass(frozen=True)
class Question:
    """Figures that a report needs, read in two ways that give the same."""

    name: str
    from_summaries: Callable[[], Rows]
    from_raw: Callable[[], Rows]
    goal: float


def questions() -> list[Question]:
    """Of the last day of the history, its month and its year."""
    return [
        _of_all("daily report", Timeframe.day(LAST_DAY), 10),
        _of_all("monthly report", Timeframe.month(LAST_DAY), 100),
        _of_all("yearly report", Timeframe.year(LAST_DAY), 1_000),
        _of_a_unit("farm report, a year", Timeframe.year(LAST_DAY), unit_ids()[0], 20),
    ]


def measure(*, repeats: int) -> list[Finding]:
    """The findings of all of them; both ways must agree to the last digit."""
    return [finding for question in questions() for finding in _measure(question, repeats)]


def queries_of(read: Callable[[], object]) -> Measured:
    """Seconds that the queries of a reader take, without what Python makes of them."""

    def measure() -> float:
        with totaled_queries() as totals:
            read()
        return totals.seconds

    return measure


def _measure(question: Question, repeats: int) -> Iterator[Finding]:
    assert question.from_summaries() == question.from_raw()
    things = {
        "summaries": middle_of(queries_of(question.from_summaries)),
        "raw": queries_of(question.from_raw),
    }
    timings = in_turns(things, repeats=repeats)
    what = f"Queries of the {question.name}"
    yield Finding(what, "", timings.of("summaries"), "s")
    yield Finding(
        what,
        "the same figures from the raw tables",
        timings.ratio("raw", "summaries"),
        least=question.goal,
        only_from=GOAL_AT,
    )


def _of_all(name: str, timeframe: Timeframe, goal: float) -> Question:
    parameters = {"first": timeframe.first, "last": timeframe.last}

    def from_summaries() -> Rows:
        summary, bitcoin = read_summary(timeframe), read_bitcoin(timeframe)
        assert summary is not None
        figures = [summary[figure] for figure in FIGURES]
        return [(key, bitcoin[key]["bitcoin_mined"], *figures) for key in sorted(bitcoin)]

    return Question(
        name,
        from_summaries,
        lambda: baselines.read_raw(baselines.TOTALS_FROM_RAW, parameters),
        goal,
    )


def _of_a_unit(name: str, timeframe: Timeframe, unit: str, goal: float) -> Question:
    first, last = timeframe.first, timeframe.last
    parameters = {"first": first, "last": last, "farm": unit}
    selection = Selection(farm=unit)

    def from_summaries() -> Rows:
        days = read_selected_days(first, last, selection=selection)
        bitcoin = read_selected_bitcoin(first, last, selection=selection)
        names = ("curtailed_mwh", "payment_gbp", "record_count")
        return sorted(
            (
                row["settlement_date"],
                row["miner_model_id"],
                row["bitcoin_mined"],
                *(days[row["settlement_date"]][name] for name in names),
            )
            for row in bitcoin
        )

    return Question(
        name,
        from_summaries,
        lambda: baselines.read_raw(baselines.UNIT_DAYS_FROM_RAW, parameters),
        goal,
    )
