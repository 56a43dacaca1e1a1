"""The pages of farms, lead parties and comparisons, against sums of their records."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curtailment.models import BMUnit
from summaries.exact import divide, plain
from summaries.queries.units import SQL_FOR_HISTORY
from tests.summaries.factories import (
    DEFINITIONS,
    Rec,
    exact,
    make_unit,
    mined,
    store_day,
    store_longer_summaries,
)

SCRIPT = "<script>alert(1)</script>"
DAYS = {
    date(2023, 12, 31): [Rec("T_A-1", 2, ("5", "250"), party="North")],
    date(2024, 3, 4): [
        Rec("T_A-1", 1, ("10.1", "500"), ("10", "490"), party="North"),
        Rec("2__PSTAT001", 1, ("4", "-8"), other=("1", "2"), party=SCRIPT),
    ],
    date(2024, 3, 5): [
        Rec("T_A-1", 1, ("2", "100"), party="South"),
        Rec("T_A-1", 48, ("3", "150"), ("3", "150"), party="South"),
        Rec("T_A-2", 48, ("1", "60"), party="South"),
    ],
    date(2024, 3, 6): [],
    date(2024, 5, 1): [Rec("2__PSTAT001", 3, ("7", "70"), party="South")],
}
PAGES = (
    "/farms/",
    "/farms/T_A-1/",
    "/lead-parties/",
    "/lead-parties/detail/?name=South",
    "/compare/miners/",
    "/compare/farms/?farm=T_A-1&farm=2__PSTAT001",
    "/status/",
)


pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(db):
    store()


def store():
    for bmu in ("T_A-1", "T_A-2"):
        make_unit(bmu, name=f"Alpha {bmu[-1]}", farm_name="Alpha", capacity_mw=Decimal("120.5"))
    make_unit("T_IDLE-1", lead_party_name="South")
    make_unit("T_COAL-1", register_is_wind=False)
    for day, recs in DAYS.items():
        store_day(day, recs)
    for day in DAYS:
        store_longer_summaries(day)


def get(client, address, **query):
    response = client.get(address, query | {"format": "json"})
    assert response.status_code == 200, response.content
    return response.json()


def recs_of(*, year=None, month=None, farms=None, party=None):
    return [
        rec
        for day, recs in DAYS.items()
        for rec in recs
        if year in (None, day.year)
        and month in (None, day.month)
        and (farms is None or rec.bmu in farms)
        and party in (None, rec.party)
    ]


def check(row, recs, prefix, *, whole=None):
    """A row's figures are the sums of records."""
    mwh = sum((rec.mwh(prefix) for rec in recs), Decimal(0))
    gbp = sum((rec.gbp(prefix) for rec in recs), Decimal(0))
    assert row["curtailed_mwh"] == plain(mwh)
    assert row["payment_gbp"] == plain(gbp)
    assert row["payment_gbp_per_mwh"] == plain(divide(gbp, mwh))
    assert row["bitcoin_mined"] == exact([mined(recs, prefix, "S21")])
    if whole is not None:
        total = sum((rec.mwh(prefix) for rec in whole), Decimal(0))
        assert row["share_percent"] == plain(divide(mwh * 100, total))


def test_farms_are_the_sums_of_their_records(client, stored):
    for period, only in (("2024", {"year": 2024}), ("2024-03", {"month": 3}), ("all", {})):
        for prefix, definition in DEFINITIONS.items():
            check_farms(client, prefix, definition, period, only)


def check_farms(client, prefix, definition, period, only):
    answer = get(client, "/farms/", period=period, definition=definition, miner="S21")
    whole = recs_of(**only)
    check(answer, whole, prefix)
    assert {row["farm"] for row in answer["farms"]} == {r.bmu for r in whole if r.mwh(prefix) > 0}
    for row in answer["farms"]:
        check(row, recs_of(**only, farms=[row["farm"]]), prefix, whole=whole)
    alpha = next(row for row in answer["wind_farms"] if row["farm_name"] == "Alpha")
    check(alpha, recs_of(**only, farms=["T_A-1", "T_A-2"]), prefix, whole=whole)

    farms = get(client, "/farms/", period="all")["farms"]
    assert [row["farm"] for row in farms] == ["T_A-1", "T_A-2", "2__PSTAT001"]


def test_a_farm_has_its_history_beside_that_of_all(client, stored):
    for prefix, definition in DEFINITIONS.items():
        check_history(client, prefix, definition)


