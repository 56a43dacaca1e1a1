"""Which replicas may be read: a thread of each web process asks all servers how far they are.

How far behind a replica is cannot be asked from it: cut off from the primary it believes to be up
to date. So the primary's position is noted every second, and a replica is as far behind as the
newest of the notes that it has reached is old.
"""

import logging
import os
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread
from time import monotonic

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from config.replicas import PREFIX
from config.replicas.position import Position
from config.replicas.servers import Servers, Unfit, name_of

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
# How far behind a replica may be for its lag to be known.
REMEMBERED_SECONDS = 3_600.0
ADVICE = "Start it, or correct DATABASE_REPLICA_URLS."


@dataclass(frozen=True)
class Replica:
    """What is known of a replica: how far it has come, or why it is left out.

    `name` is for operators: it has the address.
    """

    alias: str
    name: str
    position: Position | None = None
    lag_seconds: float | None = None
    reason: str = "It was not asked yet."

    @property
    def is_used(self) -> bool:
        return not self.reason

    @property
    def reason_without_address(self) -> str:
        """For anybody."""
        return self.reason.partition(":")[0]

    def __str__(self) -> str:
        return f"{self.alias}, {self.name}"


class Watcher:
    """Asks the servers over connections of its own. `ask` gives a server's position, by alias."""

    def __init__(
        self,
        names: Mapping[str, str],
        *,
        max_lag_seconds: float,
        ask: Callable[[str], Position],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.replicas = {alias: Replica(alias, name) for alias, name in names.items()}
        self._max_lag_seconds = max_lag_seconds
        self._ask = ask
        self._clock = clock
        # (when, how far the primary was), the oldest first.
        self._notes: deque[tuple[float, Position]] = deque()

    def look(self) -> None:
        """This will ask every server once, and log what changed."""
        now = self._clock()
        with suppress(psycopg.Error):
            self._notes.append((now, self._ask(DEFAULT_DB_ALIAS)))
        remembered = max(REMEMBERED_SECONDS, self._max_lag_seconds)
        while len(self._notes) > 1 and now - self._notes[1][0] > remembered:
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

    def note_read(self, alias: str, position: Position) -> None:
        """This will remember how far a replica was that has just been read, for its next reader."""
        replica = self.replicas[alias]
        if replica.position is not None and replica.position < position:
            self.replicas[alias] = replace(replica, position=position)

    def _seen(self, alias: str, now: float) -> Replica:
        """What is known of a replica once it was asked."""
        asked = replace(self.replicas[alias], position=None, lag_seconds=None)
        try:
            position = self._ask(alias)
        except Unfit as unfit:
            return replace(asked, reason=str(unfit))
        except psycopg.Error as error:
            reason = f"It does not answer: {_first_line(error)}. {ADVICE}"
            return replace(asked, reason=reason)
        lag = self._lag_seconds(position, now)
        reason = self._reason_to_leave_out(lag, now)
        return replace(asked, position=position, lag_seconds=lag, reason=reason)

    def _reason_to_leave_out(self, lag_seconds: float | None, now: float) -> str:
        if lag_seconds is not None and lag_seconds <= self._max_lag_seconds:
            return ""
        # A process that has just begun cannot tell yet.
        if lag_seconds is None and not self._covers_limit(now):
            return "It is behind the primary, nobody knows how far yet."
        return f"It is more than {self._max_lag_seconds:g} s behind the primary."

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
                logger.info("Reports are read from %s.", replica)
            else:
                logger.warning("Reports are not read from %s. %s", replica, replica.reason)


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0].strip(" .") or type(error).__name__


_lock = Lock()
_watchers: dict[int, Watcher] = {}


def replica_aliases() -> list[str]:
    return [alias for alias in settings.DATABASES if alias.startswith(PREFIX)]


def known_replicas() -> list[Replica]:
    """What this process knows of each of them, in the order of DATABASE_REPLICA_URLS."""
    return list(watcher().replicas.values()) if replica_aliases() else []


def watcher() -> Watcher:
    """The watcher of this process, which begins to look when it is first asked for."""
    process_id = os.getpid()
    with _lock:
        if process_id not in _watchers:
            _watchers[process_id] = _start()
        return _watchers[process_id]


def _start() -> Watcher:
    one = Watcher(
        {alias: name_of(alias) for alias in replica_aliases()},
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
