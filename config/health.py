"""Whether the process runs, and whether it can serve. Told to anyone, so without details.

What readiness asks beyond PostgreSQL stands in summaries/readiness.py.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue
from threading import Thread

import psycopg
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SILENT = "the database does not answer"


class NotWell(Exception):
    """A check that failed; the message says what is wrong."""


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """Something that is asked: it answers a detail or nothing, or raises NotWell.

    Only what is vital keeps requests away from this process; the rest is for who looks after it.
    """

    name: str
    ask: Callable[[], str]
    limit_ms: int
    is_vital: bool = False
    # It asks PostgreSQL in this thread, which ends what takes too long.
    is_query: bool = True


@dataclass(frozen=True)
class Result:
    """What came of a check."""

    name: str
    state: State
    detail: str

    def __str__(self) -> str:
        said = {
            State.OK: f"ok ({self.detail})" if self.detail else "ok",
            State.WARNING: f"warning: {self.detail}",
            State.FAILED: self.detail,
        }
        return f"{self.name}: {said[self.state]}"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """That the process is up; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def respond(request: HttpRequest, checks: Iterable[Check]) -> HttpResponse:
    """A line a check, or JSON if that is asked for; 503 if a vital one failed."""
    results = list(_run_all(checks))
    is_ready = all(result.state is not State.FAILED for result in results)
    status = 200 if is_ready else 503
    if request.GET.get("format") == "json":
        told = {r.name: {"state": r.state, "detail": r.detail} for r in results}
        return JsonResponse({"ready": is_ready, "checks": told}, status=status)
    text = "".join(f"{result}\n" for result in results)
    return HttpResponse(text, content_type="text/plain", status=status)


def _run_all(checks: Iterable[Check]) -> Iterator[Result]:
    """The database first: while it does not answer, nobody waits for what asks it."""
    database = _run(DATABASE)
    yield database
    for check in checks:
        can_answer = database.state is State.OK or not check.is_query
        yield _run(check) if can_answer else _failed(check, SILENT)


def _run(check: Check) -> Result:
    try:
        with _limited(check):
            return Result(check.name, State.OK, check.ask())
    except NotWell as error:
        return _failed(check, str(error))
    except Error as error:
        was_slow = isinstance(error.__cause__, psycopg.errors.QueryCanceled)
        return _failed(check, f"no answer within {check.limit_ms} ms" if was_slow else SILENT)


def _failed(check: Check, detail: str) -> Result:
    return Result(check.name, State.FAILED if check.is_vital else State.WARNING, detail)


@contextmanager
def _limited(check: Check) -> Iterator[None]:
    """Lets PostgreSQL end what takes too long."""
    if not check.is_query:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [str(check.limit_ms)]
            )
        yield


def _ask_database() -> str:
    """Asked by a thread, as nothing else ends an attempt to connect, or to get one of the pool."""
    answers: SimpleQueue[bool] = SimpleQueue()
    Thread(target=lambda: answers.put(_can_select()), daemon=True).start()
    try:
        can_select = answers.get(timeout=DATABASE.limit_ms / 1_000)
    except Empty:
        can_select = False
    if not can_select:
        raise NotWell(SILENT)
    return ""


def _can_select() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    finally:
        connection.close()
    return True


def _ask_migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        raise NotWell(f"{missing} not applied")
    return ""


DATABASE = Check("database", _ask_database, limit_ms=2_000, is_vital=True, is_query=False)
MIGRATIONS = Check("migrations", _ask_migrations, limit_ms=2_000, is_vital=True)
