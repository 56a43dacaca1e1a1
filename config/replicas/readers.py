"""A reader never goes back in time: a cookie says how far the pages are that a browser has seen.

A replica that has not come so far does not answer this reader; one that changed something, in the
admin, has seen the change. The place in the write-ahead log is compared, which covers every
revision: whoever has reached it has all that was committed before.
"""

import logging
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import HttpRequest, HttpResponse

from config.database import problems
from config.metrics import report_reads_total
from config.replicas.position import START, Position
from config.replicas.reading import reading_from
from config.replicas.servers import name_of
from config.replicas.watching import replica_aliases, watcher

logger = logging.getLogger(__name__)

COOKIE = "windfall_seen"
PRIMARY = "primary"
REPLICAS_FAULTS = (
    *problems.GONE,
    *problems.MISSING,
    psycopg.errors.SerializationFailure,
)
READING = ("GET", "HEAD", "OPTIONS", "TRACE")

# Not less than what was just read: of the primary what is not yet written out too.
SQL_FOR_PRIMARY = "SELECT pg_current_wal_insert_lsn()::text"
SQL_FOR_REPLICA = "SELECT pg_last_wal_replay_lsn()::text"


def answer_from_replica(request: HttpRequest, build: Callable[[], HttpResponse]) -> HttpResponse:
    """The response that `build` makes of what a replica says, if one has come far enough.

    Else, and where the replica fails on the way, of what the primary says. `build` only reads.
    """
    if not replica_aliases():
        return build()
    seen = seen_by(request)
    alias = watcher().choose(seen)
    if alias is not None:
        try:
            return _answer_from(alias, seen, build)
        except Error as error:
            if not _is_replicas_fault(error):
                raise
            reason = str(error).partition("\n")[0]
            logger.warning("%s was not answered by %s: %s", request.path, alias, reason)
    return _answer_from(DEFAULT_DB_ALIAS, seen, build)


def seen_by(request: HttpRequest) -> Position:
    """How far the pages are that this browser has seen; what makes no sense counts as nothing."""
    try:
        return Position.parse(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return START


class RememberWrites:
    """A middleware: who changed something has seen the change, whichever page comes next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in READING and replica_aliases() and response.status_code < 400:
            _remember(response, DEFAULT_DB_ALIAS, START)
        return response


def _answer_from(alias: str, seen: Position, build: Callable[[], HttpResponse]) -> HttpResponse:
    with reading_from(alias):
        response = build()
    _remember(response, alias, seen)
    server = PRIMARY if alias == DEFAULT_DB_ALIAS else name_of(alias)
    report_reads_total.labels(server).inc()
    return response


def _remember(response: HttpResponse, alias: str, seen: Position) -> None:
    sql = SQL_FOR_PRIMARY if alias == DEFAULT_DB_ALIAS else SQL_FOR_REPLICA
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        (text,) = cursor.fetchone()
    if text is None:
        return
    position = Position.parse(text)
    if alias != DEFAULT_DB_ALIAS:
        watcher().note_read(alias, position)
    response.set_cookie(
        COOKIE,
        str(max(seen, position)),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def _is_replicas_fault(error: Error) -> bool:
    """It went away, or canceled a query to keep up, or has yet to get tables of this version."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return False
    return cause.sqlstate is None or isinstance(cause, REPLICAS_FAULTS)
