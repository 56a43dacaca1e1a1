"""Applies the declared schedules to the cluster, and switches scheduled fetching."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from config.commands import OperatorCommand
from summaries.schedules import sync_schedules
from summaries.switch import NO_WIND_UNITS, OFF, reason_not_to_fetch, switch

ON = "Scheduled fetching is on."


class Command(OperatorCommand):
    help = (
        "Makes the schedules of the cluster those that summaries/schedules.py declares. Nothing is "
        "fetched by itself before --enable."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--enable", action="store_true", help="switch scheduled fetching on")
        way.add_argument("--disable", action="store_true", help="switch scheduled fetching off")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in sync_schedules(now=timezone.now()):
            self.stdout.write(name)
        if options["enable"] or options["disable"]:
            switch(on=options["enable"], by=None, now=timezone.now())
        reason = reason_not_to_fetch()
        if reason != OFF:
            self.stdout.write(ON)
        if reason:
            self.stdout.write(self.until_then(reason))

    def until_then(self, reason: str) -> str:
        if reason == NO_WIND_UNITS:
            return f"{reason} The cluster does that as soon as it runs."
        return reason
