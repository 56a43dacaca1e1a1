"""A year's rows into a file. They leave the database only once the file was read back whole."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from django.db import OperationalError, connection, transaction
from django.db.models import F
from psycopg import sql
from psycopg.errors import LockNotAvailable

from curtailment.archive.files import (
    FORMAT,
    MANIFEST,
    ArchivedTable,
    ArchiveRefused,
    Manifest,
    Seen,
    check_file,
    make_durable,
    member_of,
    open_for_writing,
)
from curtailment.archive.statements import (
    COPY_OUT,
    DETACH,
    FORMATS,
    FREEZE,
    LOCK_TIMEOUT,
    execute,
    joined,
    names_of,
    read_columns,
    read_key,
)
from curtailment.locks import LockSpace, lock, lock_day
from curtailment.models import ArchivedYear, IngestionProgress
from curtailment.partitions import has_partition, partitioned_tables
from curtailment.settlement import iter_dates, settlement_date_at

# The daily work looks after so many days, and writes to them.
LOOKED_AFTER = timedelta(days=60)


def detach_year(year: int, folder: Path, *, now: datetime) -> ArchivedYear:
    """This will move a year's rows of the big tables into `windfall-YEAR.zip` in a folder.

    Nobody writes to the year's days meanwhile. Whatever interrupts it, the rows are where they
    were; a file that was begun is removed, or left by a process that was killed. Raises
    ArchiveRefused.
    """
    path = folder / f"windfall-{year}.zip"
    with transaction.atomic():
        _lock(year)
        _check(year, now)
        manifest = _write_durably(path, year)
        try:
            return _detach(path, manifest, now)
        except OperationalError as error:
            path.unlink()
            if isinstance(error.__cause__, LockNotAvailable):
                raise ArchiveRefused(
                    "Somebody reads the records for longer than 10 seconds: try again later."
                ) from error
            raise


def _lock(year: int) -> None:
    """The same locks as writers take, in the same order: see LockSpace."""
    lock(LockSpace.PARTITIONS, 0)
    for day in iter_dates(date(year, 1, 1), date(year, 12, 31)):
        lock_day(day)


def _check(year: int, now: datetime) -> None:
    archived = ArchivedYear.objects.filter(year=year).first()
    if archived is not None:
        raise ArchiveRefused(f"{year} is archived already, in {archived.file_name}.")
    if date(year, 12, 31) + LOOKED_AFTER > settlement_date_at(now):
        raise ArchiveRefused(
            f"{year} is not over for {LOOKED_AFTER.days} days: the daily work still writes to it."
        )
    missing = [table for table in partitioned_tables() if not has_partition(table, year)]
    if missing:
        raise ArchiveRefused(f"There is no partition of {year} to detach.")
    stale = IngestionProgress.objects.filter(
        settlement_date__year=year, stale_since__isnull=False
    ).count()
    if stale:
        raise ArchiveRefused(
            f"Days of {year} that wait to be recalculated: {stale}. Do that first."
        )


def _write_durably(path: Path, year: int) -> Manifest:
    """The file, read back whole. One that could not be finished is removed."""
    if path.exists():
        raise ArchiveRefused(f"{path} exists already: move it away, or name another folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open_for_writing(path) as archive:
                written = _write(archive, year)
            make_durable(path)
            if check_file(path) != written:
                raise ArchiveRefused(f"{path} does not say what was written to it.")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ArchiveRefused(f"{path} cannot be written: {error.strerror}.") from error
    return written


def _write(archive: ZipFile, year: int) -> Manifest:
    execute(FORMATS)
    manifest = Manifest(
        FORMAT, year, [_write_table(archive, table, year) for table in partitioned_tables()]
    )
    archive.writestr(MANIFEST, manifest.as_bytes)
    return manifest


def _write_table(archive: ZipFile, table: str, year: int) -> ArchivedTable:
    names = names_of(table, year)
    execute(FREEZE, names)
    columns = read_columns(table)
    statement = sql.SQL(COPY_OUT).format(
        columns=joined([name for name, _ in columns]), key=joined(read_key(table)), **names
    )
    seen = Seen()
    with (
        archive.open(member_of(table), "w", force_zip64=True) as member,
        connection.cursor() as cursor,
        cursor.copy(statement) as rows,
    ):
        for block in rows:
            seen.add(bytes(block))
            member.write(block)
    return ArchivedTable(table, columns, seen.rows, seen.sha256)


def _detach(path: Path, manifest: Manifest, now: datetime) -> ArchivedYear:
    execute(LOCK_TIMEOUT)
    for table in manifest.tables:
        for statement in DETACH:
            execute(statement, names_of(table.name, manifest.year))
    raise_revisions(manifest.year)
    return ArchivedYear.objects.create(
        year=manifest.year,
        file_name=path.name,
        digest=manifest.digest,
        row_counts=manifest.row_counts,
        detached_at=now,
    )


def raise_revisions(year: int) -> None:
    """Pages of the year's days show something else from now on."""
    days = IngestionProgress.objects.filter(settlement_date__year=year)
    days.update(revision=F("revision") + 1)
