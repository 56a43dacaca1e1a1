"""Where the reads of this request go: to the primary, unless a report page says otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# What reports are made of; sessions, users and the tables of caches are read from the primary.
APPS_READ = ("curtailment", "mining", "summaries")

_alias: ContextVar[str] = ContextVar("reading_alias", default=DEFAULT_DB_ALIAS)


def reading_connection() -> BaseDatabaseWrapper:
    """The connection that report queries are asked on."""
    return connections[_alias.get()]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Within it report queries, those of the ORM too, go to this database."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)


class ReportRouter:
    """Django's router: whatever writes goes to the primary, and migrations only there."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return _alias.get() if model._meta.app_label in APPS_READ else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """All of them are the same data."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
