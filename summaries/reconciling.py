"""Checking days against everything that they follow from, and mending them if asked.

Only the ways that make a day in the first place mend it: fetching it again, recalculating it,
moving its rows into the partition of their year. No total is ever written, and what a remedy does
not mend stays listed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

from config.logs.context import bind
from curtailment import checks
from curtailment.archived import archive_of, sentence_of
from curtailment.checks import Answer, Finding, Remedy
from curtailment.elexon import ElexonClient
from curtailment.locks import LockSpace, session_lock
from curtailment.models import IngestionProgress
from curtailment.partitions import ensure_partitions
from curtailment.queries import has_wind_units_for, progress_of
from curtailment.sample import SampleSource
from curtailment.settlement import iter_dates
from curtailment.sources import SettlementSource
from curtailment.sql import expect_many_rows
from mining.checks import check_bitcoin, check_calculations
from summaries.backfill import CONNECTIONS, UNREACHABLE_DAYS
from summaries.checks import check_day, check_month, check_year
from summaries.pipeline import Clock, Status, finish_day, refresh_day
from summaries.queries.database import snapshot
from summaries.siblings import check_siblings, mend_siblings

Sources = Mapping[str, SettlementSource]

NOT_TRIED = "not tried, as its source could not be reached for the days before"
STORED = (Status.WRITTEN, Status.UNCHANGED)
# Checks of what is summed of several days.
OF_SPANS = frozenset(["month", "bitcoin month", "year", "bitcoin year"])
# They rebuild the day's month and year.
REBUILDING = frozenset([Remedy.FETCH, Remedy.RECALCULATE])


@dataclass(frozen=True)
class CheckedDay:
    """A day: what differs still, and what did and was mended.

    Both with what its month and year are summed with, under the dates of that.
    """

    settlement_date: date
    remaining: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether nothing differed."""
        return not (self.remaining or self.mended)


