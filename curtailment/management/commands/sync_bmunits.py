"""Fills the register of BM Units from Elexon."""

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from config.commands import OperatorCommand
from curtailment.elexon.configured import client_from_settings
from curtailment.operations.register import RegisterResult, sync_bmunits
from curtailment.sources import SourceError


class Command(OperatorCommand):
    help = (
        "Fills the register of BM Units from Elexon: one request, then one transaction. What staff "
        "set stays, and units that Elexon no longer lists are kept. Run it before the first "
        "backfill, and again whenever new wind farms are missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with client_from_settings() as elexon:
                result = sync_bmunits(elexon, now=timezone.now())
        except SourceError as error:
            raise CommandError(f"The register was not changed. {error}") from error
        self.stdout.write(summary(result))


def summary(result: RegisterResult) -> str:
    """The result in a line."""
    return (
        f"{result.total:,} units listed: {result.added:,} new, {result.changed:,} changed, "
        f"{result.unchanged:,} unchanged. {result.wind:,} of them are wind."
    )
