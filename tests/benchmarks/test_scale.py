"""How much data a scale is, and which scales are refused."""

import pytest

from tests.benchmarks.days import rows_of_day
from tests.benchmarks.refusals import CannotBegin
from tests.benchmarks.scale import (
    BACKFILLED_FROM,
    BACKFILLED_TO,
    LAST_DAY,
    NOW,
    RECORDS_A_DAY,
    WRITTEN_FROM,
    WRITTEN_TO,
    Scale,
)


def test_one_is_four_years_and_two_million_records():
    scale = Scale(1)
    assert len(scale.dates) == 4 * 365 + 1
    assert scale.record_count == pytest.approx(2_000_000, rel=0.01)


def test_a_day_has_the_size_that_is_said():
    assert len(rows_of_day(LAST_DAY)) == RECORDS_A_DAY


@pytest.mark.parametrize("factor", [0.001, 0.1, 1, 3, 10])
def test_every_scale_ends_with_the_measured_day_or_goes_on_after_the_written_month(factor):
    scale = Scale(factor)
    dates = scale.dates
    assert len(set(dates)) == scale.day_count
    assert LAST_DAY in dates
    assert not any(WRITTEN_FROM <= day <= WRITTEN_TO for day in dates)
    assert not any(BACKFILLED_FROM <= day <= BACKFILLED_TO for day in dates)
    assert max(dates) < NOW.date()


@pytest.mark.parametrize("text", ["lots", "", "nan", "0", "-1", "0.0001", "11", "inf", "1_0"])
def test_what_is_no_scale_is_refused_in_a_sentence(text):
    with pytest.raises(CannotBegin, match=r"Give (one|a number) .*like 0\.1, 1, 3 or 10\.$"):
        Scale.parse(text)


def test_ten_times_as_much_needs_about_ten_times_the_disk():
    assert Scale(10).needed_bytes == pytest.approx(10 * Scale(1).needed_bytes, rel=0.1)
