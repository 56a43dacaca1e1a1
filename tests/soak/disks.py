"""Small disks in memory, to be filled to the last byte, under parts of the embedded server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from config.database import binaries, embedded
from tests.soak.servers import altered, superuser

SMALL_BYTES = 16 * 2**20
SEGMENT_BYTES = 16 * 2**20
# Less than a day takes.
LEFT_OF_LOG_BYTES = 40_000
SEGMENT = re.compile(r"[0-9A-F]{24}")


class NotPermitted(Exception):
    """This process may not mount anything here, as without root or in a container."""


@contextmanager
def mounted(name: str, size_bytes: int) -> Iterator[Path]:
    """A disk in memory beside the server's data. Raises NotPermitted."""
    place = _data().parent / name
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", f"soak_{name}", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        place.rmdir()
        raise NotPermitted
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of a few MB, on which new tables are made. Raises NotPermitted."""
    with mounted("small", SMALL_BYTES) as place:
        owner = binaries.server_user(_data())
        (place / "tables").mkdir(mode=0o700)
        if owner is not None:
            os.chown(place / "tables", owner.pw_uid, owner.pw_gid)
        with superuser() as other:
            other.execute(f"CREATE TABLESPACE small LOCATION '{place / 'tables'}'")
            other.execute("GRANT CREATE ON TABLESPACE small TO windfall")
        with altered("SET default_tablespace = small"):
            yield place
        with superuser() as other:
            other.execute("DROP TABLESPACE small")


@contextmanager
def disk_of_the_log() -> Iterator[Path]:
    """A disk that holds the server's write-ahead log and little else. Raises NotPermitted."""
    log, kept = _data() / "pg_wal", _data() / "pg_wal.kept"
    connection.close()
    embedded.stop()
    used = sum(file.stat().st_size for file in log.rglob("*"))
    try:
        with mounted("log", used + SEGMENT_BYTES) as place:
            subprocess.run(["cp", "-a", str(log), str(place)], check=True)
            log.rename(kept)
            log.symlink_to(place / "pg_wal")
            try:
                yield place
            finally:
                connection.close()
                embedded.stop()
                log.unlink()
                shutil.rmtree(kept)
                subprocess.run(["cp", "-a", str(place / "pg_wal"), str(log)], check=True)
    finally:
        embedded.ensure_running()


def use_up_log(disk: Path) -> None:
    """This will write into the log until what is left, on a full disk, is less than a day takes."""
    with superuser() as other:
        while _count_spare_segments(other, disk):
            other.execute("SELECT pg_logical_emit_message(false, 'soak', 'x')")
            other.execute("SELECT pg_switch_wal()")
        place = "pg_walfile_name_offset(pg_current_wal_insert_lsn())"
        (used,) = other.execute(f"SELECT file_offset FROM {place}").fetchone() or (0,)
        size = max(SEGMENT_BYTES - int(str(used)) - LEFT_OF_LOG_BYTES, 1)
        other.execute("SELECT pg_logical_emit_message(false, 'soak', repeat('x', %s))", [size])


def _count_spare_segments(other: "psycopg.Connection[tuple[object, ...]]", disk: Path) -> int:
    row = other.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
    current = str(row[0]) if row else ""
    names = os.listdir(disk / "pg_wal")
    return sum(name > current for name in names if SEGMENT.fullmatch(name))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize))
    try:
        yield
    finally:
        ballast.unlink()


def move_off_the_small_disk() -> None:
    """Moves what was made there to where everything else is."""
    with superuser() as other:
        rows = other.execute("SELECT tablename FROM pg_tables WHERE tablespace = 'small'")
        for (table,) in rows.fetchall():
            other.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
        rows = other.execute("SELECT indexname FROM pg_indexes WHERE tablespace = 'small'")
        for (index,) in rows.fetchall():
            other.execute(f"ALTER INDEX {index} SET TABLESPACE pg_default")


def server_log() -> str:
    """What the server itself said."""
    return (_data() / "server.log").read_text()


def _data() -> Path:
    return Path(settings.EMBEDDED_POSTGRES_DIR) / "data"
