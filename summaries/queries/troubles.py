"""What operators are told of: days that keep failing or differ, and data that are old."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from curtailment.models import IngestionProgress
from summaries.models import Notification
from summaries.queries.days import AttemptState, DataState
from summaries.queries.freshness import OLD, age_of, read_newest_complete_date

Event = Notification.Event

LONGEST_REASON = 300


@dataclass(frozen=True)
class Trouble:
    """Something about a day that is not well now. `attempts` are its tries so far.

    While it is tried again nobody knows whether it still fails.
    """

    event: Event
    settlement_date: date
    sentence: str
    attempts: int = 0
    was_ever_stored: bool = True
    is_being_tried: bool = False

    @property
    def key(self) -> tuple[str, date]:
        return self.event.value, self.settlement_date


def read_troubles(*, now: datetime) -> list[Trouble]:
    """Everything that is not well now."""
    return [*_failed(), *_differing(), *_old(now)]


def _failed() -> Iterator[Trouble]:
    states = (AttemptState.FAILED, AttemptState.RUNNING)
    days = IngestionProgress.objects.filter(attempt_state__in=states).exclude(error="")
    columns = ("error", "attempts", "data_state", "attempt_state")
    for day in days.order_by("settlement_date").only(*columns):
        yield Trouble(
            Event.FAILED,
            day.settlement_date,
            f"{day.settlement_date} cannot be fetched: {day.error[:LONGEST_REASON]}",
            attempts=day.attempts,
            was_ever_stored=day.data_state != DataState.NONE,
            is_being_tried=day.attempt_state == AttemptState.RUNNING,
        )


def _differing() -> Iterator[Trouble]:
    differing = IngestionProgress.Verification.DIFFERS
    days = IngestionProgress.objects.filter(verification=differing).order_by("settlement_date")
    for day in days.values_list("settlement_date", flat=True):
        yield Trouble(Event.DIFFERS, day, f"{day} differs from Elexon's indicative figures.")


def _old(now: datetime) -> Iterator[Trouble]:
    """Nothing where no day was ever complete: nobody has begun to fetch."""
    newest = read_newest_complete_date()
    if newest is not None and age_of(newest, now=now) > OLD:
        hours = int(OLD.total_seconds() // 3600)
        yield Trouble(
            Event.OLD,
            newest,
            f"No day after {newest} is complete, which is over {hours} hours ago.",
        )
