"""Which replicas may be read: a thread of each web process asks all servers how far they are.

How far behind a replica is cannot be asked from it: cut off from the primary it believes to be up
to date. So the primary's position is noted every second, and a replica is as far behind as the
newest of the notes that it has reached is old.
"""

import logging
import os
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from config.replicas import CONNECT_TIMEOUT_SECONDS, PREFIX
from config.replicas.position import Position

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
STATEMENT_TIMEOUT_MS = 2_000

SQL_FOR_PRIMARY = "SELECT pg_current_wal_flush_lsn()::text"
SQL_FOR_REPLICA = """
SELECT pg_last_wal_replay_lsn()::text WHERE pg_is_in_recovery()
"""


class NotAStandby(Exception):
    """The server takes writes of its own: it was promoted, or never was a replica."""


@dataclass(frozen=True)
class Replica:
    """What is known of a replica: how far it has come, or why it is left out."""

    alias: str
    position: Position | None = None
    lag_seconds: float | None = None
    reason: str = "It was not asked yet."

    @property
    def is_used(self) -> bool:
        return not self.reason


class Watcher:
    """Asks the servers over connections of its own. `ask` gives a server's position, by alias."""

    def __init__(
        self,
        aliases: list[str],
        *,
        max_lag_seconds: float,
        ask: Callable[[str], Position],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.replicas = {alias: Replica(alias) for alias in aliases}
        self._max_lag_seconds = max_lag_seconds
        self._ask = ask
        self._clock = clock
        # (when, how far the primary was), the oldest first.
        self._notes: deque[tuple[float, Position]] = deque()
        self._errors: dict[str, str] = {}

    def look(self) -> None:
        """This will ask every server once, and log what changed."""
        now = self._clock()
        with suppress(psycopg.Error):
            self._notes.append((now, self._ask(DEFAULT_DB_ALIAS)))
        while len(self._notes) > 1 and now - self._notes[1][0] > self._max_lag_seconds:
            self._notes.popleft()
        for alias in self.replicas:
            self._update(self._seen(alias, now))

    def choose(self, at_least: Position) -> str | None:
        """The alias of a replica that has come at least so far; null if there is none."""
        fit = [
            replica.alias
            for replica in self.replicas.values()
            if replica.is_used and replica.position is not None and replica.position >= at_least
        ]
        return random.choice(fit) if fit else None  # noqa: S311

    def _seen(self, alias: str, now: float) -> Replica:
        try:
            position = self._ask(alias)
        except NotAStandby:
            return Replica(alias, reason="It is not a standby. Correct DATABASE_REPLICA_URLS.")
        except psycopg.Error as error:
            return Replica(alias, reason=f"It does not answer: {_first_line(error)}")
        lag = self._lag_seconds(position, now)
        if lag is None or lag > self._max_lag_seconds:
            reason = f"It is more than {self._max_lag_seconds:g} s behind the primary."
            # A process that has just begun cannot tell yet.
            if lag is None and not self._covers_limit(now):
                reason = "It is behind the primary, nobody knows how far yet."
            return Replica(alias, position, lag, reason)
        return Replica(alias, position, lag, reason="")

    def _lag_seconds(self, position: Position, now: float) -> float | None:
        for noted_at, primary in reversed(self._notes):
            if position >= primary:
                return now - noted_at
        return None

    def _covers_limit(self, now: float) -> bool:
        return bool(self._notes) and now - self._notes[0][0] >= self._max_lag_seconds

    def _update(self, replica: Replica) -> None:
        before = self.replicas[replica.alias]
        self.replicas[replica.alias] = replica
        # How a server says that it is gone changes from try to try.
        if replica.reason.partition(":")[0] != before.reason.partition(":")[0]:
            if replica.is_used:
                logger.info("Reports are read from %s.", replica.alias)
            else:
                logger.warning("Reports are not read from %s. %s", replica.alias, replica.reason)


class Servers:
    """Asks servers how far they are, over a connection a server that is kept while it works."""

    def __init__(self) -> None:
        self._connections: dict[str, psycopg.Connection[Any]] = {}

    def position_of(self, alias: str) -> Position:
        """Raises psycopg.Error, and NotAStandby of a replica that is none."""
        sql = SQL_FOR_PRIMARY if alias == DEFAULT_DB_ALIAS else SQL_FOR_REPLICA
        try:
            row = self._connection(alias).execute(sql).fetchone()
        except psycopg.Error:
            if connection := self._connections.pop(alias, None):
                connection.close()
            raise
        if row is None or row[0] is None:
            raise NotAStandby
        return Position.parse(row[0])

    def _connection(self, alias: str) -> psycopg.Connection[Any]:
        if alias not in self._connections:
            self._connections[alias] = _connect(alias)
        return self._connections[alias]


def _connect(alias: str) -> psycopg.Connection[Any]:
    parameters = connections[alias].get_connection_params()
    address = {
        name: parameters[name]
        for name in ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")
        if parameters.get(name)
    }
    return psycopg.connect(
        **address,
        autocommit=True,
        application_name="windfall replicas",
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
    )


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


_lock = Lock()
_watchers: dict[int, Watcher] = {}


def replica_aliases() -> list[str]:
    return [alias for alias in settings.DATABASES if alias.startswith(PREFIX)]


def watcher() -> Watcher:
    """The watcher of this process, which begins to look when it is first asked for."""
    process_id = os.getpid()
    with _lock:
        if process_id not in _watchers:
            _watchers[process_id] = _start()
        return _watchers[process_id]


def _start() -> Watcher:
    one = Watcher(
        replica_aliases(),
        max_lag_seconds=settings.REPLICA_MAX_LAG,
        ask=Servers().position_of,
    )

    def look_for_ever() -> None:
        pause = Event()
        while True:
            one.look()
            pause.wait(PAUSE_SECONDS)

    Thread(target=look_for_ever, name="replicas", daemon=True).start()
    return one
