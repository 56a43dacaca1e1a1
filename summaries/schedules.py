"""When the cluster does what: declared here, and nowhere else."""

from dataclasses import dataclass

from django.db import transaction
from django_q.models import Schedule

# Names of the schedules that are ours begin so; others are left alone.
PREFIX = "windfall: "


@dataclass(frozen=True)
class Repeated:
    """A task that runs every so many minutes."""

    name: str
    task: str
    minutes: int


SCHEDULES = (
    # The outbox: whatever crashed after a change, its days are found and finished.
    Repeated("finish stale days", "summaries.tasks.finish_stale_days", minutes=1),
)


@transaction.atomic
def sync_schedules() -> list[str]:
    """This will make the cluster's schedules those declared here; returns their names."""
    names = [PREFIX + repeated.name for repeated in SCHEDULES]
    for name, repeated in zip(names, SCHEDULES, strict=True):
        Schedule.objects.update_or_create(
            name=name,
            defaults={
                "func": repeated.task,
                "schedule_type": Schedule.MINUTES,
                "minutes": repeated.minutes,
                "repeats": -1,
            },
        )
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=names).delete()
    return names
