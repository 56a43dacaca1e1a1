"""The database of the soak: migrated once, emptied between rows that commit."""

from importlib import import_module

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from mining.operations import load_embedded_epochs
from tests.curtailment.days import FETCHED

# What migrations fill.
KEPT = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
)


def prepare_database() -> None:
    """This will create the tables of this version."""
    call_command("migrate", verbosity=0)


def empty_database() -> None:
    """This will remove all rows, and put back the miner models and the known difficulty."""
    names = sorted(set(connection.introspection.table_names()) - {*KEPT})
    guarded = [name for name in ("corrections", "correction_batches") if name in names]
    with connection.cursor() as cursor:
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_truncated")
        cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_not_truncated")
    import_module("mining.migrations.0002_miner_models").add_miner_models(apps, None)
    load_embedded_epochs(now=FETCHED)
