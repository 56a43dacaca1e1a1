"""Applies the declared schedules to the cluster."""

from typing import Any

from config.commands import OperatorCommand
from summaries.schedules import sync_schedules


class Command(OperatorCommand):
    help = "Makes the schedules of the cluster those that summaries/schedules.py declares."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in sync_schedules():
            self.stdout.write(name)
