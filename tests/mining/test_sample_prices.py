from datetime import timedelta

from curtailment.sample import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.settlement import day_ends_at, iter_dates
from mining.sample_prices import sample_prices


def test_every_sample_date_has_a_price_quoted_shortly_before_it_ends():
    *days, _now = sample_prices()
    assert [price.settlement_date for price in days] == list(
        iter_dates(SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE)
    )
    for price in days:
        assert price.settlement_date
        before_midnight = day_ends_at(price.settlement_date) - price.quoted_at
        assert timedelta(0) < before_midnight < timedelta(hours=1)


def test_the_price_now_comes_last_and_has_no_date():
    *days, now = sample_prices()
    assert now.settlement_date is None
    assert now.quoted_at > days[-1].quoted_at


def test_prices_are_whole_pence_of_that_spring_and_never_change():
    prices = sample_prices()
    assert prices == sample_prices()
    for price in prices:
        assert 45_000 <= price.price_gbp <= 57_000
        assert price.price_gbp == round(price.price_gbp, 2)
    assert len({price.price_gbp for price in prices}) > 90
