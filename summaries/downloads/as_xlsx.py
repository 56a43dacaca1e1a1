"""A report as a workbook."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from summaries.downloads.shapes import Download, is_figure, neutral, text_of
from summaries.reports.tables import CellKind, Table, Value

# What Excel takes in one cell and in the name of a sheet.
MAX_TEXT = 32_767
MAX_NAME = 31
# Nothing that a name says becomes a formula or a link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# How cells are shown; what they hold keeps the digits that Excel has.
FORMATS = {
    CellKind.COUNT: "#,##0",
    CellKind.MWH: "#,##0.00",
    CellKind.GBP: "#,##0.00",
    CellKind.BTC: "#,##0.00000000",
    CellKind.PERCENT: "0.0",
    CellKind.RATIO: "0.00",
    CellKind.DIFFICULTY: "#,##0",
    CellKind.FIGURE: "#,##0.########",
}


def download_as_xlsx(download: Download) -> bytes:
    """A sheet About, then a sheet a table, figures as numbers of about 15 digits."""
    file = BytesIO()
    with Workbook(file, OPTIONS) as workbook:
        created = download.made_at.replace(tzinfo=None)
        workbook.set_properties({"title": neutral(download.title), "created": created})
        bold = workbook.add_format({"bold": True})
        _write_about(workbook, download, bold)
        for table in download.tables:
            _write_table(workbook, table, bold)
    return file.getvalue()


def _write_about(workbook: Any, download: Download, bold: Any) -> None:
    sheet = workbook.add_worksheet("About")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for row, (label, value) in enumerate(download.about):
        sheet.write_string(row, 0, label, bold)
        _write(sheet, row, 1, value, None)


def _write_table(workbook: Any, table: Table, bold: Any) -> None:
    sheet = workbook.add_worksheet(table.title[:MAX_NAME])
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns):
        shown = workbook.add_format({"num_format": FORMATS.get(column.kind, "@")})
        sheet.set_column(number, number, max(14, len(column.title) + 2), shown)
        sheet.write_string(0, number, neutral(column.title), bold)
        for row, values in enumerate(table.rows, start=1):
            _write(sheet, row, number, values[number], shown)


def _write(sheet: Any, row: int, column: int, value: Value, shown: Any) -> None:
    if is_figure(value) and isinstance(value, Decimal | int):
        sheet.write_number(row, column, float(value), shown)
    elif value is not None:
        sheet.write_string(row, column, text_of(value)[:MAX_TEXT])
