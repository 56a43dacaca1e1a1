"""From the lines of an uploaded table to corrections, or all that is wrong by row and column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from curtailment.corrected import (
    CorrectedFigures,
    InvalidCorrection,
    Proposal,
    RecordKey,
    check_reason,
)
from curtailment.correction_queries import read_stored
from curtailment.models.records import FIGURES
from curtailment.settlement import InvalidSettlementDate, parse_settlement_date, settlement_date_at
from summaries.correcting.files import Line, UnreadableFile

KEY_COLUMNS = ("settlement_date", "settlement_period", "bmu_id")
REQUIRED = (*KEY_COLUMNS, *FIGURES)
COLUMNS = (*REQUIRED, "reason")
# Each date of a file takes locks of its own, of which the database has some thousands.
MOST_DATES = 400

# Decimal() itself would take underscores, infinities and digits of other scripts.
NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,80})?([eE][+-]?[0-9]{1,2})?")
WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Problem:
    """What is wrong at a row and column of a file; 0 and nothing for the file as a whole."""

    row: int
    column: str
    sentence: str


class ProblemsInFile(Exception):
    """A file of which nothing is taken, as some of it is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class UploadedRow:
    """A row of a file: which record, and what it should say."""

    number: int
    key: RecordKey
    figures: CorrectedFigures
    reason: str


def rows_of(lines: Sequence[Line], *, reason: str, now: datetime) -> list[UploadedRow]:
    """The rows of a file; those without a reason have the batch's. Raises ProblemsInFile with all
    that is wrong, and UnreadableFile if the headings are.
    """
    _check_headings(lines[0].cells)
    rows: list[UploadedRow] = []
    problems: list[Problem] = []
    for line in lines:
        try:
            rows.append(_row_of(line, reason, now))
        except InvalidCorrection as refused:
            problems += problems_at(line.number, refused.errors)
    problems += _repeated(rows)
    if len({row.key.settlement_date for row in rows}) > MOST_DATES:
        problems.append(Problem(0, "", f"The file has more than {MOST_DATES} dates. Split it."))
    if problems:
        raise ProblemsInFile(problems)
    return rows


def proposals_of(rows: Sequence[UploadedRow]) -> list[Proposal]:
    """The rows as corrections of the records as they are now."""
    stored = read_stored({row.key for row in rows})
    return [Proposal(row.key, row.figures, row.reason, stored[row.key].state) for row in rows]


def problems_at(row: int, errors: dict[str, str]) -> list[Problem]:
    """Sentences by field as problems of a row; those of no column are of the row as a whole."""
    return [
        Problem(row, field if field in COLUMNS else "", sentence)
        for field, sentence in errors.items()
    ]


def _check_headings(cells: dict[str, str]) -> None:
    missing = [column for column in REQUIRED if column not in cells]
    unknown = [column for column in cells if column not in COLUMNS]
    if missing:
        raise UnreadableFile(f"The file lacks the column {', '.join(missing)}.")
    if unknown:
        raise UnreadableFile(f"There is no column {', '.join(map(repr, unknown))}: take it out.")


def _row_of(line: Line, reason: str, now: datetime) -> UploadedRow:
    """Raises InvalidCorrection with every column that is wrong."""
    errors = {
        column: "Formulas are not taken: paste the value."
        for column, text in line.cells.items()
        if text.startswith("=")
    }
    key = _key_of(line, errors, now)
    figures = _figures_of(line, errors)
    own_reason = line.cells.get("reason") or reason
    try:
        check_reason(own_reason)
    except InvalidCorrection as refused:
        errors = refused.errors | errors
    if errors or key is None or figures is None:
        raise InvalidCorrection(errors)
    return UploadedRow(line.number, key, figures, own_reason)


def _key_of(line: Line, errors: dict[str, str], now: datetime) -> RecordKey | None:
    day = period = None
    text = line.cells["settlement_date"]
    try:
        day = parse_settlement_date(text, today=settlement_date_at(now))
    except InvalidSettlementDate as error:
        errors.setdefault("settlement_date", str(error))
    if WHOLE_NUMBER.fullmatch(line.cells["settlement_period"]):
        period = int(line.cells["settlement_period"])
    else:
        errors.setdefault("settlement_period", "Write a whole number, from 1 on.")
    if not line.cells["bmu_id"].isprintable() or not line.cells["bmu_id"]:
        errors.setdefault("bmu_id", "Write the Elexon id of a BM Unit.")
    return _timed(day, period, line.cells["bmu_id"], errors, now)


def _timed(
    day: date | None, period: int | None, bmu_id: str, errors: dict[str, str], now: datetime
) -> RecordKey | None:
    if day is None or period is None:
        return None
    key = RecordKey(day, period, bmu_id)
    for field, sentence in key.timing_errors(now=now).items():
        errors.setdefault(field, sentence)
    return key


def _figures_of(line: Line, errors: dict[str, str]) -> CorrectedFigures | None:
    numbers = {}
    for column in FIGURES:
        text = line.cells[column]
        if NUMBER.fullmatch(text):
            numbers[column] = Decimal(text)
        else:
            errors.setdefault(column, _not_a_number(text))
    if len(numbers) < len(FIGURES):
        return None
    try:
        return CorrectedFigures(**numbers)
    except InvalidCorrection as refused:
        errors.update(refused.errors)
        return None


def _not_a_number(text: str) -> str:
    if not text:
        return "Write a number; 0 if there is none."
    shown = text if len(text) <= 30 else f"{text[:30]}…"
    return f"{shown!r} is not a number. Write it with a point and without separators: 1234.5"


def _repeated(rows: Sequence[UploadedRow]) -> list[Problem]:
    """The rows whose record an earlier row has already."""
    first: dict[RecordKey, int] = {}
    repeated = (row for row in rows if first.setdefault(row.key, row.number) != row.number)
    return list(
        chain.from_iterable(
            problems_at(row.number, {"record": f"{row.key} is in row {first[row.key]} already."})
            for row in repeated
        )
    )
