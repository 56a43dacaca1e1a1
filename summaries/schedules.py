"""When the cluster does what: declared here, and nowhere else.

There is no cron expression: the times of day are London's, all year. django-q adds whole days to
the next run and moves it by an hour when the clocks change, in the zone of TIME_ZONE.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django_q.models import Schedule

from curtailment.settlement import next_time_in_london

# Names of the schedules that are ours begin so; others are left alone.
PREFIX = "windfall: "


@dataclass(frozen=True)
class Repeated:
    """A task that runs every so many minutes."""

    name: str
    task: str
    minutes: int

    def columns(self) -> dict[str, Any]:
        return {"schedule_type": Schedule.MINUTES, "minutes": self.minutes}

    def first_run(self, now: datetime) -> datetime:
        return now


@dataclass(frozen=True)
class AtTime:
    """A task that runs at a time of day in London, on the days meant.

    The time is part of the name: another one makes another schedule, with another first run.
    """

    name: str
    task: str
    at: time
    schedule_type: str = Schedule.DAILY
    on: Callable[[date], bool] = lambda day: True

    def columns(self) -> dict[str, Any]:
        return {"schedule_type": self.schedule_type, "minutes": None}

    def first_run(self, now: datetime) -> datetime:
        return next_time_in_london(now, self.at, on=self.on)


SCHEDULES: tuple[Repeated | AtTime, ...] = (
    # The outbox: whatever crashed after a change, its days are found and finished.
    Repeated("finish stale days", "finish_stale_days", minutes=1),
    Repeated("go on with backfills", "resume_backfills", minutes=1),
    # A killed or stopped worker's day is fetched by another one.
    Repeated("take up abandoned days", "take_up_abandoned_days", minutes=1),
    # Today and the last days, and after noon of working days what was recalculated: due.py.
    Repeated("fetch the days that are due", "fetch_due_days", minutes=15),
    # Off unless NOTIFY_EMAILS says who is told.
    Repeated("tell operators what needs them", "send_notifications", minutes=15),
    # Difficulty as often as prices: an epoch is known only up to the last time of asking.
    Repeated("difficulty and prices, hourly", "sync_network", minutes=60),
    AtTime("reconcile the last days at 02:30", "reconcile_recent_days", time(2, 30)),
    AtTime("verify final days at 04:30", "verify_final_days", time(4, 30)),
    AtTime(
        "register of units on Mondays at 06:00",
        "sync_register",
        time(6),
        Schedule.WEEKLY,
        on=lambda day: day.weekday() == 0,
    ),
    AtTime(
        "partitions ahead on the first of the month at 05:00",
        "create_partitions",
        time(5),
        Schedule.MONTHLY,
        on=lambda day: day.day == 1,
    ),
)


@transaction.atomic
def sync_schedules(*, now: datetime) -> list[str]:
    """This will make the cluster's schedules those declared here; returns their names.

    When one runs next, and whether it was stopped (repeats 0), stays as it is.
    """
    names = [PREFIX + declared.name for declared in SCHEDULES]
    for name, declared in zip(names, SCHEDULES, strict=True):
        columns = declared.columns() | {"func": f"summaries.tasks.{declared.task}"}
        begin = {"next_run": declared.first_run(now), "repeats": -1}
        Schedule.objects.update_or_create(
            name=name, defaults=columns, create_defaults=columns | begin
        )
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=names).delete()
    return names
