"""django-q's cluster, started once what it needs is there.

Its sentinel connects before anything else, and ends, or in other versions hangs, if that fails.
"""

from typing import Any

from django_q.management.commands.qcluster import Command as AnyCluster

from config.commands import OperatorCommand
from config.waiting import wait_for_cluster_needs


class Command(OperatorCommand, AnyCluster):
    help = (
        "Does the background work until it is told to stop. Waits for the database, its "
        "migrations and the Redis of REDIS_URL, whichever is started first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wait_for_cluster_needs(self.say)
        super().handle(*args, **options)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
