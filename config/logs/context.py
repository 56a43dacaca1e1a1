"""What the work in hand is about: a settlement date, a request. Every log line says it.

Kept in a context variable, so each thread has its own. What is handed to another thread takes
it along with `contextvars.copy_context().run`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_fields: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default=MappingProxyType({}))


def bound_fields() -> Mapping[str, str]:
    """What is bound here and now, by name."""
    return _fields.get()


@contextmanager
def bind(**fields: str) -> Iterator[None]:
    """Every line that is logged inside has these fields, beside those bound outside."""
    token = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


def about_its_day(function: Callable[Concatenate[date, P], R]) -> Callable[Concatenate[date, P], R]:
    """Binds the settlement date that a function takes first, as long as it runs."""

    @wraps(function)
    def bound(settlement_date: date, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with bind(settlement_date=settlement_date.isoformat()):
            return function(settlement_date, *args, **kwargs)

    return bound
