from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.utils import timezone


class SummariesConfig(AppConfig):
    name = "summaries"
    verbose_name = "Summaries"

    def ready(self) -> None:
        from summaries import task_log

        task_log.connect()
        post_migrate.connect(apply_schedules, sender=self, dispatch_uid="summaries.schedules")
        post_migrate.connect(create_partitions, sender=self, dispatch_uid="summaries.partitions")


def apply_schedules(*, using: str, **signal: Any) -> None:
    """This will apply the declared schedules after `migrate`, once django-q's tables are there.

    They are not, or are of an older version, while somebody migrates one app or backwards.
    """
    from summaries.schedules import sync_schedules

    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes("django_q")):
        sync_schedules(now=timezone.now())


def create_partitions(*, using: str, **signal: Any) -> None:
    """This will create the partitions of this and the coming years, as the schedule does later.

    Here and not in an app below: by now the tables of all are there, unless somebody migrates
    backwards.
    """
    from curtailment.partitions import YEARS_AHEAD, ensure_partitions_ahead
    from curtailment.settlement import settlement_date_at

    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        this_year = settlement_date_at(timezone.now()).year
        ensure_partitions_ahead(this_year, ahead=YEARS_AHEAD)
