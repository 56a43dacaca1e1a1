"""Difficulty, subsidy and prices that a day's bitcoin and its value follow from."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from curtailment.settlement import day_ends_at, day_starts_at
from mining.models import BitcoinPrice
from mining.protocol import SUBSIDY_ERAS
from summaries.queries.network import read_network


@dataclass(frozen=True)
class Epoch:
    """A difficulty in force on the day, from its first block on."""

    height: int
    starts_at: datetime
    difficulty: Decimal


@dataclass(frozen=True)
class Subsidy:
    """What a block earned on the day, from the block of its halving on."""

    height: int
    starts_at: datetime
    subsidy_btc: Decimal


@dataclass(frozen=True)
class Price:
    """A price of a bitcoin, and when it was quoted."""

    price_gbp: Decimal
    quoted_at: datetime
    is_sample: bool


@dataclass(frozen=True)
class Network:
    """Empty or null is what is not known."""

    epochs: tuple[Epoch, ...]
    subsidies: tuple[Subsidy, ...]
    price: Price | None
    price_now: Price | None


def build_network(settlement_date: date) -> Network:
    """One query."""
    rows = read_network(settlement_date)
    epochs = tuple(
        Epoch(row["height"], row["starts_at"], row["difficulty"])
        for row in rows
        if row["height"] is not None
    )
    return Network(
        epochs=epochs,
        # Without a difficulty nobody can tell whether the next halving has come.
        subsidies=tuple(_subsidies(settlement_date)) if epochs else (),
        price=_price(rows[0]["price_gbp"], rows[0]["quoted_at"], rows[0]["source"]),
        price_now=_price(
            rows[0]["price_now_gbp"], rows[0]["price_now_quoted_at"], rows[0]["price_now_source"]
        ),
    )


def _subsidies(settlement_date: date) -> list[Subsidy]:
    """Those in force when the day started, and when its last period did."""
    starts_at, ends_at = day_starts_at(settlement_date), day_ends_at(settlement_date)
    begun = [era for era in SUBSIDY_ERAS if era.starts_at < ends_at]
    at_start = [era for era in begun if era.starts_at <= starts_at]
    return [
        Subsidy(era.height, era.starts_at, era.subsidy_btc)
        for era in begun[max(len(at_start) - 1, 0) :]
    ]


def _price(price_gbp: Decimal | None, quoted_at: datetime, source: str) -> Price | None:
    if price_gbp is None:
        return None
    return Price(price_gbp, quoted_at, is_sample=source == BitcoinPrice.Source.SAMPLE)
