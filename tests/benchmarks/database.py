"""The benchmark's own database: made, found again, and never anybody else's."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from tests.benchmarks.refusals import CannotBegin
from tests.benchmarks.scale import Scale

NAME = re.compile(r"bench_[a-z0-9_]{1,50}")
# Another number, another history: databases of the former one are not used again.
GENERATION = 1
LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")

SQL_FOR_COMMENT = """
SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s
"""
SQL_FOR_FINISHED = """
SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database
WHERE datname LIKE 'bench\\_%%' ORDER BY datname
"""
SQL_FOR_ANY_TABLE = """
SELECT EXISTS (
    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
)
"""


@dataclass(frozen=True)
class Database:
    """A database of the benchmark, and Django's connection to it."""

    name: str
    scale: Scale
    wrapper: Any

    def use(self) -> None:
        """From now on this is the database of the product's code in this thread."""
        connections["default"] = self.wrapper

    def finish(self) -> None:
        """This will note that the history is there as a whole."""
        with self.wrapper.cursor() as cursor:
            statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
            cursor.execute(statement.format(sql.Identifier(self.name), marker_of(self.scale)))

    def size_bytes(self) -> int:
        with self.wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])


def name_for(scale: Scale) -> str:
    """What a scale's database is called, unless told otherwise."""
    return "bench_windfall_" + re.sub(r"\W", "_", str(scale))


def marker_of(scale: Scale) -> str:
    """The comment of a database whose history is whole."""
    return f"Windfall benchmark {GENERATION}, scale {scale}"


def open_database(name: str, scale: Scale) -> tuple[Database, bool]:
    """The database, made if need be, and whether its history is there. Raises CannotBegin."""
    if not NAME.fullmatch(name):
        raise CannotBegin(
            f"The benchmark never touches a database like {name!r}. "
            "Name one of small letters, digits and _ that begins with bench_."
        )
    exists, comment = _comment_of(name)
    database = Database(name, scale, _wrapper_of(name))
    if exists and comment == marker_of(scale):
        return database, True
    if exists and _has_tables(database):
        raise CannotBegin(
            f"The database {name} is not empty, and not one that a benchmark of scale {scale} has "
            "filled to the end. Drop it, or name another one with --database."
        )
    refuse_unless_it_fits(scale, free_bytes=free_disk_bytes())
    if not exists:
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return database, False


def migrate(database: Database) -> None:
    """This will make the tables, or bring them up to date."""
    database.use()
    call_command("migrate", verbosity=0, interactive=False)


def finished_databases() -> list[Database]:
    """The databases whose history is whole, of every scale, the smallest first."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_FINISHED)
        rows = cursor.fetchall()
    prefix = f"Windfall benchmark {GENERATION}, scale "
    found = [
        Database(name, Scale(float(comment.removeprefix(prefix))), _wrapper_of(name))
        for name, comment in rows
        if comment and comment.startswith(prefix)
    ]
    return sorted(found, key=lambda database: database.scale.factor)


def refuse_unless_it_fits(scale: Scale, *, free_bytes: int | None) -> None:
    """Raises CannotBegin where the disk is too small; null is a disk that cannot be seen."""
    if free_bytes is not None and scale.needed_bytes > free_bytes:
        raise CannotBegin(
            f"Scale {scale} needs about {scale.needed_bytes / 1e9:.1f} GB of disk, and "
            f"{free_bytes / 1e9:.1f} GB are free. Choose a smaller scale, or make room."
        )


def free_disk_bytes() -> int | None:
    """What is free where the server keeps its data; null for a server of another machine."""
    folder = _data_folder()
    if folder is None or not folder.is_dir():
        return None
    return shutil.disk_usage(folder).free


def _data_folder() -> Path | None:
    if connection.settings_dict.get("EMBEDDED"):
        return Path(settings.EMBEDDED_POSTGRES_DIR)
    host = connection.settings_dict["HOST"]
    if host not in LOCAL_HOSTS and not host.startswith("/"):
        return None
    with connection._nodb_cursor() as cursor:
        # Nothing is answered to whoever may not know it.
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'")
        row = cursor.fetchone()
    return Path(row[0]) if row else None


def _comment_of(name: str) -> tuple[bool, str | None]:
    with connection._nodb_cursor() as cursor:
        cursor.execute(SQL_FOR_COMMENT, [name])
        row = cursor.fetchone()
    return (row is not None, row[0] if row else None)


def _wrapper_of(name: str) -> Any:
    wrapper = connections["default"].copy()
    wrapper.settings_dict["NAME"] = name
    # Measured connections stay open.
    wrapper.settings_dict["CONN_MAX_AGE"] = None
    return wrapper


def _has_tables(database: Database) -> bool:
    with database.wrapper.cursor() as cursor:
        cursor.execute(SQL_FOR_ANY_TABLE)
        return bool(cursor.fetchone()[0])
