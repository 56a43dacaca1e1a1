"""Questions about miner models, difficulty and prices."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, QuerySet

from curtailment.settlement import SettlementPeriod
from mining.models import BitcoinPrice, DifficultyEpoch, MinerModel
from mining.protocol import GENESIS, LAST_HEIGHT_OF_KNOWN_SUBSIDY, NEXT_HALVING_HEIGHT

DEFAULT_MINER_KEY = "S19J_PRO"


def miner(key: str) -> MinerModel:
    """The miner model of a key, active or not. Raises MinerModel.DoesNotExist."""
    return MinerModel.objects.get(key=key)


def active_miners() -> QuerySet[MinerModel]:
    """The miner models that are calculated, by key."""
    return MinerModel.objects.filter(active=True)


def price_now() -> BitcoinPrice | None:
    """The newest known price of a bitcoin; how new it is says `quoted_at`."""
    return BitcoinPrice.objects.filter(date=None).first()


def difficulty_horizon() -> datetime | None:
    """The instant until which (excluded) the difficulty is known; None if it never is."""
    return DifficultyEpoch.objects.aggregate(horizon=Max("known_until"))["horizon"]


def difficulty_gap_message(settlement_date: date, periods: Sequence[int]) -> str:
    """Why these periods (at least one) of a date have no bitcoin, and what to do: a sentence."""
    starts = [SettlementPeriod(settlement_date, number).starts_at for number in periods]
    if min(starts) < GENESIS:
        return f"There was no bitcoin before {GENESIS:%Y-%m-%d %H:%M} UTC."
    if _halving_may_have_come(starts):
        return (
            f"The time of the halving at block {NEXT_HALVING_HEIGHT} is not known to this version: "
            "update it."
        )
    horizon = difficulty_horizon()
    if horizon is None:
        return "No difficulty is known: run sync_network."
    if all(start >= horizon for start in starts):
        return f"The difficulty is not known after {horizon:%Y-%m-%d %H:%M} UTC: run sync_network."
    listed = ", ".join(map(str, periods))
    return f"The difficulty is not known at {settlement_date} SP {listed}: run sync_network."


def _halving_may_have_come(starts: Sequence[datetime]) -> bool:
    """Whether one of these instants is in an epoch that outlasts the known subsidy."""
    return DifficultyEpoch.objects.filter(
        height__gt=LAST_HEIGHT_OF_KNOWN_SUBSIDY,
        starts_at__lte=max(starts),
        known_until__gt=max(starts),
    ).exists()
