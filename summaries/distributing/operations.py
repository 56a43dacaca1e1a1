"""Distributing the big tables, and bringing them back, in steps that can be taken again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.db import (
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, LockNotAvailable

from curtailment.locks import LockSpace, session_lock
from summaries.distributing.cluster import ClusterRefused
from summaries.distributing.tables import BIG_TABLES, COLUMN, BigTable, State, read_state

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"
BUSY = (
    "Somebody uses the records for longer than 10 seconds: stop the background work, or try again."
)
# How many pieces a table and year is cut into, at most one node a piece.
SHARDS = 32


@dataclass(frozen=True)
class Step:
    """Something to do, in words, and the statements that do it."""

    words: str
    statements: tuple[sql.Composable, ...]


Told = Callable[[str], None]


def plan(*, shards: int = SHARDS) -> list[Step]:
    """What is left to do until both tables are distributed; nothing, if they are."""
    state = read_state()
    return [step for steps_of in _stages(shards) for step in steps_of(state)]


def plan_undoing() -> list[Step]:
    """What is left to do until both tables are the coordinator's again."""
    state = read_state()
    return [*_bringing_back(state), *_adding_foreign_keys(state)]


def _stages(shards: int) -> tuple[Callable[[State], Iterable[Step]], ...]:
    """A transaction each. Foreign keys go first, in a moment: reading goes on meanwhile."""
    return (_dropping_foreign_keys, partial(_distributing, shards=shards), _freeing)


def distribute(*, shards: int = SHARDS, tell: Told) -> None:
    """This will distribute what is not yet distributed. Raises ClusterRefused.

    Whoever writes records waits meanwhile. If the rows cannot be distributed the foreign keys
    come back; killed half-way, the next run goes on, or undoes it.
    """
    dropping, distributing, freeing = _stages(shards)
    with _alone():
        _take(dropping(read_state()), tell)
        try:
            _take(distributing(read_state()), tell)
        except BaseException:
            _restore_foreign_keys(tell)
            raise
        _take(freeing(read_state()), tell)
        _analyze()


def undo(*, tell: Told) -> None:
    """This will bring both tables back as they were, in one transaction. Raises ClusterRefused."""
    with _alone():
        _take(plan_undoing(), tell)
        _analyze()


@contextmanager
def _alone() -> Iterator[None]:
    """No partition is made, archived or put back meanwhile."""
    with session_lock(LockSpace.PARTITIONS, 0):
        yield


def _take(planned: Iterable[Step], tell: Told) -> None:
    """Takes steps in one transaction, each told once all are done."""
    steps = list(planned)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
            for step in steps:
                for statement in step.statements:
                    cursor.execute(statement)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ClusterRefused(BUSY) from error
        raise
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise ClusterRefused(
                f"It was refused ({str(error).strip()}): let DATABASE_URL name the owner of the "
                "tables."
            ) from error
        raise
    except IntegrityError as error:
        raise ClusterRefused(
            f"The tables cannot be brought back: {_detail(error)}. Add what is missing first."
        ) from error
    for step in steps:
        tell(f"Done: {step.words}.")


def _detail(error: IntegrityError) -> str:
    """Which row of which table it is about."""
    return str(error).strip().splitlines()[-1].removeprefix("DETAIL:").strip(" .")


def _restore_foreign_keys(tell: Told) -> None:
    """Where nothing was distributed after all; says so where somebody is in the way again."""
    if connection.connection is None or connection.connection.closed:
        return
    state = read_state()
    if not state.distributed:
        try:
            _take(_adding_foreign_keys(state), lambda words: None)
        except ClusterRefused:
            tell("The foreign key is still dropped: run distribute again, or --undo.")


def _analyze() -> None:
    """The planner knows the rows from the first query on, on every node."""
    with connection.cursor() as cursor:
        for table in BIG_TABLES:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))


# --- Steps ------------------------------------------------------------------------------------


def _dropping_foreign_keys(state: State) -> Iterator[Step]:
    for table in BIG_TABLES:
        for name in table.foreign_keys.keys() & state.foreign_keys:
            yield Step(
                f"drop the foreign key {name} of {table.name}, which Citus cannot keep",
                (_sql("ALTER TABLE {table} DROP CONSTRAINT {name}", table=table.name, name=name),),
            )


def _adding_foreign_keys(state: State) -> Iterator[Step]:
    for table in BIG_TABLES:
        for name, definition in table.foreign_keys.items():
            if name not in state.foreign_keys:
                yield Step(
                    f"add the foreign key {name} of {table.name} again",
                    (
                        _sql(
                            f"ALTER TABLE {{table}} ADD CONSTRAINT {{name}} {definition}",
                            table=table.name,
                            name=name,
                        ),
                    ),
                )


def _distributing(state: State, *, shards: int) -> Iterator[Step]:
    for table in BIG_TABLES:
        if table.name not in state.distributed:
            yield Step(
                f"distribute {table.name} by {COLUMN} (writers wait while {_rows_of(table)} rows "
                "are copied)",
                (_create_distributed_table(table, shards),),
            )


def _create_distributed_table(table: BigTable, shards: int) -> sql.Composed:
    if table.colocated_with != "default":
        statement = "SELECT create_distributed_table({table}, {column}, colocate_with => {other})"
    else:
        # A group of its own, whatever else the cluster distributes by a text.
        statement = (
            "SELECT create_distributed_table({table}, {column}, colocate_with => 'none', "
            "shard_count => {shards})"
        )
    return sql.SQL(statement).format(
        table=sql.Literal(table.name),
        column=sql.Literal(COLUMN),
        other=sql.Literal(table.colocated_with),
        shards=sql.Literal(shards),
    )


def _freeing(state: State) -> Iterator[Step]:
    """Rows that were copied to the workers also stand where they were, unseen."""
    for partition in state.local_copies:
        yield Step(
            f"free the room of the copy of {partition} on the coordinator",
            (
                sql.SQL("SELECT truncate_local_data_after_distributing_table({})").format(
                    sql.Literal(partition)
                ),
            ),
        )


def _bringing_back(state: State) -> Iterator[Step]:
    for table in reversed(BIG_TABLES):
        if table.name in state.distributed:
            yield Step(
                f"bring {table.name} back to the coordinator (readers and writers wait)",
                (sql.SQL("SELECT undistribute_table({})").format(sql.Literal(table.name)),),
            )


def _rows_of(table: BigTable) -> str:
    """Of the statistics: to count them takes as long as to copy them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(greatest(reltuples, 0)), 0) FROM pg_class JOIN pg_inherits"
            " ON inhrelid = oid WHERE inhparent = to_regclass(%s)",
            [table.name],
        )
        return f"about {int(cursor.fetchone()[0]):,}"


def _sql(statement: str, **names: str) -> sql.Composed:
    return sql.SQL(statement).format(
        **{name: sql.Identifier(value) for name, value in names.items()}
    )
