"""A table as CSV."""

import csv
from decimal import Decimal
from io import StringIO

from summaries.downloads.shapes import is_figure, neutral, text_of
from summaries.exact import plain
from summaries.reports.tables import Table, Value

# Without it Excel takes the names of Scottish farms for Windows-1252.
BYTE_ORDER_MARK = "\ufeff"


def table_as_csv(table: Table) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark: a header with units, then figures to all digits."""
    file = StringIO(newline="")
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([neutral(column.title) for column in table.columns])
    writer.writerows([[_cell(value) for value in row] for row in table.rows])
    return file.getvalue().encode()


def _cell(value: Value) -> str:
    if is_figure(value) and isinstance(value, Decimal | int):
        return plain(Decimal(value)) or ""
    return text_of(value)
