"""The embedded server and our connections to it, as faults have them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import Error, connection, connections

from config.database import embedded


@contextmanager
def superuser() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    server = embedded.ensure_running()
    with psycopg.connect(
        host=str(server.socket_dir),
        port=server.port,
        user=embedded.SUPERUSER,
        dbname=embedded.DATABASE,
        autocommit=True,
    ) as other:
        yield other


@contextmanager
def altered(setting: str) -> Iterator[None]:
    """A setting of the database, for new connections."""
    with superuser() as other:
        other.execute(f"ALTER DATABASE windfall {setting}")
        connection.close()
        yield
        name = setting.split()[1]
        other.execute(f"ALTER DATABASE windfall RESET {name}")
        connection.close()


def embedded_answers() -> bool:
    """Whether the server can be connected to; who tries starts it."""
    try:
        execute("SELECT 1")
    except Error:
        connection.close()
        return False
    return True


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def options(**changes: object) -> Iterator[None]:
    """Other options of the connections of this process."""
    before = connection.settings_dict.copy()
    connection.close()
    connection.settings_dict["OPTIONS"] = before["OPTIONS"] | changes
    connection.settings_dict["CONN_MAX_AGE"] = 0
    try:
        yield
    finally:
        connection.close()
        if "pool" in changes:
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict.update(before)


@contextmanager
def table_locked(table: str) -> Iterator[None]:
    with superuser() as other, other.transaction():
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def connection_in_use() -> Iterator[None]:
    """The only connection of the pool is another thread's."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        execute("SELECT 1")
        taken.set()
        over.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(10)
    try:
        yield
    finally:
        over.set()
        holder.join()
