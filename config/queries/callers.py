"""Who asks a query, and what the query is called. Only looked up when somebody wants to know."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

OURS = ("config.", "curtailment.", "mining.", "summaries.")
# They pass on what others ask.
PASSING_ON = ("config.database.", "config.queries.", "curtailment.sql")
FUNCTION_PREFIX = "sql_for_"
VERB = re.compile(r"\s*(\w+)")
TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE) "?([a-z_]\w*)')
INNERMOST_PARENTHESES = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Asked:
    """A query's name (of its SQL, or what the ORM does to which table), and who asked it."""

    name: str
    caller: str

    def __str__(self) -> str:
        return f"{self.name} of {self.caller}"


def who_asks(sql: Any) -> Asked:
    """This will look at the stack for the function of ours that asks, and the SQL that it names.

    Where none of ours asks (sessions, the admin, django-q) the caller is the nearest other one.
    """
    frames = list(_frames_of_callers())
    ours = [frame for frame in frames if _is_ours(frame)]
    names = (name for frame in ours[:3] for name in [_name_in(frame, sql)] if name)
    caller = (ours or frames)[0]
    return Asked(next(names, None) or _of_the_orm(sql), _place(caller))


def _frames_of_callers() -> Iterator[FrameType]:
    """From the nearest outwards, without those that pass on."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = _module(frame)
        if not module.startswith((*PASSING_ON, "django.db.", "psycopg", "contextlib")):
            yield frame
        frame = frame.f_back


def _name_in(frame: FrameType, sql: Any) -> str | None:
    """The constant that is this SQL, else the one sql_for_... function that the caller calls."""
    mentioned = frame.f_code.co_names
    for name in mentioned:
        if isinstance(sql, str) and frame.f_globals.get(name) is sql:
            return name
    functions = [name for name in mentioned if name.startswith(FUNCTION_PREFIX)]
    return functions[0] if len(functions) == 1 else None


def _of_the_orm(sql: Any) -> str:
    """E.g. SELECT ingestion_progress: the verb and the first table outside subqueries."""
    text = str(sql) if isinstance(sql, str) else "SQL"
    while (outer := INNERMOST_PARENTHESES.sub("", text)) != text:
        text = outer
    found = (pattern.search(text) for pattern in (VERB, TABLE))
    return " ".join(match[1] for match in found if match)


def _is_ours(frame: FrameType) -> bool:
    return _module(frame).startswith(OURS)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _place(frame: FrameType) -> str:
    """E.g. summaries.queries.totals.read_totals:35."""
    return f"{_module(frame)}.{frame.f_code.co_qualname}:{frame.f_lineno}"
