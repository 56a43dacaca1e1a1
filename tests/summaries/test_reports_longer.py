"""The reports of a month and a year."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from curtailment.models import IngestionProgress
from summaries.queries.choices import read_choices
from summaries.reports.monthly import build_monthly_report
from summaries.reports.yearly import build_yearly_report
from summaries.selection import Selection
from tests.summaries.factories import (
    DEFINITIONS,
    Rec,
    exact,
    mined,
    store_day,
    store_longer_summaries,
)

pytestmark = pytest.mark.django_db

DAYS = {
    date(2024, 3, 4): [
        Rec("T_A-1", 1, ("10.1", "500"), ("10", "490"), party="North"),
        Rec("T_B-1", 1, ("4", "-8"), other=("1", "2"), party="South"),
    ],
    date(2024, 3, 5): [
        Rec("T_A-1", 1, ("2", "100"), party="South"),
        Rec("T_A-1", 50 - 2, ("3", "150"), ("3", "150"), party="South"),
    ],
    date(2024, 3, 6): [],
    date(2024, 4, 1): [Rec("T_B-1", 3, ("7", "70"), party="South")],
}


@pytest.fixture
def stored():
    for day, recs in DAYS.items():
        store_day(day, recs)
    store_longer_summaries(date(2024, 3, 1))
    store_longer_summaries(date(2024, 4, 1))


def get(client, address, query=""):
    response = client.get(f"/reports/{address}/?format=json{query}")
    assert response.status_code == 200, response.content
    return response.json()


def recs_of(*, month=None, farm=None, party=None):
    return [
        rec
        for day, recs in DAYS.items()
        for rec in recs
        if month in (None, day.month) and farm in (None, rec.bmu) and party in (None, rec.party)
    ]


@pytest.mark.parametrize(("prefix", "definition"), DEFINITIONS.items())
@pytest.mark.parametrize(
    ("query", "only"),
    [
        ("", {}),
        ("&farm=T_A-1", {"farm": "T_A-1"}),
        ("&lead_party=South", {"party": "South"}),
        ("&lead_party=South&farm=T_A-1", {"party": "South", "farm": "T_A-1"}),
    ],
)
@pytest.mark.parametrize(("address", "month"), [("monthly/2024-03", 3), ("yearly/2024", None)])
def test_a_month_and_a_year_are_the_sums_of_their_records(
    client, stored, prefix, definition, query, only, address, month
):
    answer = get(client, address, f"&definition={definition}&miner=S21{query}")
    recs = recs_of(month=month, **only)
    curtailed = [rec for rec in recs if rec.mwh(prefix) > 0]
    assert answer["curtailed_mwh"] == exact(rec.mwh(prefix) for rec in recs)
    assert answer["payment_gbp"] == exact(rec.gbp(prefix) for rec in recs)
    assert answer["record_count"] == len(curtailed)
    assert answer["farm_count"] == len({rec.bmu for rec in curtailed}) == len(answer["farms"])
    row = next(row for row in answer["bitcoin"] if row["miner_model"] == "S21")
    assert row["bitcoin_mined"] == exact([mined(recs, prefix, "S21")])
    assert row["value_gbp"] == exact([mined(recs, prefix, "S21") * 50000])
    assert answer["farms"] == sorted(
        answer["farms"], key=lambda farm: (-Decimal(farm["curtailed_mwh"]), farm["farm"])
    )
    parts = answer["days" if month else "months"]
    shown = [Decimal(part["bitcoin_mined"]) for part in parts if part["bitcoin_mined"]]
    assert exact(shown) == row["bitcoin_mined"]
    shown = [Decimal(part["payment_gbp"]) for part in parts if part["payment_gbp"]]
    assert exact(shown) == answer["payment_gbp"]


def test_periods_are_counted_once_a_day(client, stored):
    # 4 March: period 1 of two units; 5 March: periods 1 and 48 of one.
    answer = get(client, "monthly/2024-03")
    assert answer["settlement_periods"]["curtailed"] == 3
    assert answer["settlement_periods"]["expected"] == 31 * 48 - 2
    assert answer["settlement_periods"]["fetched"] == 3 * 48
    filtered = get(client, "monthly/2024-03", "&lead_party=South")
    assert filtered["settlement_periods"] == {"expected": 1486, "fetched": 144, "curtailed": 3}


def test_a_unit_s_lead_party_is_its_latest_in_the_range(client, stored):
    farms = {row["farm"]: row["lead_party"] for row in get(client, "monthly/2024-03")["farms"]}
    assert farms == {"T_A-1": "South", "T_B-1": "South"}


@pytest.mark.parametrize("query", ["", "&farm=T_A-1"])
def test_missing_days_are_listed_and_not_hidden(client, stored, query):
    days = get(client, "monthly/2024-03", query)["days"]
    assert [day["settlement_date"] for day in days] == [f"2024-03-{n:02}" for n in range(1, 32)]
    assert days[0] == {
        "settlement_date": "2024-03-01",
        "is_complete": False,
        "curtailed_mwh": None,
        "payment_gbp": None,
        "bitcoin_mined": None,
    }
    assert days[5] == {
        "settlement_date": "2024-03-06",
        "is_complete": True,
        "curtailed_mwh": "0",
        "payment_gbp": "0",
        "bitcoin_mined": "0",
    }
    page = client.get("/reports/monthly/2024-03/").content.decode()
    assert "Days without data: 1 to 3 March 2024, 7 to 31 March 2024." in page


@pytest.mark.parametrize("query", ["", "&farm=T_A-1"])
def test_months_without_data_are_listed_too(client, stored, query):
    months = get(client, "yearly/2024", query)["months"]
    assert [month["month"] for month in months] == [f"2024-{n:02}" for n in range(1, 13)]
    assert months[0]["curtailed_mwh"] is None
    assert months[2]["curtailed_mwh"] is not None
    assert list(months[0]) == [
        "month",
        "is_complete",
        "curtailed_mwh",
        "payment_gbp",
        "bitcoin_mined",
    ]


def test_days_and_months_to_come_are_not_listed(stored):
    now = datetime(2024, 3, 5, 12, tzinfo=UTC)
    options: Any = {"selection": Selection(), "choices": read_choices(), "now": now}
    month = build_monthly_report(date(2024, 3, 1), **options)
    assert month.parts[-1].timeframe.first == date(2024, 3, 5)
    assert month.next is None
    year = build_yearly_report(date(2024, 1, 1), **options)
    assert [part.timeframe.text for part in year.parts] == ["2024-01", "2024-02", "2024-03"]


def test_a_month_is_complete_when_all_its_days_are(client):
    for number in range(1, 30):
        store_day(date(2024, 2, number), [])
    store_longer_summaries(date(2024, 2, 1))
    assert get(client, "monthly/2024-02")["is_complete"] is True
    assert get(client, "yearly/2024")["is_complete"] is False
    assert get(client, "yearly/2024")["months"][1]["is_complete"] is True
    IngestionProgress.objects.filter(settlement_date="2024-02-07").update(data_state="running_day")
    assert get(client, "yearly/2024")["months"][1]["is_complete"] is False


@pytest.mark.parametrize("query", ["", "&farm=T_A-1"])
def test_one_day_of_unknown_bitcoin_makes_the_month_s_unknown(client, query):
    store_day(date(2024, 3, 4), [Rec("T_A-1", 1, ("1", "1"), known=False)])
    store_day(date(2024, 3, 5), [Rec("T_A-1", 1, ("1", "1"))])
    store_longer_summaries(date(2024, 3, 1))
    answer = get(client, "monthly/2024-03", query)
    assert answer["curtailed_mwh"] == "2"
    assert answer["bitcoin"][0]["bitcoin_mined"] is None
    assert answer["bitcoin"][0]["average_difficulty"] is None
    assert answer["farms"][0]["bitcoin_mined"] is None
    assert [day["bitcoin_mined"] for day in answer["days"][3:5]] == [None, "0.0008002"]


@pytest.mark.parametrize("query", ["", "&farm=T_A-1"])
def test_a_day_of_energy_without_a_price_makes_the_value_unknown(client, query):
    store_day(date(2024, 3, 4), [Rec("T_A-1", 1, ("1", "1"))], price=None)
    store_day(date(2024, 3, 5), [Rec("T_A-1", 1, ("1", "1"))])
    store_longer_summaries(date(2024, 3, 1))
    row = get(client, "monthly/2024-03", query)["bitcoin"][0]
    assert row["bitcoin_mined"] == "0.0016"
    assert row["value_gbp"] is None


def test_a_unit_s_stale_day_is_no_zero_before_it_is_summarized(client, stored):
    IngestionProgress.objects.create(
        settlement_date=date(2024, 3, 7),
        data_state="final",
        source="elexon",
        periods_expected=48,
        periods_fetched=48,
    )
    day = get(client, "monthly/2024-03", "&farm=T_A-1")["days"][6]
    assert (day["curtailed_mwh"], day["is_complete"]) == (None, False)


@pytest.mark.parametrize(
    ("address", "expected"), [("monthly/2001-03", 240), ("yearly/2023", 17520)]
)
def test_a_timeframe_never_ingested_is_unknown(client, address, expected):
    answer = get(client, address)
    assert answer["curtailed_mwh"] is answer["farm_count"] is None
    assert answer["settlement_periods"] == {"expected": expected, "fetched": 0, "curtailed": None}
    assert (answer["bitcoin"], answer["farms"]) == ([], [])
