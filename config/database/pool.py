"""The connection pool of this process: how connections are checked, and how it is used."""

import os
import select
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection


def check_connection(lent: "psycopg.Connection[Any]") -> None:
    """Raises OperationalError if the server has ended a connection that waited in the pool.

    A server that ends or dies says so, and that lies here unread: looking costs microseconds,
    where psycopg's own check asks the server, for each page that is lent a connection.
    """
    waiting = select.poll()
    waiting.register(lent.pgconn.socket, select.POLLIN)
    while waiting.poll(0):
        # What a living server sent by itself is read; at the end of what was sent, this raises.
        lent.pgconn.consume_input()


@dataclass(frozen=True)
class PoolUsage:
    """Connections now, and counts since the process started."""

    process_id: int
    smallest: int
    largest: int
    size: int
    idle: int
    waiting_requests: int
    requests: int
    # Requests that got no connection in time.
    request_errors: int
    connections_made: int
    # Attempts to connect that failed.
    connection_errors: int
    # Connections that were found broken: by the check before they were lent, or when given back.
    connections_lost: int

    @property
    def errors(self) -> int:
        """All of them."""
        return self.request_errors + self.connection_errors + self.connections_lost

    def __str__(self) -> str:
        return (
            f"{self.size} of {self.largest} connections, {self.idle} idle, "
            f"{self.waiting_requests} waiting, {self.errors} errors"
        )


def pool_usage() -> PoolUsage | None:
    """What the pool of this process says; null where there is none, as in commands."""
    # The first use of a pool makes it, for which the embedded server has to run.
    with connection.wrap_database_errors:
        pool: Any = connection.pool  # type: ignore[attr-defined]
    if pool is None:
        return None
    stats = pool.get_stats()
    return PoolUsage(
        process_id=os.getpid(),
        smallest=stats["pool_min"],
        largest=stats["pool_max"],
        size=stats["pool_size"],
        idle=stats["pool_available"],
        waiting_requests=stats["requests_waiting"],
        requests=stats.get("requests_num", 0),
        request_errors=stats.get("requests_errors", 0),
        connections_made=stats.get("connections_num", 0),
        connection_errors=stats.get("connections_errors", 0),
        connections_lost=stats.get("connections_lost", 0) + stats.get("returns_bad", 0),
    )
