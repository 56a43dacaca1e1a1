"""Files with headings only, to be filled in and uploaded."""

import csv
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO

from xlsxwriter import Workbook


def csv_template(columns: Sequence[str]) -> bytes:
    file = StringIO(newline="")
    csv.writer(file).writerow(columns)
    return file.getvalue().encode()


def xlsx_template(columns: Sequence[str]) -> bytes:
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Corrections")
        sheet.write_row(0, 0, columns)
        sheet.set_column(0, len(columns) - 1, 18)
    return file.getvalue()


# By extension: the content type, and what makes the file.
TEMPLATES: dict[str, tuple[str, Callable[[Sequence[str]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_template),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx_template,
    ),
}
