"""Whether the process runs, and whether it can serve. Told to anyone, so without details."""

from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class NotReady(Exception):
    """A check that failed; the message says what is wrong."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """That the process is up; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """A line a check; 503 unless all of them pass."""
    results = {name: _run(check) for name, check in CHECKS.items()}
    lines = [f"{name}: {result}\n" for name, result in results.items()]
    status = 200 if set(results.values()) == {"ok"} else 503
    return HttpResponse("".join(lines), content_type="text/plain", status=status)


def _run(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Error:
        return "the database does not answer"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        raise NotReady(f"{missing} not applied")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "migrations": _check_migrations,
}
