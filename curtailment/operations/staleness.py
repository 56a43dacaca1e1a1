"""The outbox of days whose bitcoin and summaries, or records, have yet to follow a change."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from curtailment.models import IngestionProgress


def mark_stale(dates: Iterable[date], *, reason: str, now: datetime) -> int:
    """This will note that something the days' figures depend on has changed.

    Days without data are left out; a day that is stale already keeps the time since when.
    Returns how many days it marked.
    """
    return (
        IngestionProgress.objects.filter(settlement_date__in=list(dates))
        .exclude(data_state=IngestionProgress.DataState.NONE)
        .update(stale_since=Coalesce(F("stale_since"), now), stale_reason=reason)
    )


def mark_for_refetch(dates: Iterable[date], *, reason: str, now: datetime) -> int:
    """This will note that the days' records are not those that Elexon's answer would make now.

    Days without Elexon's data are left out. Only an answer whose fetch began afterwards clears it:
    a day that is marked already counts from now. Returns how many days it marked.
    """
    return IngestionProgress.objects.filter(
        settlement_date__in=list(dates), source=IngestionProgress.Source.ELEXON
    ).update(refetch_since=now, refetch_reason=reason)


def clear_stale(settlement_date: date) -> None:
    """This will note that the day's bitcoin and summaries have followed. Hold its lock."""
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        stale_since=None, stale_reason=""
    )


def raise_revision(settlement_date: date) -> None:
    """This will make every cached page of the day outdated: something that it shows was rebuilt.

    Whatever is written to `revision`, the trigger puts the next number of the sequence there.
    """
    IngestionProgress.objects.filter(settlement_date=settlement_date).update(
        revision=F("revision") + 1
    )
