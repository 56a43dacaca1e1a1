from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from curtailment.settlement import day_ends_at, iter_dates
from mining.network import Quote
from mining.prices import daily_prices

DAY = date(2024, 6, 10)
ENDS_AT = day_ends_at(DAY)
SECOND = timedelta(seconds=1)


def quote(at, price_gbp):
    return Quote(at, Decimal(price_gbp))


def price_by_date(quotes, *, today=date(2024, 6, 30)):
    return {p.settlement_date: p.price_gbp for p in daily_prices(quotes, today=today)}


def test_a_dates_price_is_the_last_quote_at_or_before_its_london_midnight():
    # In summer London's midnight is 23:00 in UTC.
    assert datetime(2024, 6, 10, 23, tzinfo=UTC) == ENDS_AT
    quotes = [quote(ENDS_AT + SECOND, 3), quote(ENDS_AT - SECOND, 1), quote(ENDS_AT, 2)]
    assert price_by_date(quotes)[DAY] == 2
    assert price_by_date(quotes)[DAY + timedelta(days=1)] == 3


def test_a_quote_older_than_36_hours_is_no_price():
    at_the_limit = [quote(ENDS_AT - timedelta(hours=36), 5)]
    assert price_by_date(at_the_limit) == {DAY - timedelta(days=1): 5, DAY: 5}
    too_old = [quote(ENDS_AT - timedelta(hours=36) - SECOND, 5)]
    assert price_by_date(too_old) == {DAY - timedelta(days=1): 5}


def test_there_is_a_gap_where_nobody_quoted():
    quotes = [quote(ENDS_AT, 1), quote(ENDS_AT + timedelta(days=5), 2)]
    assert list(price_by_date(quotes)) == [
        date(2024, 6, 10),
        date(2024, 6, 11),
        date(2024, 6, 15),
        date(2024, 6, 16),
    ]


def test_days_to_come_have_no_price():
    assert list(price_by_date([quote(ENDS_AT - SECOND, 1)], today=DAY)) == [DAY]


def test_without_quotes_there_are_no_prices():
    assert daily_prices([], today=DAY) == []


INSTANTS = st.integers(0, 60 * 24 * 3600).map(
    lambda seconds: datetime(2024, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(st.lists(st.tuples(INSTANTS, st.integers(1, 9))))
def test_prices_are_those_of_a_slow_look_at_every_quote(pairs):
    quotes = [quote(at, price) for at, price in pairs]
    expected = {}
    for day in iter_dates(date(2024, 2, 20), date(2024, 5, 10)):
        ages = [(day_ends_at(day) - q.quoted_at, q) for q in quotes]
        fresh = [(age, q) for age, q in ages if timedelta(0) <= age <= timedelta(hours=36)]
        if fresh:
            expected[day] = min(fresh, key=lambda pair: pair[0])[1].quoted_at
    prices = daily_prices(quotes, today=date(2024, 5, 10))
    assert {p.settlement_date: p.quoted_at for p in prices} == expected
