"""Whether this process can serve, and whether what stands behind it is well."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.database.pool import pool_usage
from config.health import MIGRATIONS, Check, NotWell, respond
from config.replicas.telling import replica_checks
from curtailment.partitions import has_partition, partitioned_tables
from curtailment.settlement import settlement_date_at
from summaries.queries.cluster import read_heartbeat
from summaries.queries.freshness import OLD, age_of, read_freshness, read_newest_complete_date

ONE_HOUR = timedelta(hours=1)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """A line a check; 503 only while PostgreSQL does not answer or migrations are missing.

    Without background work, partitions or fresh data the pages are right and say how old they
    are, and without replicas the primary answers: to take this process away from its readers
    would not mend that.
    """
    return respond(request, (*CHECKS, *replica_checks()))


def _ask_partitions() -> str:
    """Of this year and the next: what has none goes to a default partition, which is slower."""
    year = settlement_date_at(timezone.now()).year
    missing = {
        wanted
        for table in partitioned_tables()
        for wanted in (year, year + 1)
        if not has_partition(table, wanted)
    }
    if missing:
        years = " and ".join(map(str, sorted(missing)))
        raise NotWell(f"none of {years}: run manage.py partitions")
    return f"to {year + 1}"


def _ask_cluster() -> str:
    heartbeat = read_heartbeat(now=timezone.now())
    if not heartbeat.schedule_count:
        raise NotWell("no schedule is on: run manage.py sync_schedules")
    if heartbeat.overdue_since is not None:
        raise NotWell(f"nobody works since {heartbeat.overdue_since:%Y-%m-%d %H:%M} UTC")
    return ""


def _ask_newest_day() -> str:
    """Where nothing but sample data were ever stored, nobody waits for newer ones."""
    newest = read_newest_complete_date()
    if newest is None:
        freshness = read_freshness()
        if freshness.day_count and freshness.day_count == freshness.sample_day_count:
            return "sample data only"
        raise NotWell("no day is complete yet")
    age = age_of(newest, now=timezone.now())
    said = f"{newest}, over for {age // ONE_HOUR} hours"
    if age > OLD:
        raise NotWell(said)
    return said


def _ask_pool() -> str:
    usage = pool_usage()
    if usage is not None and usage.waiting_requests:
        raise NotWell(str(usage))
    return str(usage or "none in this process")


CHECKS = (
    MIGRATIONS,
    Check("partitions", _ask_partitions, limit_ms=1_000),
    Check("cluster", _ask_cluster, limit_ms=1_000),
    Check("newest complete day", _ask_newest_day, limit_ms=1_000),
    Check("pool", _ask_pool, limit_ms=1_000, is_query=False),
)
