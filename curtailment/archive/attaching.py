"""A year's rows back from a file, as they were."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import LockNotAvailable

from curtailment.archive.detaching import raise_revisions
from curtailment.archive.files import ArchivedTable, ArchiveRefused, Manifest, blocks_of, check_file
from curtailment.archive.statements import (
    ANALYZE,
    ATTACH,
    COPY_IN,
    FORMATS,
    LOCK_TIMEOUT,
    NEW_PARTITION,
    execute,
    joined,
    names_of,
    read_columns,
)
from curtailment.distribution import free_local_copy
from curtailment.locks import LockSpace, lock, lock_day
from curtailment.models import ArchivedYear
from curtailment.settlement import iter_dates


def attach_file(path: Path) -> ArchivedYear:
    """This will put the rows of a file back as the partitions of their year, all or nothing.

    What waited for them, such as bitcoin of a new miner model, can follow now. The file stays.
    Raises ArchiveRefused.
    """
    manifest = check_file(path)
    try:
        with transaction.atomic():
            lock(LockSpace.PARTITIONS, 0)
            archived = _find(path, manifest)
            _restore(path, manifest)
            raise_revisions(manifest.year)
            ArchivedYear.objects.filter(pk=archived.pk).delete()
            return archived
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ArchiveRefused(
                "Somebody reads the records for longer than 10 seconds: try again later."
            ) from error
        raise


def _find(path: Path, manifest: Manifest) -> ArchivedYear:
    archived = ArchivedYear.objects.filter(year=manifest.year).first()
    if archived is None:
        raise ArchiveRefused(f"{manifest.year} is not archived: its records are in the database.")
    if archived.digest != manifest.digest:
        raise ArchiveRefused(
            f"{path} is not the file that {manifest.year} was archived in on "
            f"{archived.detached_at:%Y-%m-%d}."
        )
    for table in manifest.tables:
        if read_columns(table.name) != table.columns:
            raise ArchiveRefused(
                f"{path} has other columns than {table.name} has now: attach it with the version "
                "that wrote it."
            )
    return archived


def _restore(path: Path, manifest: Manifest) -> None:
    """Tables are filled aside; only then others have to wait, for a moment."""
    execute(FORMATS)
    with ZipFile(path) as archive:
        for table in manifest.tables:
            _fill(archive, table, manifest.year)
    for day in iter_dates(date(manifest.year, 1, 1), date(manifest.year, 12, 31)):
        lock_day(day)
    execute(LOCK_TIMEOUT)
    for table in manifest.tables:
        for statement in ATTACH:
            execute(statement, names_of(table.name, manifest.year))
        free_local_copy(f"{table.name}_{manifest.year}")


def _fill(archive: ZipFile, table: ArchivedTable, year: int) -> None:
    names = names_of(table.name, year)
    for statement in NEW_PARTITION:
        execute(statement, names)
    copy_in = sql.SQL(COPY_IN).format(columns=joined([name for name, _ in table.columns]), **names)
    with connection.cursor() as cursor, cursor.copy(copy_in) as rows:
        for block in blocks_of(archive, table):
            rows.write(block)
    execute(ANALYZE, names)
