"""Whether a day costs the same however long the history is: several databases, in turns."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from time import perf_counter

from curtailment.operations import start_attempt, store_day
from summaries.queries.choices import read_choices
from summaries.reports.daily import build_daily_report
from summaries.reports.monthly import build_monthly_report
from summaries.reports.yearly import build_yearly_report
from summaries.selection import Selection
from tests.benchmarks import mining, reading, summing, written_days
from tests.benchmarks.database import Database
from tests.benchmarks.days import fetched_day
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import LAST_DAY, NOW
from tests.benchmarks.timing import Timings, in_turns, middle_of

# Below it there is less than a year of history, and reports are of less.
SMALLEST_COMPARED = 1.0
GOAL, GOAL_OF_QUERIES = 1.3, 1.2
BUILDERS: dict[str, Callable[..., object]] = {
    "daily": build_daily_report,
    "monthly": build_monthly_report,
    "yearly": build_yearly_report,
}


class DaysOf:
    """A database's free days: each is stored, calculated and summed up in turn."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.days = written_days.free_days()
        self.day: date | None = None

    def ingest(self) -> float:
        self.database.use()
        self.day = next(self.days)
        fetched = fetched_day(self.day)
        start_attempt(self.day, now=NOW)
        began = perf_counter()
        store_day(fetched, now=NOW)
        return perf_counter() - began

    def calculate(self) -> float:
        self.database.use()
        assert self.day is not None
        return mining.calculate(self.day)

    def summarize(self) -> float:
        self.database.use()
        assert self.day is not None
        return summing.summarize(self.day)


def comparable(scale: float, finished: list[Database]) -> list[Database]:
    """The databases to compare a scale with, itself the last one, if it can be at all."""
    if scale <= SMALLEST_COMPARED:
        return []
    return [each for each in finished if SMALLEST_COMPARED <= each.scale.factor <= scale]


def measure(databases: list[Database], *, repeats: int) -> list[Finding]:
    """How much longer everything takes than in the smallest database; the last one is in use."""
    if len(databases) < 2:
        return []
    for database in databases:
        database.use()
        written_days.clear()
    smallest, *larger = databases
    found: list[Finding] = []
    steps = {database.name: DaysOf(database) for database in databases}
    work: dict[str, tuple[Callable[[Database], float], float]] = {
        "A day's ingest": (lambda each: steps[each.name].ingest(), GOAL),
        "A day's bitcoin": (lambda each: steps[each.name].calculate(), GOAL),
        "A day's summaries": (lambda each: steps[each.name].summarize(), GOAL),
        **{f"The {name} report": (_report(build), GOAL) for name, build in BUILDERS.items()},
        **{
            f"Queries of the {question.name}": (_queries(question), GOAL_OF_QUERIES)
            for question in reading.questions()
        },
    }
    timings = in_turns(
        {
            f"{what} at {each.name}": _bound(measured, each)
            for what, (measured, _) in work.items()
            for each in databases
        },
        repeats=repeats,
    )
    for what, (_, goal) in work.items():
        found += _findings(timings, what, goal, smallest, larger)
    return found


def _findings(
    timings: Timings, what: str, goal: float, smallest: Database, larger: list[Database]
) -> Iterator[Finding]:
    for each in larger:
        ratio = timings.ratio(f"{what} at {each.name}", f"{what} at {smallest.name}")
        compared_with = f"the same at {smallest.scale} x"
        yield Finding(f"{what} at {each.scale} x", compared_with, ratio, most=goal)


def _bound(measured: Callable[[Database], float], database: Database) -> Callable[[], float]:
    return lambda: measured(database)


def _report(build: Callable[..., object]) -> Callable[[Database], float]:
    """Seconds that a report takes to be read and built, without its page."""

    def measure(database: Database) -> float:
        database.use()
        choices, now = read_choices(), datetime.now(UTC)
        began = perf_counter()
        build(LAST_DAY, selection=Selection(), choices=choices, now=now)
        return perf_counter() - began

    return measure


def _queries(question: reading.Question) -> Callable[[Database], float]:
    measured = middle_of(reading.queries_of(question.from_summaries))

    def measure(database: Database) -> float:
        database.use()
        return measured()

    return measure
