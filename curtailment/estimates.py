"""How many rows a list has, without reading them all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

# Beyond as many rows nobody pages; they narrow the dates.
PAGED_ROWS = 10_000
COUNT_MILLISECONDS = 100


@dataclass(frozen=True)
class RowCount:
    """A number of rows, counted or estimated."""

    rows: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.rows:,}" if self.is_exact else f"about {self.rows:,}"

    @property
    def note(self) -> str:
        """What a reader has to know of a list of so many rows."""
        if self.rows <= PAGED_ROWS:
            return ""
        return f"The first {PAGED_ROWS:,} can be leafed through; for others narrow the dates."


def count_rows(queryset: QuerySet, *, milliseconds: int = COUNT_MILLISECONDS) -> RowCount:
    """Counts up to PAGED_ROWS rows, for so long; what is more, or takes longer, is estimated."""
    rows = queryset.order_by().select_related(None)
    try:
        with time_limit(milliseconds):
            counted = rows[: PAGED_ROWS + 1].count()
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return RowCount(estimate_rows(rows), is_exact=False)
    if counted <= PAGED_ROWS:
        return RowCount(counted, is_exact=True)
    return RowCount(max(counted, estimate_rows(rows)), is_exact=False)


def estimate_rows(queryset: QuerySet) -> int:
    """What the planner expects by its statistics, without reading a row."""
    (plan,) = json.loads(queryset.values("pk").explain(format="json"))
    return _rows_of(plan["Plan"])


def _rows_of(node: dict[str, Any]) -> int:
    """The rows of a plan. Citus plans each piece on its node, and shows the plan of one of them."""
    if "Distributed Query" not in node:
        return int(node["Plan Rows"])
    job = node["Distributed Query"]["Job"]
    piece = job["Tasks"][0]["Remote Plan"][0][0]["Plan"]
    return int(piece["Plan Rows"]) * int(job["Task Count"])


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """PostgreSQL ends a statement inside that takes longer: an OperationalError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (before,) = cursor.fetchone()
        limit = "SELECT set_config('statement_timeout', %s, true)"
        cursor.execute(limit, [str(milliseconds)])
        yield
        # A transaction of the caller goes on with its own limit.
        cursor.execute(limit, [before])


class EstimatingPaginator(Paginator):
    """Pages through no more rows than anyone would; `row_count` says how many there are."""

    @cached_property
    def row_count(self) -> RowCount:
        return count_rows(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        """The number of rows that pages show."""
        return min(self.row_count.rows, PAGED_ROWS)