def check_history(client, prefix, definition):
    answer = get(client, "/farms/T_A-1/", definition=definition, miner="S21")
    own = {"farms": ["T_A-1"]}
    check(answer, recs_of(**own), prefix)
    assert [row["year"] for row in answer["years"]] == ["2024", "2023"]
    check(answer["years"][0], recs_of(year=2024, **own), prefix, whole=recs_of(year=2024))
    months = {row["month"]: row for row in answer["months"]}
    march = months["2024-03"]
    check(march, recs_of(month=3, **own), prefix, whole=recs_of(month=3))
    everyone = recs_of(month=3)
    mwh, gbp = (sum(figure(rec) for rec in everyone) for figure in figures_of(prefix))
    assert march["all_payment_gbp_per_mwh"] == plain(divide(gbp, mwh))
    counted = [rec for rec in recs_of(month=3, **own) if rec.mwh(prefix) > 0]
    assert march["period_count"] == len(counted)


def figures_of(prefix):
    return (lambda rec: rec.mwh(prefix), lambda rec: rec.gbp(prefix))


def test_a_month_never_ingested_is_no_zero_of_a_farm(client, stored):
    months = {row["month"]: row for row in get(client, "/farms/T_A-1/")["months"]}
    assert months["2024-04"]["curtailed_mwh"] is months["2024-04"]["day_count"] is None
    assert (months["2024-05"]["curtailed_mwh"], months["2024-05"]["day_count"]) == ("0", 0)
    assert not months["2024-05"]["is_complete"]


def test_a_farm_says_what_the_register_says_and_its_highest_day(client, stored):
    answer = get(client, "/farms/T_A-1/")
    assert (answer["capacity_mw"], answer["farm_name"]) == ("120.5", "Alpha")
    assert (answer["highest_day"], answer["highest_day_mwh"]) == ("2024-03-04", "10.1")
    assert [row["farm"] for row in answer["siblings"]] == ["T_A-2"]
    assert (answer["period_count"], answer["day_count"]) == (4, 3)


def test_a_unit_never_curtailed_has_a_page(client, stored):
    answer = get(client, "/farms/T_IDLE-1/")
    assert (answer["months"], answer["years"]) == ([], [])
    assert client.get("/farms/T_IDLE-1/").status_code == 200


def test_a_lead_party_has_what_was_its_own_at_the_time(client, stored):
    for prefix, definition in DEFINITIONS.items():
        check_parties(client, prefix, definition)


def check_parties(client, prefix, definition):
    page = get(client, "/lead-parties/", period="2024", definition=definition, miner="S21")
    for row in page["lead_parties"]:
        whole = recs_of(year=2024)
        own = recs_of(year=2024, party=row["lead_party"])
        check(row, own, prefix, whole=whole)
        assert row["farm_count"] == len({rec.bmu for rec in own if rec.mwh(prefix) > 0})
    answer = get(client, "/lead-parties/detail/", name="South", definition=definition, miner="S21")
    check(answer, recs_of(party="South"), prefix)
    for row in answer["farms"]:
        if row["farm"] != "T_IDLE-1":
            check(row, recs_of(party="South", farms=[row["farm"]]), prefix)
    assert answer["farms"][-1]["farm"] == "T_IDLE-1"
    # Two units in period 48 of one day: one period.
    if prefix != "so_":
        assert (answer["period_count"], answer["day_count"]) == (3, 2)


def test_miners_are_compared_on_the_same_energy(client, stored):
    for period in ("2024-03-05", "2024-03", "2024"):
        check_miners(client, period)


def check_miners(client, period):
    answer = get(client, "/compare/miners/", period=period)
    recs = [r for day, each in DAYS.items() if str(day).startswith(period) for r in each]
    mwh, gbp = (sum(figure(rec) for rec in recs) for figure in figures_of(""))
    rows = {row["miner_model"]: row for row in answer["miners"]}
    assert len(rows) == 6
    for key, row in rows.items():
        coins = mined(recs, "", key)
        assert row["bitcoin_mined"] == exact([coins])
        assert row["bitcoin_per_mwh"] == plain(divide(coins, mwh))
        assert row["value_gbp"] == exact([coins * 50000])
        assert row["value_per_payment"] == plain(divide(coins * 50000, gbp))
    assert rows["S19J_PRO"]["efficiency_j_per_th"] == "30.5"
    assert rows["S21"]["efficiency_j_per_th"] == "17.5"


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ({"farm": "T_A-1"}, lambda rec: rec.bmu == "T_A-1"),
        ({"lead_party": "South"}, lambda rec: rec.party == "South"),
        ({"farm": "T_A-1", "lead_party": "North"}, lambda rec: rec.party == "North"),
    ],
)
def test_miners_are_compared_on_the_energy_of_a_unit_or_a_company(client, stored, query, chosen):
    answer = get(client, "/compare/miners/", period="2024", **query)
    recs = [r for day, each in DAYS.items() if day.year == 2024 for r in each if chosen(r)]
    rows = {row["miner_model"]: row for row in answer["miners"]}
    for key, row in rows.items():
        assert row["bitcoin_mined"] == exact([mined(recs, "", key)])
        assert row["value_gbp"] == exact([mined(recs, "", key) * 50000])
    assert answer["curtailed_mwh"] == exact([rec.mwh("") for rec in recs])


