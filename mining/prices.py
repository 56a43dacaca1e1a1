"""The price of a bitcoin on a settlement date, from quotes. No Django here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from curtailment.settlement import day_ends_at, iter_dates, settlement_date_at
from mining.network import Quote

OLDEST_QUOTE = timedelta(hours=36)


@dataclass(frozen=True)
class Price:
    """The price of a bitcoin on a settlement date; without a date, the price now."""

    settlement_date: date | None
    price_gbp: Decimal
    price_usd: Decimal | None
    quoted_at: datetime


def daily_prices(quotes: Iterable[Quote], *, today: date) -> list[Price]:
    """The price of every settlement date up to today that has one, in order.

    It is the last quote at or before the date's London midnight end, at most 36 hours old.
    """
    ordered = sorted(quotes, key=lambda quote: quote.quoted_at)
    if not ordered:
        return []
    prices = []
    upcoming = 0
    # A quote at the very midnight counts for the day that ends with it.
    first_date = settlement_date_at(ordered[0].quoted_at - timedelta(microseconds=1))
    for day in iter_dates(first_date, today):
        ends_at = day_ends_at(day)
        while upcoming < len(ordered) and ordered[upcoming].quoted_at <= ends_at:
            upcoming += 1
        quote = ordered[upcoming - 1]
        if ends_at - quote.quoted_at <= OLDEST_QUOTE:
            prices.append(price_from(quote, settlement_date=day))
    return prices


def price_from(quote: Quote, *, settlement_date: date | None) -> Price:
    """A quote as the price of a settlement date, or without one as the price now."""
    return Price(settlement_date, quote.price_gbp, quote.price_usd, quote.quoted_at)
