"""Months and years against the ones before: whole ones, or the days that are complete in both."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from summaries.queries.choices import read_choices
from summaries.reports.monthly import build_monthly_report
from summaries.reports.yearly import build_yearly_report
from summaries.selection import Selection
from summaries.timeframes import Timeframe
from tests.summaries.factories import BITCOIN_PER_MWH, Rec, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
SELECTIONS = [Selection(), Selection(farm="T_A-1"), Selection(miner="S9")]


@pytest.fixture
def half_a_month():
    """Days 1 to 3 and 5 of March 2024, and days 1, 3, 4 and 5 of February and of March 2023."""
    days = {date(2024, 3, number): str(number) for number in (1, 2, 3, 5)}
    for first in (date(2024, 2, 1), date(2023, 3, 1)):
        days |= {first.replace(day=number): str(number * 10) for number in (1, 3, 4, 5)}
    for day, mwh in days.items():
        is_running = day == date(2024, 3, 5)
        state = "running_day" if is_running else "final"
        store_day(day, [Rec("T_A-1", 1, (mwh, "-" + mwh))], data_state=state)
    for within in (date(2024, 3, 1), date(2024, 2, 1), date(2023, 3, 1)):
        store_longer_summaries(within)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_month_in_progress_is_compared_by_the_days_complete_in_both(half_a_month, selection):
    report = build_monthly_report(
        date(2024, 3, 1), selection=selection, choices=read_choices(), now=NOW
    )
    change = report.comparison
    assert change.before == Timeframe.month(date(2024, 2, 1))
    assert (change.matched_day_count, change.day_count, change.is_matched) == (2, 20, True)
    # The 2nd is missing before, the 4th now, and the 5th is not over.
    assert (change.energy.now, change.energy.before) == (1 + 3, 10 + 30)
    assert (change.payment.now, change.payment.before) == (-4, -40)
    assert change.payment.percent is None
    check_bitcoin(change, selection, now=4, before=40)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_year_in_progress_is_compared_by_the_days_complete_in_both(half_a_month, selection):
    report = build_yearly_report(
        date(2024, 1, 1), selection=selection, choices=read_choices(), now=NOW
    )
    change = report.comparison
    assert (change.matched_day_count, change.day_count) == (2, 31 + 29 + 20)
    assert (change.energy.now, change.energy.before) == (1 + 3, 10 + 30)
    check_bitcoin(change, selection, now=4, before=40)


def check_bitcoin(change, selection, *, now, before):
    """That of selected units was not read of the month or year before."""
    per_mwh = BITCOIN_PER_MWH[selection.miner]
    if not selection.is_filtered:
        assert change.bitcoin.now == Decimal(now) * per_mwh
        assert change.bitcoin.before == Decimal(before) * per_mwh


@pytest.mark.parametrize("query", ["", "?farm=T_A-1"])
def test_the_page_says_how_many_days_were_matched(client, half_a_month, query):
    page = client.get(f"/reports/monthly/2024-03/{query}").content.decode()
    assert "2 of 31 days, matched." in page
    for label in ("Curtailed on these days", "Curtailed before", "Payment before"):
        assert page.count(f"<dt>{label}</dt>") == 1
    assert ("<dt>Could have mined before</dt>" in page) == (not query)
    assert "<dt>Before</dt>" not in page
    page = client.get(f"/reports/yearly/2024/{query}").content.decode()
    assert "2 of 366 days, matched." in page


def test_whole_months_of_different_length_say_so(client):
    for first in (date(2024, 2, 1), date(2024, 3, 1)):
        for number in range((Timeframe.month(first).last - first).days + 1):
            store_day(first + timedelta(days=number), [Rec("T_A-1", 1, ("1", "1"))])
        store_longer_summaries(first)
    page = client.get("/reports/monthly/2024-03/")
    assert "31 days against 29." in page.content.decode()
    change = page.context["report"].comparison
    assert (change.energy.now, change.energy.before) == (31, 29)
    assert change.bitcoin.before == 29 * BITCOIN_PER_MWH["S19J_PRO"]
    assert "on these days" not in page.content.decode()


def test_on_the_first_day_nothing_can_be_compared_yet(half_a_month):
    report = build_monthly_report(
        date(2024, 4, 1),
        selection=Selection(),
        choices=read_choices(),
        now=datetime(2024, 4, 1, 12, tzinfo=UTC),
    )
    assert not report.comparison.is_comparable
    assert report.comparison.day_count == 1
