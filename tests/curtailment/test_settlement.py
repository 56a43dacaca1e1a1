from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtailment.settlement import (
    InvalidSettlementDate,
    InvalidSettlementPeriod,
    SettlementPeriod,
    count_periods,
    day_ends_at,
    iter_dates,
    iter_periods,
    next_working_day,
    parse_settlement_date,
    recalculation_due_at,
)

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def test_clock_changes_make_days_of_46_and_50_periods():
    assert count_periods(date(2024, 3, 31)) == 46
    assert count_periods(date(2024, 10, 27)) == 50
    assert count_periods(date(2024, 3, 30)) == 48


def test_every_day_of_forty_years_is_contiguous_in_utc():
    instant = datetime(2000, 1, 1, tzinfo=UTC)
    odd = {46: 0, 50: 0}
    for day in iter_dates(date(2000, 1, 1), date(2040, 12, 31)):
        periods = list(iter_periods(day))
        assert len(periods) in (46, 48, 50)
        if len(periods) != 48:
            odd[len(periods)] += 1
            assert (day.weekday(), day.month) == (6, 3 if len(periods) == 46 else 10)
        for period in periods:
            assert period.starts_at == instant
            instant += timedelta(minutes=30)
            assert period.ends_at == instant
        assert day_ends_at(day) == instant
    assert odd == {46: 41, 50: 41}


@given(DAYS, st.integers(0, 49), st.timedeltas(timedelta(0), timedelta(seconds=1799)))
def test_every_instant_of_a_period_leads_back_to_it(day, index, offset):
    period = SettlementPeriod(day, index % count_periods(day) + 1)
    assert SettlementPeriod.at(period.starts_at + offset) == period


@pytest.mark.parametrize(("day", "number"), [(date(2024, 3, 31), 47), (date(2024, 3, 30), 49)])
def test_a_period_that_the_day_lacks_cannot_exist(day, number):
    with pytest.raises(InvalidSettlementPeriod, match=f"not {number}"):
        SettlementPeriod(day, number)


def test_the_recalculation_waits_for_the_next_working_day():
    # Good Friday 2024-03-29 and Easter Monday 2024-04-01 are bank holidays in England.
    assert next_working_day(date(2024, 3, 28)) == date(2024, 4, 2)
    # Noon in London is 11:00 in UTC once the clocks have gone forward.
    assert recalculation_due_at(date(2024, 3, 28)) == datetime(2024, 4, 2, 11, tzinfo=UTC)
    assert recalculation_due_at(date(2024, 3, 4)) == datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "20240301", "yesterday", "", "2024-3-1", "2001-03-26"]
)
def test_a_date_that_cannot_be_is_refused(text):
    with pytest.raises(InvalidSettlementDate):
        parse_settlement_date(text, today=date(2026, 1, 1))


def test_a_date_after_today_is_refused():
    assert parse_settlement_date("2026-01-01", today=date(2026, 1, 1)) == date(2026, 1, 1)
    with pytest.raises(InvalidSettlementDate, match="after today"):
        parse_settlement_date("2026-01-02", today=date(2026, 1, 1))
