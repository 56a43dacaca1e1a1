"""What downloads are called, and how they name the miner model that their bitcoin is of."""

from collections.abc import Iterable
from dataclasses import replace

from summaries.reports.tables import CellKind, Table
from summaries.selection import DEFAULT_MINER, Selection

UNIT = "(BTC)"


def file_name(*parts: str | None, selection: Selection) -> str:
    """The parts that are known, and the miner model unless it is the default one."""
    model = selection.miner if selection.miner != DEFAULT_MINER else None
    return "-".join(part for part in (*parts, model) if part)


def naming_miner(tables: Iterable[Table], miner: str) -> tuple[Table, ...]:
    """The tables with titles like Bitcoin (BTC, S9); those with a row a model stay as they are."""
    return tuple(_naming(table, miner) for table in tables)


def _naming(table: Table, miner: str) -> Table:
    if any(column.key == "miner_model" for column in table.columns):
        return table
    columns = tuple(
        replace(column, title=column.title.replace(UNIT, f"(BTC, {miner})"))
        if column.kind is CellKind.BTC
        else column
        for column in table.columns
    )
    return replace(table, columns=columns)
