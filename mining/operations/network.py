"""Bringing difficulty and prices up to date from a mempool node."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curtailment.settlement import settlement_date_at
from mining.models import BitcoinPrice
from mining.network import Quote, Retarget
from mining.operations.epochs import write_epochs
from mining.operations.prices import write_prices
from mining.prices import daily_prices, price_from


class NetworkSource(Protocol):
    """A mempool node, or what answers like one. Raises NetworkError."""

    def difficulty_adjustments(self) -> list[Retarget]: ...

    def price_history(self) -> list[Quote]: ...

    def price_now(self) -> Quote | None: ...


@dataclass(frozen=True)
class NetworkResult:
    """How many epochs and prices were written; what did not change does not count."""

    epochs_written: int
    prices_written: int


def sync_network(client: NetworkSource, *, now: datetime) -> NetworkResult:
    """This will store what a node knows of difficulty and prices, and mark the days it touches.

    Each answer is complete and valid before anything of it is written, in one transaction for
    difficulty and one for prices: prices that fail do not hold up the difficulty, without which
    there is no bitcoin at all. Raises NetworkError.
    """
    epochs_written = write_epochs(client.difficulty_adjustments(), asked_at=now, now=now)
    prices = daily_prices(client.price_history(), today=settlement_date_at(now))
    price_now = client.price_now()
    if price_now is not None:
        prices.append(price_from(price_now, settlement_date=None))
    prices_written = write_prices(prices, source=BitcoinPrice.Source.NODE, now=now)
    return NetworkResult(epochs_written=epochs_written, prices_written=prices_written)
