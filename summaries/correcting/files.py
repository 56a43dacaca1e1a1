"""From an uploaded CSV or XLSX to lines of texts, within limits on what is read of it."""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_FILE_BYTES = 5_000_000
# A workbook is a zip: what it says that it unpacks to is all that is ever read of it.
LARGEST_UNPACKED_BYTES = 50_000_000
MOST_ROWS = 5_000
# A file can say that its only row is number 4,000,000,000, and all before it are read.
LAST_ROW = 200_000
# What Excel takes in a cell. Cells of a workbook can share one text of megabytes.
LONGEST_TEXT = 32_767
# More than there are columns; further ones are not looked at.
MOST_COLUMNS = 50

# What openpyxl raises for workbooks that are none, or are damaged.
DAMAGED = (
    BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    EOFError,
    NotImplementedError,
    OSError,
    zlib.error,
)


class UnreadableFile(Exception):
    """A file that is no table, or too large a one; the message says what to do."""


@dataclass(frozen=True)
class Line:
    """A line of a table: its number as the spreadsheet shows it, and a text for each column."""

    number: int
    cells: dict[str, str]


def read_lines(content: bytes) -> list[Line]:
    """The lines below the headings, blank ones left out. Formulas keep their equals sign.

    Raises UnreadableFile.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise UnreadableFile(f"The file is larger than {LARGEST_FILE_BYTES // 1_000_000} MB.")
    rows = _rows_of_xlsx(content) if content.startswith(b"PK") else _rows_of_csv(content)
    return list(_below_headings(rows))


def _below_headings(rows: Iterable[list[str]]) -> Iterator[Line]:
    headings: list[str] | None = None
    count = 0
    for number, row in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise UnreadableFile(
                f"The file has rows below row {LAST_ROW:,}. Remove the blank ones."
            )
        if any(len(text) > LONGEST_TEXT for text in row):
            raise UnreadableFile(f"Row {number} has a text of more than {LONGEST_TEXT:,} letters.")
        texts = [text.strip() for text in row]
        if not any(texts):
            continue
        if headings is None:
            headings = _headings(texts)
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if any(texts[len(headings) :]):
            raise UnreadableFile(f"Row {number} has more cells than there are headings.")
        padded = texts + [""] * (len(headings) - len(texts))
        yield Line(number, dict(zip(headings, padded, strict=False)))
    if not count:
        raise UnreadableFile("The file has no row below its headings.")


def _headings(texts: list[str]) -> list[str]:
    """The headings in small letters, without the empty ones at the end."""
    texts = [text.lower() for text in texts]
    while texts and not texts[-1]:
        texts = texts[:-1]
    repeated = [text for text in dict.fromkeys(texts) if texts.count(text) > 1]
    if repeated:
        raise UnreadableFile(f"The heading {repeated[0]!r} is there twice.")
    return texts


def _rows_of_csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "The file is neither an XLSX workbook nor CSV in UTF-8. "
            "Save it as “CSV UTF-8” or as XLSX."
        ) from error
    if "\0" in text:
        raise UnreadableFile("The file is no table: it has characters that are no text.")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise UnreadableFile(f"The file is not CSV: {error}.") from error


def _rows_of_xlsx(content: bytes) -> Iterator[list[str]]:
    """The cells of the first sheet as texts."""
    try:
        _check_unpacked_size(content)
        workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # What a workbook says of its size may be too small: rows beyond it would be left out.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MOST_COLUMNS):
            yield [_text_of(cell) for cell in row]
    except DAMAGED as error:
        raise UnreadableFile("The file is no XLSX workbook that can be read.") from error


def _check_unpacked_size(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST_UNPACKED_BYTES:
        raise UnreadableFile("The workbook unpacks to too much. Keep only the sheet with the rows.")


def _text_of(cell: Any) -> str:
    if cell.data_type == "f":
        return "="
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
