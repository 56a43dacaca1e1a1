"""django-q's cluster, started once what it needs is there.

Its sentinel connects before anything else, and ends, or in other versions hangs, if that fails.
"""

import logging
from typing import Any

from django_q import cluster as django_q_cluster
from django_q.management.commands.qcluster import Command as AnyCluster

from config.commands import BadInput, OperatorCommand
from config.supervisor import StopRequested, raising_stop_requested
from config.waiting import wait_for_cluster_needs
from summaries.cluster import PatientCluster
from summaries.sentinel import WholeSentinel

logger = logging.getLogger(__name__)


class Command(OperatorCommand, AnyCluster):
    help = (
        "Does the background work until it is told to stop. Waits for the database, its "
        "migrations and the Redis of REDIS_URL, whichever is started first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if name := options["cluster_name"]:
            # django-q has read it by now, and would work at another queue.
            raise BadInput(f"Name the cluster by Q_CLUSTER_NAME={name} before the command.")
        try:
            with raising_stop_requested():
                wait_for_cluster_needs(logger.warning)
        except StopRequested:
            return
        # It looks its guard up there, and cannot be given another one.
        django_q_cluster.Sentinel = WholeSentinel
        cluster = PatientCluster()
        cluster.start()
        if options["run_once"]:
            cluster.stop()
