"""Every table that a report's page shows can be taken away, and says whose bitcoin it is."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from mining.models import BitcoinPrice, DifficultyEpoch
from tests.summaries.factories import NOON, Rec, make_unit, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
DAILY, MONTHLY, YEARLY = (
    f"/reports/daily/{DAY}/",
    "/reports/monthly/2024-03/",
    "/reports/yearly/2024/",
)
OF_REPORTS = ["farms", "bitcoin", "definitions", "totals", "wind_farms", "lead_parties"]
OF_LONGER = ["change", "highlights", "missing"]
TABLES = {
    "/": [
        "headlines",
        "days",
        "comparisons",
        "trend",
        "farms",
        "lead_parties",
        "records",
        "freshness",
    ],
    DAILY: ["periods", *OF_REPORTS, "network"],
    MONTHLY: ["days", *OF_REPORTS, *OF_LONGER],
    YEARLY: ["months", *OF_REPORTS, *OF_LONGER, "days"],
}


@pytest.fixture
def stored():
    make_unit("T_A-1", farm_name="Ayr")
    make_unit("T_A-2", farm_name="Ayr")
    store_day(DAY - timedelta(days=1), [Rec("T_A-1", 1, ("2", "-5"))])
    store_day(DAY, [Rec("T_A-1", 1, ("3", "10")), Rec("T_A-2", 1, ("4", "20"), party="Other")])
    store_day(date(2024, 2, 5), [Rec("T_A-1", 1, ("6", "40"))])
    store_longer_summaries(DAY)
    store_longer_summaries(date(2024, 2, 5))


def read_table(client, address, key):
    join = "&" if "?" in address else "?"
    response = client.get(f"{address}{join}format=csv&table={key}")
    assert response.status_code == 200, response.content
    return list(csv.reader(StringIO(response.content.decode()[1:], newline="")))


@pytest.mark.parametrize("address", TABLES)
def test_every_table_of_a_page_is_offered(client, stored, address):
    links = client.get(address).context["downloads"]
    keys = [link.address.partition("table=")[2] for link in links if "table=" in link.address]
    assert keys == TABLES[address]


def test_the_overview_s_json_has_what_its_workbook_has(client, stored):
    answer = client.get("/?format=json").json()
    assert list(answer) == ["definition", "miner_model", *TABLES["/"]]
    month, year = answer["comparisons"]
    assert (month["timeframe"], month["before"]) == ("2024-03", "2024-02")
    assert (month["matched_day_count"], month["day_count"]) == (1, 5)
    assert (month["curtailed_mwh"], month["curtailed_mwh_before"]) == ("7", "6")
    assert month["payment_gbp_change_percent"] == "-25"
    assert (year["matched_day_count"], year["curtailed_mwh"]) == (0, None)
    assert [row["timeframe"] for row in answer["trend"]][-2:] == ["2024-02", "2024-03"]
    assert answer["farms"][0] | {"bitcoin_mined": ""} == {
        "farm_name": "Ayr",
        "units": "T_A-1, T_A-2",
        "curtailed_mwh": "15",
        "payment_gbp": "65",
        "payment_gbp_per_mwh": "4.333333333333333333333333333",
        "bitcoin_mined": "",
    }
    assert [row["what"] for row in answer["records"]] == ["Most energy", "Highest payment"]
    assert answer["freshness"][0]["first_date"] == "2024-02-05"
    assert answer["freshness"][0]["missing_day_count"] == 27


def test_a_day_s_difficulty_subsidy_and_prices_are_taken_along(client, stored):
    DifficultyEpoch.objects.all().delete()
    start, until = NOON.replace(month=3, day=1), NOON.replace(month=3, day=20)
    DifficultyEpoch.objects.create(
        height=830592, starts_at=start, known_until=until, difficulty=Decimal("7.5")
    )
    price = {"quoted_at": NOON, "source": "node"}
    BitcoinPrice.objects.create(date=DAY, price_gbp=Decimal(50000), **price)
    BitcoinPrice.objects.create(price_gbp=Decimal(60000), **price)
    rows = read_table(client, DAILY, "network")
    assert rows == [
        ["What", "Figure", "Unit", "Block", "From (UTC)", "Sample"],
        ["Difficulty", "7.5", "", "830592", "2024-03-01T11:00:00Z", ""],
        ["Block subsidy", "6.25", "BTC", "630000", "2020-05-11T19:23:43Z", ""],
        ["Price of a bitcoin that day", "50000", "GBP", "", "2024-06-01T11:00:00Z", "no"],
        ["Newest price of a bitcoin", "60000", "GBP", "", "2024-06-01T11:00:00Z", "no"],
        # 7 MWh at 0.0008002 BTC each.
        ["Value of the bitcoin now", "336.084", "GBP", "", "", ""],
    ]


def test_a_month_s_highlights_and_missing_days_are_taken_along(client, stored):
    assert read_table(client, MONTHLY, "highlights")[1:] == [
        ["Most energy of a day", "7", "MWh", "2024-03-05"],
        ["Least energy of a day", "2", "MWh", "2024-03-04"],
        ["Highest payment of a day", "30", "GBP", "2024-03-05"],
        ["Average of a complete day", "4.5", "MWh", ""],
        ["Average payment of a complete day", "12.5", "GBP", ""],
        ["Complete days", "2", "days", ""],
        ["Days begun", "31", "days", ""],
        ["Days without data", "29", "days", ""],
    ]
    missing = read_table(client, MONTHLY, "missing")
    assert missing[:3] == [["Day"], ["2024-03-01"], ["2024-03-02"]]
    assert len(missing) == 1 + 29
    days = read_table(client, YEARLY, "days")
    assert len(days) == 1 + 366
    assert days[1 + 64][:4] == ["2024-03-05", "yes", "7", "30"]


def test_columns_of_bitcoin_name_the_miner_unless_rows_do(client, stored):
    header = read_table(client, f"{DAILY}?miner=S9", "periods")[0]
    assert header[-1] == "Bitcoin (BTC, S9)"
    assert read_table(client, f"{DAILY}?miner=S9", "bitcoin")[0][2] == "Bitcoin (BTC)"
    assert "Bitcoin (BTC, S21)" in read_table(client, "/farms/T_A-1/?miner=S21", "months")[0]
    assert "Bitcoin, days compared (BTC, S19J_PRO)" in read_table(client, "/", "comparisons")[0]
