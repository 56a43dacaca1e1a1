"""manage.py sync_network"""

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import OperatorCommand
from mining.configured import client_from_settings
from mining.network import NetworkError
from mining.operations import sync_network
from mining.queries import difficulty_horizon


class Command(OperatorCommand):
    help = (
        "Fetches difficulty and prices from the mempool node of MEMPOOL_BASE_URL and marks the "
        "days that they change for recalculation."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with client_from_settings() as client:
                result = sync_network(client, now=timezone.now())
        except NetworkError as error:
            raise CommandError(f"Not synchronized with the mempool node: {error}.") from error
        self.stdout.write(
            f"{result.epochs_written} difficulty epochs and {result.prices_written} prices "
            f"written; difficulty known until {difficulty_horizon():%Y-%m-%d %H:%M} UTC."
        )
