"""What the database says of days and tasks, for Prometheus, and who may read it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from secrets import compare_digest

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from config.metrics import text_of_processes
from config.replicas.telling import ReplicaCollector
from summaries.pool_admin import MAY_LOOK
from summaries.queries.database import snapshot
from summaries.queries.freshness import age_of, read_day_counts, read_newest_complete_date
from summaries.queries.work import count_queued, read_task_outcomes

LIMIT_MS = 2_000


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Everything for Prometheus, to who has the token, and to staff who look after Windfall."""
    if not (_has_token(request) or _is_operator(request)):
        raise PermissionDenied
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(timezone.now()))
    registry.register(ReplicaCollector())
    content = text_of_processes() + generate_latest(registry)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_operator(request: HttpRequest) -> bool:
    return (
        request.user.is_authenticated and request.user.is_staff and request.user.has_perm(MAY_LOOK)
    )


class DatabaseCollector(Collector):
    """Days by state, age of the data, and tasks, as they are when Prometheus asks."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with snapshot():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LIMIT_MS)])
            yield _days()
            yield from _age(self.now)
            yield from _tasks()


def _days() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "windfall_days", "Days of the ledger by state.", labels=["data_state", "attempt_state"]
    )
    for data_state, attempt_state, count in read_day_counts():
        family.add_metric([data_state, attempt_state], count)
    return family


def _age(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Nothing while no day is complete: no number would be true."""
    newest = read_newest_complete_date()
    if newest is not None:
        yield GaugeMetricFamily(
            "windfall_data_age_seconds",
            "How long ago the newest complete day ended.",
            value=age_of(newest, now=now).total_seconds(),
        )


def _tasks() -> Iterator[GaugeMetricFamily]:
    queued = GaugeMetricFamily("windfall_tasks_queued", "Tasks that wait (PostgreSQL: or run).")
    # A Redis that is away must not take the other figures away too.
    with suppress(RedisError):
        queued.add_metric([], count_queued())
    failed = GaugeMetricFamily(
        "windfall_tasks_failed", "Tasks that failed, as far as remembered.", labels=["task"]
    )
    success = GaugeMetricFamily(
        "windfall_task_success_seconds", "When a task last succeeded (Unix time).", labels=["task"]
    )
    for outcome in read_task_outcomes():
        failed.add_metric([outcome.task], outcome.failed_count)
        if outcome.succeeded_at is not None:
            success.add_metric([outcome.task], outcome.succeeded_at.timestamp())
    yield from (queued, failed, success)
