"""How sure a page is stands on it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from curtailment.models import IngestionProgress
from mining.models import BitcoinPrice
from summaries.models import DailySummary
from summaries.queries.choices import read_choices
from summaries.reports.daily import build_daily_report
from summaries.selection import Selection
from tests.summaries.factories import NOON, Rec, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
RECS = [Rec("T_A-1", 1, ("1", "1"))]


def notices(client, address=f"daily/{DAY}"):
    page = client.get(f"/reports/{address}/")
    return {notice.label: notice.sentence for notice in page.context["report"].notices}


def test_a_final_day_needs_no_notice(client):
    store_day(DAY, RECS)
    assert notices(client) == {}


@pytest.mark.parametrize(
    ("ledger", "label"),
    [
        ({"source": "sample"}, "Sample data"),
        ({"data_state": "provisional"}, "Provisional"),
        ({"stale_since": NOON}, "Being recalculated"),
        ({"attempt_state": "failed"}, "Fetching failed"),
        ({"attempt_state": "suspect"}, "Suspect answer"),
        ({"data_state": "running_day", "periods_fetched": 20}, "Incomplete day"),
    ],
)
def test_a_day_and_its_month_and_year_say_what_is_unsure(client, ledger, label):
    store_day(DAY, RECS, **ledger)
    store_longer_summaries(DAY)
    for address in (f"daily/{DAY}", "monthly/2024-03", "yearly/2024"):
        assert label in notices(client, address), address


def test_a_corrected_day_says_so(client):
    store_day(DAY, RECS)
    DailySummary.objects.update(has_corrections=True)
    assert "Corrected" in notices(client)


def test_a_failed_try_says_that_good_figures_are_kept(client):
    store_day(DAY, RECS, attempt_state="failed")
    assert "Good figures that were stored before are kept" in notices(client)["Fetching failed"]
    IngestionProgress.objects.create(
        settlement_date=date(2024, 3, 6), attempt_state="failed", periods_expected=48
    )
    missing = notices(client, "daily/2024-03-06")
    assert "kept" not in missing["Fetching failed"]
    assert "Not ingested yet" in missing


def test_made_up_prices_of_a_real_day_are_said(client):
    store_day(DAY, RECS)
    BitcoinPrice.objects.create(date=DAY, price_gbp=1, quoted_at=NOON, source="sample")
    assert "Sample prices" in notices(client)


def test_today_is_running_and_yesterday_is_due():
    now = datetime(2024, 3, 5, 12, tzinfo=UTC)
    store_day(DAY, RECS, data_state="running_day", periods_fetched=20)
    options: Any = {"selection": Selection(), "choices": read_choices(), "now": now}
    running = build_daily_report(DAY, **options).notices[0]
    assert running.label == "Running day"
    assert "20 of 48 settlement periods so far" in running.sentence
    yesterday = build_daily_report(date(2024, 3, 4), **options).notices[0]
    assert "were due at 12:00 on 5 March 2024" in yesterday.sentence
