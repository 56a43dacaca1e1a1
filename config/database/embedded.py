"""The embedded PostgreSQL: started on the first connection, left running for the next one.

Under `settings.EMBEDDED_POSTGRES_DIR` are `data`, the data directory with the server's socket and
log, and `lock`, which whoever creates, starts or stops the server holds.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from config.database import address, binaries
from config.database.binaries import EmbeddedPostgresError
from config.database.postmaster import discard_if_stale, status

# Role and database of the application; the role may create test databases and is no superuser.
ROLE = "windfall"
DATABASE = "windfall"
SUPERUSER = "postgres"
# Sorting and case are the same on every machine; only the owner reaches the socket.
INITDB = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# No TCP. The socket lies in the data directory; a relative path has no length limit, nor spaces.
SERVER = (
    "-c listen_addresses= -c unix_socket_directories=. -c unix_socket_permissions=0700 "
    f"-c port={address.PORT}"
)
# Recovery after a crash takes a while; what a killed server left behind goes within seconds.
START_SECONDS = 120
STOP_SECONDS = 30
LEFT_BEHIND = ("pre-existing shared memory", "already exists")

# How long a look counts for those who cannot look each time.
SEEN_SECONDS = 1.0
# The servers that this process has seen with role and database, and when (monotonic).
_prepared: dict[Path, float] = {}


@dataclass(frozen=True)
class EmbeddedServer:
    """How to connect to a running server."""

    socket_dir: Path
    user: str = ROLE
    port: int = address.PORT


def ensure_running() -> EmbeddedServer:
    """This will start the server unless it runs; cheap enough for every new connection.

    Raises EmbeddedPostgresError, a psycopg.OperationalError.
    """
    home = _home()
    if home not in _prepared or not is_running():
        with _lock(home):
            _start(home / "data")
            _ensure_role_and_database(address.reachable_dir(home / "data"))
    _prepared[home] = time.monotonic()
    return EmbeddedServer(address.reachable_dir(home / "data"))


def seen_lately() -> EmbeddedServer | None:
    """The server, without a look, if it was seen to run a moment ago."""
    home = _home()
    if time.monotonic() - _prepared.get(home, -inf) > SEEN_SECONDS:
        return None
    return EmbeddedServer(address.reachable_dir(home / "data"))


def is_running() -> bool:
    """Whether the server runs and accepts connections."""
    data_dir = _home() / "data"
    socket_path = address.reachable_dir(data_dir) / address.SOCKET_NAME
    return address.is_listened_on(socket_path) and status(data_dir) == "ready"


def stop() -> None:
    """This will stop the server if it runs: connections are cut, what was committed stays."""
    data_dir = _home() / "data"
    socket_path = address.reachable_dir(data_dir) / address.SOCKET_NAME
    if not address.is_listened_on(socket_path):
        return
    user = binaries.server_user(data_dir)
    arguments = ("stop", "-w", "-t", str(STOP_SECONDS), "-D", str(data_dir))
    with _lock(_home()):
        try:
            binaries.run("pg_ctl", *arguments, "-m", "fast", user=user)
        except subprocess.CalledProcessError:
            binaries.run("pg_ctl", *arguments, "-m", "immediate", user=user)


def _home() -> Path:
    return Path(settings.EMBEDDED_POSTGRES_DIR).absolute()


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Holds the lock among processes and threads; it goes when its holder dies."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL cannot write to {home}: {error.strerror}. "
            "Correct the owner or its permissions, or set EMBEDDED_POSTGRES_DIR or DATABASE_URL."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(data_dir: Path) -> None:
    """Starts the server and waits until it accepts connections. The caller holds the lock."""
    if is_running():
        return
    user = binaries.server_user(data_dir)
    if user is not None:
        binaries.open_the_way(data_dir)
    if not data_dir.exists():
        _initialize(data_dir, user)
    log = data_dir / "server.log"
    arguments = ("start", "-w", "-t", str(START_SECONDS), "-D", str(data_dir), "-l", str(log))
    give_up_at = time.monotonic() + START_SECONDS
    while not is_running():
        discard_if_stale(data_dir)
        log_size_bytes = log.stat().st_size if log.exists() else 0
        try:
            binaries.run("pg_ctl", *arguments, "-o", SERVER, user=user)
        except subprocess.CalledProcessError as error:
            reason = _last_complaint(log, log_size_bytes) or error.output.strip()
            if not any(text in reason for text in LEFT_BEHIND) or time.monotonic() > give_up_at:
                raise EmbeddedPostgresError(
                    f"The embedded PostgreSQL does not start: {reason}. "
                    f"Its log is {log}. Mend that, or set DATABASE_URL."
                ) from error
            time.sleep(0.1)


def _initialize(data_dir: Path, owner: pwd.struct_passwd | None) -> None:
    """Creates the data directory beside its place and moves it there once it is whole."""
    half_made = data_dir.with_name("data.new")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o700)
    if owner is not None:
        os.chown(half_made, owner.pw_uid, owner.pw_gid)
    try:
        binaries.run("initdb", *INITDB, "-D", str(half_made), user=owner)
    except subprocess.CalledProcessError as error:
        log = data_dir.with_name("initdb.log")
        log.write_text(error.output)
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL could not be created: see {log}. "
            "Mend what it names (often a full disk), or set DATABASE_URL."
        ) from error
    half_made.rename(data_dir)


def _last_complaint(log: Path, offset_bytes: int) -> str:
    """The last fatal message of the log since `offset_bytes`, or nothing."""
    try:
        with log.open("rb") as file:
            file.seek(offset_bytes)
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    complaints = [
        line.partition(word)[2].strip()
        for line in text.splitlines()
        for word in ("FATAL:", "PANIC:")
        if word in line and "the database system is" not in line
    ]
    return complaints[-1] if complaints else ""


def _ensure_role_and_database(socket_dir: Path) -> None:
    role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
    with psycopg.connect(
        host=str(socket_dir),
        port=address.PORT,
        user=SUPERUSER,
        dbname=SUPERUSER,
        autocommit=True,
    ) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
