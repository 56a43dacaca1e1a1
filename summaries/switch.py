"""The switch of scheduled fetching, and whether there is anything against asking Elexon."""

from datetime import datetime

from django.contrib.auth.models import User

from curtailment.models import IngestionProgress
from curtailment.queries import has_wind_units
from summaries.background import enqueue
from summaries.models import ScheduledFetching

OFF = "Scheduled fetching is off: `sync_schedules --enable` or the admin switches it on."
NO_WIND_UNITS = "Nothing is fetched: the register has no wind unit of Elexon's. Run sync_bmunits."


def is_on() -> bool:
    """Whether the cluster fetches by itself."""
    return ScheduledFetching.objects.filter(is_on=True).exists()


def switch(*, on: bool, by: User | None, now: datetime) -> None:
    """This will switch scheduled fetching on or off; `by` is None for a command.

    Switched on, it begins with the register and the network, without which days are worth little.
    """
    ScheduledFetching.objects.update_or_create(
        pk=1, defaults={"is_on": on, "changed_at": now, "changed_by": by}
    )
    if on:
        enqueue("sync_register")
        enqueue("sync_network")


def reason_not_to_fetch() -> str:
    """Why nothing is fetched by itself now, in a sentence; empty if nothing is against it."""
    if not is_on():
        return OFF
    if not has_wind_units(IngestionProgress.Source.ELEXON):
        return NO_WIND_UNITS
    return ""
