"""Which columns of summaries, slices and query rows follow which definition."""

from collections.abc import Mapping
from typing import Any

from curtailment.definitions import Definition

PREFIXES = {Definition.FLAGGED: "", Definition.SO: "so_", Definition.ALL: "all_"}


def column(definition: Definition, name: str) -> str:
    """The column that has a figure under a definition; `name` is the flagged one's."""
    if name == "curtailed_mwh" and definition is not Definition.FLAGGED:
        name = "mwh"
    return PREFIXES[definition] + name


def pick(row: Mapping[str, Any], definition: Definition, name: str) -> Any:
    """The figure of a row under a definition."""
    return row[column(definition, name)]
