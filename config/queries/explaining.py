"""How PostgreSQL goes about a query, told by running it."""

import json
from typing import Any

from django.db import connection, transaction
from psycopg import sql as composing

# Of a statement that is run: true times and row counts, all columns, and pages read.
OPTIONS = "ANALYZE, VERBOSE, BUFFERS"


def explain(sql: str | composing.Composable, params: Any = None) -> list[dict[str, Any]]:
    """This will run a query and return its plan as EXPLAIN's JSON, in which times are in ms.

    In a read-only (sub)transaction: a statement that writes is refused with an error of the
    database.
    """
    plan = _explained(sql, params, "JSON")[0]
    parsed: list[dict[str, Any]] = json.loads(plan) if isinstance(plan, str) else plan
    return parsed


def explain_as_text(sql: str | composing.Composable, params: Any = None) -> str:
    """The same as EXPLAIN's text, as psql shows it."""
    return "\n".join(_explained(sql, params, "TEXT"))


def _explained(sql: str | composing.Composable, params: Any, output: str) -> list[Any]:
    prefix = f"EXPLAIN ({OPTIONS}, FORMAT {output}) "
    statement = prefix + sql if isinstance(sql, str) else composing.SQL(prefix) + sql
    with transaction.atomic(), connection.cursor() as cursor:
        # Of a subtransaction it holds until that ends.
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(statement, params)
        return [line for (line,) in cursor.fetchall()]
