"""Whether the background work is done by anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django_q.models import Schedule

# A cluster looks at its schedules twice a minute.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Heartbeat:
    """Of all clusters, whatever their broker: they move the schedules that they have begun.

    django-q's own statistics are in its cache, which with PostgreSQL as broker is one of each
    process: a web server would never see those of a cluster.
    """

    schedule_count: int
    overdue_since: datetime | None

    @property
    def is_there(self) -> bool:
        return self.schedule_count > 0 and self.overdue_since is None


def read_heartbeat(*, now: datetime) -> Heartbeat:
    """Whether a schedule that is switched on waits for longer than any cluster lets it wait."""
    running = Schedule.objects.exclude(repeats=0)
    found = running.aggregate(count=Count("pk"), next_run=Min("next_run"))
    next_run = found["next_run"]
    is_overdue = next_run is not None and next_run < now - PATIENCE
    return Heartbeat(found["count"], next_run if is_overdue else None)
