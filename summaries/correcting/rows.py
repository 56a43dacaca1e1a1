"""From the lines of an uploaded table to corrections, or all that is wrong by row and column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from curtailment.corrected import (
    CorrectedFigures,
    InvalidCorrection,
    Proposal,
    RecordKey,
    check_reason,
)
from curtailment.correction_queries import read_stored
from curtailment.models.records import FIGURES
from curtailment.operations import errors_of_keys
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
    """A row of a file: which record, what it should say and why; and what is wrong, by column."""

    number: int
    key: RecordKey | None
    figures: CorrectedFigures | None
    reason: str
    errors: dict[str, str]


def rows_of(lines: Sequence[Line], *, reason: str, now: datetime) -> list[UploadedRow]:
    """The rows of a file; those without a reason have the batch's. What is wrong is in them.

    Raises UnreadableFile if the headings are wrong.
    """
    _check_headings(lines[0].cells)
    return [_row_of(line, reason, now) for line in lines]


def proposals_in(rows: Sequence[UploadedRow], *, now: datetime) -> dict[Proposal, int]:
    """The corrections that rows ask for, of the records as they are now, with the rows' numbers.

    Raises ProblemsInFile with all that is wrong.
    """
    problems = _problems_in(rows, now)
    if problems:
        raise ProblemsInFile(problems)
    complete = [(row.number, row.key, row.figures, row.reason) for row in rows]
    stored = read_stored({key for _, key, _, _ in complete if key is not None})
    return {
        Proposal(key, figures, reason, stored[key].state): number
        for number, key, figures, reason in complete
        if key is not None and figures is not None
    }


def problems_at(row: int, errors: Mapping[str, str]) -> list[Problem]:
    """Sentences by field as problems of a row, in the order of the columns; those of no column
    are of the row as a whole.
    """
    found = [Problem(row, field if field in COLUMNS else "", errors[field]) for field in errors]
    return sorted(found, key=lambda problem: ("", *COLUMNS).index(problem.column))


def _problems_in(rows: Sequence[UploadedRow], now: datetime) -> list[Problem]:
    first: dict[RecordKey, int] = {}
    of_keys = errors_of_keys({row.key for row in rows if row.key is not None}, now=now)
    problems = []
    for row in rows:
        errors = dict(row.errors)
        if row.key is not None:
            errors = of_keys.get(row.key, {}) | errors
            if (earlier := first.setdefault(row.key, row.number)) != row.number:
                errors["record"] = f"{row.key} is in row {earlier} already."
        problems += problems_at(row.number, errors)
    if len({key.settlement_date for key in first}) > MOST_DATES:
        problems.append(Problem(0, "", f"The file has more than {MOST_DATES} dates. Split it."))
    return problems


def _check_headings(cells: dict[str, str]) -> None:
    missing = [column for column in REQUIRED if column not in cells]
    unknown = [column for column in cells if column not in COLUMNS]
    if len(cells) == 1:
        raise UnreadableFile("The file has one column only. Separate columns by commas.")
    if missing:
        raise UnreadableFile(f"The file lacks the column {', '.join(missing)}.")
    if unknown:
        raise UnreadableFile(f"There is no column {', '.join(map(repr, unknown))}: take it out.")


def _row_of(line: Line, reason: str, now: datetime) -> UploadedRow:
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
    return UploadedRow(line.number, key, figures, own_reason, errors)


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