@dataclass
class ReconcileResult:
    """What came of a range of days; only what differs is remembered."""

    days: int = 0
    days_mended: int = 0
    days_differing: int = 0
    remaining: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every check of every day could be done and found nothing, or all was mended."""
        return not self.remaining

    def __str__(self) -> str:
        ok = self.days - self.days_mended - self.days_differing
        return (
            f"Days: {ok} ok, {self.days_mended} mended, {self.days_differing} with differences "
            f"({len(self.remaining)})."
        )

    def add(self, day: CheckedDay) -> None:
        self.days += 1
        self.days_mended += bool(day.mended) and not day.remaining
        self.days_differing += bool(day.remaining)
        self.remaining += day.remaining


def sources_with(client: ElexonClient) -> Sources:
    """The sources of days by name: Elexon as a client asks it, and the built-in sample."""
    return {source.name: source for source in (client, SampleSource())}


def reconcile(
    first: date,
    last: date,
    *,
    sources: Sources,
    clock: Clock,
    fix: bool = False,
    on_day: Callable[[CheckedDay], None] = lambda day: None,
) -> ReconcileResult:
    """This will check every day from first to last, and with `fix` mend and check again.

    `sources` are by name. A month is checked with its last day in the range, and so is a year.
    Memory does not grow with the range. `on_day` is called as each day ends.
    """
    result = ReconcileResult()
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        reconciler = Reconciler(sources, clock, executor, first, last)
        for day in iter_dates(first, last):
            with bind(settlement_date=day.isoformat()):
                checked = reconciler.reconcile_day(day, fix=fix)
            result.add(checked)
            on_day(checked)
    return result


@dataclass
class Reconciler:
    """What checking and mending a day takes."""

    sources: Sources
    clock: Clock
    executor: Executor
    first: date
    last: date
    unreachable_days: Counter[str] = field(default_factory=Counter)

    def reconcile_day(self, day: date, *, fix: bool) -> CheckedDay:
        """Checks a day, mends it and checks again; nobody else ingests it meanwhile."""
        with session_lock(LockSpace.FETCH, day.toordinal()):
            found = self.check(day)
            siblings = self.check_siblings(day, found, fix=fix)
            if not fix or all(finding.remedy is Remedy.NONE for finding in found):
                return CheckedDay(day, (*found, *siblings))
            problems = self.mend(day, found, siblings)
            remaining = self.check(day)
            remaining += self.check_siblings(day, remaining, fix=fix)
            if remaining:
                remaining += checks.found(day, "repair", problems)
        return CheckedDay(day, tuple(remaining), tuple(_gone([*found, *siblings], remaining)))

    def check(self, day: date) -> list[Finding]:
        """Everything that differs, of one instant; the source is asked before it."""
        answer = self.ask(day)
        with snapshot():
            expect_many_rows()
            progress = progress_of(day)
            archive = archive_of(day)
            if archive is not None:
                return checks.found(day, "archived", [sentence_of(archive)])
            found = checks.check_missing(day, progress)
            if progress is not None and answer is not None:
                found += self.check_stored(progress, answer)
            found += checks.check_corrections(day) + checks.check_partitions(day)
            found += check_calculations(day) + check_bitcoin(day) + check_day(day)
            if self.is_last_of(day, day.month, (day + timedelta(days=1)).month):
                found += check_month(day)
            if self.is_last_of(day, day.year, (day + timedelta(days=1)).year):
                found += check_year(day)
        return found

    def check_siblings(self, day: date, found: list[Finding], *, fix: bool) -> list[Finding]:
        """What differs beside the range, if a total differs or is about to be rebuilt."""
        is_rebuilt = fix and any(finding.remedy in REBUILDING for finding in found)
        if is_rebuilt or any(finding.check in OF_SPANS for finding in found):
            return check_siblings(day, self.first, self.last, now=self.clock())
        return []

    def check_stored(self, progress: IngestionProgress, answer: Answer) -> list[Finding]:
        """The day's line in the ledger, its evidence, and the fresh answer."""
        evidence = checks.read_evidence(progress.settlement_date)
        return [
            *checks.check_periods(progress, evidence, now=self.clock()),
            *checks.check_ledger(progress, evidence),
            *checks.check_evidence(progress.settlement_date, evidence),
            *checks.check_answer(progress, answer),
            *checks.check_wind_generation(progress, answer),
            *checks.check_stale(progress),
        ]

    def ask(self, day: date) -> Answer | None:
        """The answer of now of a stored day's source, which without connection is given up."""
        progress = progress_of(day)
        if progress is None or progress.data_state == IngestionProgress.DataState.NONE:
            return None
        if archive_of(day) is not None:
            return None
        if progress.source == IngestionProgress.Source.LEGACY:
            return Answer(None, checks.NEVER_FETCHED)
        source = self.sources[progress.source]
        if self.is_given_up(source):
            return Answer(None, NOT_TRIED)
        answer = checks.ask(progress, source, now=self.clock(), executor=self.executor)
        self.unreachable_days[source.name] += answer.is_unreachable
        return answer

    def mend(self, day: date, found: list[Finding], siblings: list[Finding]) -> list[str]:
        """Applies the remedies, first to its siblings; says what of them could not be done.

        Damaged records that could not be fetched are not recalculated: totals would follow them.
        """
        remedies = {finding.remedy for finding in found}
        if Remedy.MOVE in remedies:
            ensure_partitions([day.year])
        problems = mend_siblings(siblings, now=self.clock())
        if problems:
            return problems
        problems = self.fetch(day) if Remedy.FETCH in remedies else []
        if problems and any(finding.check in checks.OF_RECORDS for finding in found):
            return problems
        if Remedy.RECALCULATE in remedies:
            problems += finish_day(day, now=self.clock()).problems
        return problems

    def fetch(self, day: date) -> list[str]:
        """Ingests a day anew; says why if it was not stored."""
        progress = progress_of(day)
        name = progress.source if progress else ""
        source = self.sources.get(name) or self.sources[IngestionProgress.Source.ELEXON]
        if self.is_given_up(source):
            return [NOT_TRIED]
        if not has_wind_units_for(source):
            return [checks.NO_WIND_UNITS]
        result = refresh_day(
            day, source=source, executor=self.executor, clock=self.clock, force=True
        )
        self.unreachable_days[source.name] += result.unreachable
        if result.status in STORED:
            return []
        return list(result.problems) or [f"fetched again, the answer was {result.status}"]

    def is_given_up(self, source: SettlementSource) -> bool:
        return self.unreachable_days[source.name] >= UNREACHABLE_DAYS

    def is_last_of(self, day: date, span: int, next_span: int) -> bool:
        """Whether a day is the last one of its month or year that is checked."""
        return day == self.last or span != next_span


def _gone(before: list[Finding], after: list[Finding]) -> Iterator[Finding]:
    """What was found before and is not any more."""
    still = {(finding.settlement_date, finding.check) for finding in after}
    return (finding for finding in before if (finding.settlement_date, finding.check) not in still)
