"""How pages write figures. Rounding happens here and nowhere else."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from django import template

from curtailment.settlement import LONDON
from summaries.exports import format_instant
from summaries.queries.choices import Choices
from summaries.timeframes import format_date, format_dates

register = template.Library()

UNKNOWN = "–"
MINUS = "−"
ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


def write(figure: Decimal | int | None, decimals: int) -> str:
    """A figure with thousands separators and a true minus; a dash if it is not known."""
    if figure is None:
        return UNKNOWN
    rounded = Decimal(figure).quantize(Decimal(1).scaleb(-decimals), context=ROUNDING)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{rounded.copy_abs():,f}"


@register.filter
def mwh(figure: Decimal | None, decimals: int = 2) -> str:
    return write(figure, decimals)


@register.filter
def gbp(figure: Decimal | None, decimals: int = 2) -> str:
    return write(figure, decimals)


@register.filter
def btc(figure: Decimal | None, decimals: int = 8) -> str:
    return write(figure, decimals)


@register.filter
def percent(figure: Decimal | None, decimals: int = 1) -> str:
    return write(figure, decimals)


@register.filter
def count(figure: int | None) -> str:
    return write(figure, 0)


@register.filter
def difficulty(figure: Decimal | None) -> str:
    """In millions of millions (T), as miners say it."""
    return UNKNOWN if figure is None else write(figure.scaleb(-12, ROUNDING), 2)


@register.filter
def lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


@register.filter
def miner_name(choices: Choices, key: str) -> str:
    """What pages call a miner model."""
    return next((miner.name for miner in choices.miners if miner.key == key), key)


@register.filter
def day(settlement_date: date | None) -> str:
    return UNKNOWN if settlement_date is None else format_date(settlement_date)


@register.filter
def days(dates: Iterable[date]) -> str:
    """E.g. 4 to 6 March 2024, 9 March 2024."""
    return format_dates(dates)


@register.filter
def london_clock(instant: datetime) -> str:
    """E.g. 01:30 BST; the zone tells the two hours apart that a day of 50 periods repeats."""
    return f"{instant.astimezone(LONDON):%H:%M %Z}"


@register.filter
def london_time(instant: datetime | None) -> str:
    """E.g. 5 March 2024, 01:30 GMT."""
    if instant is None:
        return UNKNOWN
    return f"{format_date(instant.astimezone(LONDON).date())}, {london_clock(instant)}"


@register.filter
def utc(instant: datetime) -> str:
    """ISO 8601 in UTC, for machines."""
    return format_instant(instant)
