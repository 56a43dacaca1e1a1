"""What docs/database_schema.md says, as a program reads it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "database_schema.md"
COLUMNS_HEADER = ["column", "type", "unit", "null?", "meaning"]
KEYS_HEADER = ["key, index, rule", "kind", "on", "what for"]
Facts = Mapping[str, tuple[str, ...]]


def rows_under(header: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Table name and cells of each row of the page's tables that have this header."""
    table, inside = "", False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().split("|")[1:-1]]
        if line.startswith("### "):
            table, inside = line.removeprefix("### "), False
        elif cells == header:
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and set(line) - set("|- "):
            yield table, cells


def documented_columns() -> dict[str, tuple[str, ...]]:
    return {
        f"{table}.{name.strip('`')}": (kind, "null" if null == "yes" else "not null")
        for table, (name, kind, _unit, null, _meaning) in rows_under(COLUMNS_HEADER)
    }


def documented_keys(*kinds: str) -> dict[str, tuple[str, ...]]:
    """Keys and indexes with what they are on; of checks and triggers only the name."""
    return {
        f"{table}: {name.strip('`')}": (kind, on.strip("`") if on.startswith("`") else "")
        for table, (name, kind, on, _what_for) in rows_under(KEYS_HEADER)
        if kind in kinds
    }


def mistakes(documented: Facts, actual: Facts, where: str) -> str:
    """What to change on the page, a line each; empty if nothing."""
    lines = []
    for name in sorted(documented.keys() | actual.keys()):
        if name not in documented:
            lines.append(f"add to the page: {name} {actual[name]}, which the {where} has")
        elif name not in actual:
            lines.append(f"remove from the page: {name}, which the {where} does not have")
        elif documented[name] != actual[name]:
            lines.append(
                f"{name}: the page says {documented[name]}, the {where} has {actual[name]}"
            )
    return "".join(f"\n- {line}" for line in lines)