def test_farms_are_compared_by_month(client, stored):
    farms = ["T_A-1", "", "2__PSTAT001", "T_A-1"]
    answer = get(client, "/compare/farms/", farm=farms, period="all", miner="S21")
    assert [row["farm"] for row in answer["farms"]] == ["T_A-1", "2__PSTAT001"]
    for row in answer["farms"]:
        check(row, recs_of(farms=[row["farm"]]), "", whole=recs_of())
    months = {row["month"]: row for row in answer["months"]}
    assert list(months) == ["2023-12", *(f"2024-0{month}" for month in range(1, 6))]
    assert (months["2024-03"]["T_A-1"], months["2024-03"]["2__PSTAT001"]) == ("15.1", "4")
    assert (months["2024-04"]["T_A-1"], months["2024-05"]["T_A-1"]) == (None, "0")
    assert answer["payments"][3]["2__PSTAT001"] == "-8"


def test_names_from_outside_are_escaped(client, stored):
    BMUnit.objects.update(name=SCRIPT)
    for address in PAGES:
        page = client.get(address).content.decode()
        assert page.count("<script") == page.count("<script src=") <= 1
        assert "style=" not in page


def test_a_company_of_any_name_has_a_page(client, stored):
    page = client.get("/lead-parties/").content.decode()
    assert f"/lead-parties/detail/?name={quote(SCRIPT, safe='')}".replace("%20", "+") in page
    assert get(client, "/lead-parties/detail/", name=SCRIPT)["curtailed_mwh"] == "4"


def test_pages_of_units_need_few_queries(client, stored):
    # Without begin, set and commit of the snapshot: the test's own transaction is the caller's.
    pinned = dict(zip(PAGES, (5, 7, 5, 8, 7, 7, 7), strict=True))
    counted = {}
    for address in PAGES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counted[address] = len(queries)
    assert counted == pinned
    assert max(counted.values()) + 3 <= 12


def test_a_farm_s_history_is_read_by_an_index(stored):
    """Ten years of one unit among many: rows of other units are not touched."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_SLICES)
        cursor.execute("ANALYZE farm_daily_summaries")
        sql = SQL_FOR_HISTORY
        for name, column in COLUMNS.items():
            sql = sql.replace(name, column)
        parameters = {"farm": "T_A-1", "lead_party": None, "miner": "S21"}
        cursor.execute("EXPLAIN " + sql, parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "farm_daily_summaries_bmu_date" in plan, plan


COLUMNS = {
    "{mwh}": "curtailed_mwh",
    "{payment}": "payment_gbp",
    "{bitcoin}": "bitcoin_mined",
    "{bitmap}": "period_bitmap",
}
SQL_FOR_SLICES = """
WITH units AS (
    INSERT INTO bm_units (elexon_bmu_id, national_grid_bmu_id, name, farm_name, fuel_type,
        lead_party_name, lead_party_id, bm_unit_type, area, source, first_seen_at, last_seen_at)
    SELECT 'T_M-' || n, '', '', '', '', '', '', '', '', 'register', now(), now()
    FROM generate_series(1, 40) n
    RETURNING elexon_bmu_id
)
INSERT INTO farm_daily_summaries (settlement_date, bmu_id, lead_party_name, curtailed_mwh,
    payment_gbp, so_mwh, so_payment_gbp, all_mwh, all_payment_gbp, period_bitmap,
    so_period_bitmap, all_period_bitmap, has_corrections)
SELECT date '2015-01-01' + day, elexon_bmu_id, 'M', 1, 1, 1, 1, 1, 1, 1, 1, 1, false
FROM units, generate_series(1, 400) day
"""
