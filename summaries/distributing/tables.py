"""Which tables are distributed, how, and how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from summaries.distributing.cluster import ClusterRefused

# A unit's rows of all years and of both tables are on one node: what joins them stays there.
COLUMN = "bmu_id"


@dataclass(frozen=True)
class BigTable:
    """A table to be distributed. Citus has no foreign keys from it to tables of the coordinator:
    those, by name, are dropped before and added again when the table is brought back.
    """

    name: str
    colocated_with: str = "default"
    foreign_keys: Mapping[str, str] = field(default_factory=dict)


RECORDS = BigTable(
    "curtailment_records",
    foreign_keys={
        "curtailment_records_bmu_fkey": "FOREIGN KEY (bmu_id) REFERENCES bm_units(elexon_bmu_id)"
    },
)
CALCULATIONS = BigTable("historical_bitcoin_calculations", colocated_with=RECORDS.name)
BIG_TABLES = (RECORDS, CALCULATIONS)


@dataclass(frozen=True)
class State:
    """What Citus knows of the big tables, and what the coordinator still has of them."""

    distributed: frozenset[str]
    foreign_keys: frozenset[str]
    # Partitions whose rows are on the workers and also, unseen, where they were before.
    local_copies: tuple[str, ...]


def read_state() -> State:
    """This will look at both tables. Raises ClusterRefused for one that is distributed otherwise.

    Only to be asked where there is Citus.
    """
    return State(
        distributed=frozenset(_distributed()),
        foreign_keys=frozenset(_names(FOREIGN_KEYS)),
        local_copies=tuple(_names(LOCAL_COPIES)),
    )


# Of the four kinds that Citus has only those with a column, by hash, are distributed.
DISTRIBUTIONS = """
    SELECT
        logicalrelid::text,
        CASE WHEN partmethod = 'h' THEN column_to_column_name(logicalrelid, partkey) END,
        colocationid
    FROM pg_dist_partition
    WHERE logicalrelid IN (SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS t (name))
"""
FOREIGN_KEYS = """
    SELECT conname::text FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0
        AND conrelid IN (SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS t (name))
"""
LOCAL_COPIES = """
    SELECT inhrelid::regclass::text
    FROM pg_inherits JOIN pg_dist_partition ON logicalrelid = inhrelid
    WHERE inhparent IN (SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS t (name))
        AND pg_relation_size(inhrelid) > 0
    ORDER BY 1
"""


def _distributed() -> list[str]:
    found = {name: (column, group) for name, column, group in _rows(DISTRIBUTIONS)}
    for table in BIG_TABLES:
        if table.name in found and found[table.name][0] != COLUMN:
            by = found[table.name][0]
            raise ClusterRefused(
                f"{table.name} is {f'distributed by {by}' if by else 'a table of Citus'} already, "
                f"where Windfall needs {COLUMN}: {_bring_back(table)} first."
            )
    if CALCULATIONS.name in found and RECORDS.name not in found:
        raise ClusterRefused(
            f"{CALCULATIONS.name} is distributed and {RECORDS.name} is not, which comes first: "
            f"{_bring_back(CALCULATIONS)} first."
        )
    if len({group for _, group in found.values()}) > 1:
        raise ClusterRefused(
            f"{CALCULATIONS.name} is not co-located with {RECORDS.name}, so that their rows of a "
            f"unit are on different nodes: {_bring_back(CALCULATIONS)} first."
        )
    return list(found)


def _bring_back(table: BigTable) -> str:
    return f"run SELECT undistribute_table('{table.name}')"


def _names(statement: str) -> list[str]:
    return [str(name) for (name,) in _rows(statement)]


def _rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tables": [table.name for table in BIG_TABLES]})
        return cursor.fetchall()
