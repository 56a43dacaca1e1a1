"""The file of a year: a zip archive with the rows of each table as PostgreSQL's COPY writes them.

`manifest.json` comes last. It names the format, the year, and of each table the columns, the
number of rows and the SHA-256 of its member, so that a file can be checked without a database.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

FORMAT = 1
MANIFEST = "manifest.json"
# Read at once when a member is read back.
BLOCK_BYTES = 1 << 20
# A byte that changed can also ask for what zipfile does not do, as decrypting: RuntimeError.
DAMAGES = (BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, RuntimeError)


class ArchiveRefused(Exception):
    """A year cannot be archived or put back. The message says why; nothing was changed."""


@dataclass
class Seen:
    """What went through: its SHA-256, and its rows. COPY ends each by the only line feed in it."""

    rows: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, block: bytes) -> None:
        self._hash.update(block)
        self.rows += block.count(b"\n")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True)
class ArchivedTable:
    """The rows of a table: its columns with their types, in the order of the file."""

    name: str
    columns: list[list[str]]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a file says of itself."""

    format: int
    year: int
    tables: list[ArchivedTable]

    @property
    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()

    @property
    def digest(self) -> str:
        """By which the file of a year is known; it follows from every byte of the rows."""
        return hashlib.sha256(self.as_bytes).hexdigest()

    @property
    def row_counts(self) -> dict[str, int]:
        return {table.name: table.rows for table in self.tables}


def read_manifest(archive: ZipFile) -> Manifest:
    """Raises ArchiveRefused for a file of another version, and one of DAMAGES."""
    content = json.loads(archive.read(MANIFEST))
    if content["format"] != FORMAT:
        raise ArchiveRefused(
            f"The file has format {content['format']}, this version reads {FORMAT} only."
        )
    tables = [ArchivedTable(**table) for table in content["tables"]]
    return Manifest(content["format"], int(content["year"]), tables)


def blocks_of(archive: ZipFile, table: ArchivedTable) -> Iterator[bytes]:
    """The rows of a table as they were written; ArchiveRefused in the end if they were not."""
    seen = Seen()
    with archive.open(member_of(table.name)) as member:
        while block := member.read(BLOCK_BYTES):
            seen.add(block)
            yield block
    if (seen.rows, seen.sha256) != (table.rows, table.sha256):
        raise ArchiveRefused(f"The file is damaged: {table.name} is not as it was written.")


def member_of(table: str) -> str:
    return f"{table}.copy"


def open_for_writing(path: Path) -> ZipFile:
    return ZipFile(path, "x", ZIP_DEFLATED)


def check_file(path: Path) -> Manifest:
    """This will read a whole file and compare it with its manifest. Raises ArchiveRefused."""
    try:
        with ZipFile(path) as archive:
            manifest = read_manifest(archive)
            for table in manifest.tables:
                for _ in blocks_of(archive, table):
                    pass
    except DAMAGES as error:
        raise ArchiveRefused(f"{path} is damaged, or no archive of Windfall's.") from error
    except OSError as error:
        raise ArchiveRefused(f"{path} cannot be read: {error.strerror}.") from error
    return manifest


def make_durable(path: Path) -> None:
    """This will have the disk keep a file and its name, whatever happens to the power."""
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
