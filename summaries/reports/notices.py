"""How sure a page is, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from curtailment.settlement import LONDON, recalculation_due_at
from summaries.queries.days import DayState
from summaries.timeframes import Kind, Timeframe, format_date, format_dates


class NoticeKind(StrEnum):
    """What a notice is about; pages color by it."""

    SAMPLE = "sample"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    RUNNING = "running"
    PROVISIONAL = "provisional"
    CORRECTED = "corrected"
    STALE = "stale"
    FAILED = "failed"
    SUSPECT = "suspect"
    VERIFIED = "verified"
    DIFFERS = "differs"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Notice:
    """A label in a word or two, and the sentence that explains it."""

    kind: NoticeKind
    label: str
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What the notices of a report follow from."""

    timeframe: Timeframe
    states: Mapping[date, DayState]
    periods_expected: int
    periods_fetched: int
    is_provisional: bool
    is_sample: bool
    has_corrections: bool
    now: datetime
    today: date

    def days(self, condition: Callable[[DayState], bool]) -> list[date]:
        """The days of the ledger that a condition holds for."""
        return [day for day, state in self.states.items() if condition(state)]

    @property
    def without_data(self) -> list[date]:
        """Days that are over and have no figures."""
        days = self.timeframe.dates(today=self.today)
        return [day for day in days if day < self.today and not self._has_figures(day)]

    def _has_figures(self, day: date) -> bool:
        return day in self.states and self.states[day].is_summarized


def notices_of(facts: Facts) -> tuple[Notice, ...]:
    """The notices of a day, a month or a year, the gravest first."""
    return (*_sample(facts), *_coverage(facts), *_certainty(facts), *_attempts(facts))


def _sample(facts: Facts) -> Iterator[Notice]:
    if facts.is_sample:
        yield Notice(NoticeKind.SAMPLE, "Sample data", _made_up(facts))
    elif facts.days(lambda day: day.has_sample_price and day.is_summarized):
        sentence = "Values in GBP are at made-up bitcoin prices."
        yield Notice(NoticeKind.SAMPLE, "Sample prices", sentence)


def _made_up(facts: Facts) -> str:
    if facts.timeframe.kind is Kind.DAILY:
        return "These figures are made up to try Windfall out. They are not Elexon's."
    stored = facts.days(lambda day: day.is_summarized)
    made_up = facts.days(lambda day: day.is_summarized and day.is_sample)
    count = f"{len(made_up)} of the {len(stored)} stored"
    return f"Days made up to try Windfall out, not Elexon's: {count}."


def _coverage(facts: Facts) -> Iterator[Notice]:
    is_day = facts.timeframe.kind is Kind.DAILY
    if not any(state.is_summarized for state in facts.states.values()):
        yield Notice(NoticeKind.MISSING, "Not ingested yet", _when_due(facts))
    elif facts.without_data:
        sentence = f"Days without data: {format_dates(facts.without_data)}."
        yield Notice(NoticeKind.INCOMPLETE, "Incomplete", sentence)
    yield from _imported(facts)
    yield from _archived(facts, is_day=is_day)
    for day in facts.days(lambda day: day.is_running and day.is_summarized):
        yield _running(facts, day, is_day=is_day)
    if not is_day and facts.timeframe.last >= facts.today:
        sentence = f"{facts.timeframe.label} is not over. The figures are to date."
        yield Notice(NoticeKind.RUNNING, "To date", sentence)


def _imported(facts: Facts) -> Iterator[Notice]:
    imported = facts.days(lambda day: day.is_imported and day.is_summarized)
    if imported:
        sentence = (
            f"Figures of {format_dates(imported)} are what the platform before this one kept. "
            "They were never compared with Elexon's, and settlement periods may be missing."
        )
        yield Notice(NoticeKind.INCOMPLETE, "Imported", sentence)


def _archived(facts: Facts, *, is_day: bool) -> Iterator[Notice]:
    """Only a day's page shows what is archived: its half hours. Totals stay."""
    if is_day and facts.days(lambda day: day.is_archived):
        sentence = (
            f"The records of {facts.timeframe.first.year} are archived. The day's totals are "
            "kept; its settlement periods are not shown."
        )
        yield Notice(NoticeKind.INCOMPLETE, "Archived", sentence)


def _running(facts: Facts, day: date, *, is_day: bool) -> Notice:
    fetched = ""
    if is_day:
        fetched = f" {facts.periods_fetched} of {facts.periods_expected} settlement periods so far."
    if day == facts.today:
        sentence = f"{format_date(day)} is not over.{fetched}"
        return Notice(NoticeKind.RUNNING, "Running day", sentence)
    sentence = f"{format_date(day)} has not been fetched whole since it ended.{fetched}"
    return Notice(NoticeKind.INCOMPLETE, "Incomplete day", sentence)


def _when_due(facts: Facts) -> str:
    timeframe = facts.timeframe
    if timeframe.kind is not Kind.DAILY:
        return f"No day of {timeframe.label} has been ingested yet."
    due_at = recalculation_due_at(timeframe.first)
    london = due_at.astimezone(LONDON)
    when = f"{london:%H:%M} on {format_date(london.date())} (London)"
    due = f"are due at {when}" if due_at > facts.now else f"were due at {when}"
    return f"{format_date(timeframe.first)} has not been ingested yet. Its final figures {due}."


def _certainty(facts: Facts) -> Iterator[Notice]:
    if facts.is_provisional:
        sentence = "Fetched before the next working day's recalculation: figures may still change."
        yield Notice(NoticeKind.PROVISIONAL, "Provisional", sentence)
    if facts.has_corrections:
        sentence = "Staff corrected some of these figures."
        yield Notice(NoticeKind.CORRECTED, "Corrected", sentence)
    stale = facts.days(lambda day: day.is_stale)
    if stale:
        sentence = f"Figures are out of date for {format_dates(stale)} until that is done."
        yield Notice(NoticeKind.STALE, "Being recalculated", sentence)
    outdated = facts.days(lambda day: day.is_outdated)
    if outdated:
        sentence = (
            "Staff said anew which units are wind. Until they are fetched again, figures of "
            f"{format_dates(outdated)} are those of before."
        )
        yield Notice(NoticeKind.STALE, "To be fetched again", sentence)


def _attempts(facts: Facts) -> Iterator[Notice]:
    failed = facts.days(lambda day: day.has_failed)
    if failed:
        sentence = f"The last try failed for {format_dates(failed)}.{_kept(facts, failed)}"
        yield Notice(NoticeKind.FAILED, "Fetching failed", sentence)
    suspect = facts.days(lambda day: day.is_suspect)
    if suspect:
        sentence = (
            f"Newer figures of {format_dates(suspect)} looked wrong and wait for a decision."
            f"{_kept(facts, suspect)}"
        )
        yield Notice(NoticeKind.SUSPECT, "Suspect answer", sentence)


def _kept(facts: Facts, days: list[date]) -> str:
    if any(facts.states[day].is_summarized for day in days):
        return " Good figures that were stored before are kept and shown."
    return ""
