"""The report of a day, and its JSON: a contract with other people's tools."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from curtailment.models import IngestionProgress
from curtailment.settlement import SettlementPeriod
from mining.models import MinerModel
from tests.summaries.factories import (
    BITCOIN_PER_MWH,
    DEFINITIONS,
    DIFFICULTY,
    Rec,
    exact,
    make_unit,
    mined,
    store_day,
)

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
RECS = [
    Rec("T_A-1", 1, ("10.25", "500.5"), ("8", "400"), ("1.000000001", "-20.5"), party="North"),
    Rec("T_A-1", 2, ("3", "-12"), ("0", "0"), party="North"),
    Rec("T_B-1", 2, ("40", "3200.123456789012345"), ("40", "3200.1"), party="South"),
    Rec("T_C-1", 48, other=("7.5", "75"), party="South"),
]
KEYS = [
    "period",
    "is_complete",
    "is_provisional",
    "is_sample",
    "has_corrections",
    "definition",
    "settlement_periods",
    "farm_count",
    "record_count",
    "curtailed_mwh",
    "payment_gbp",
    "wind_generation_mwh",
    "curtailment_percent",
    "definitions",
    "bitcoin",
    "farms",
    "periods",
]


def get(client, query="", day=DAY):
    response = client.get(f"/reports/daily/{day}/?format=json{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_the_json_has_the_keys_of_the_contract_in_their_order(client):
    store_day(DAY, RECS)
    answer = get(client)
    assert list(answer) == KEYS
    assert list(answer["settlement_periods"]) == ["expected", "fetched", "curtailed"]
    assert list(answer["definitions"]) == ["flagged", "so", "all"]
    assert list(answer["definitions"]["so"]) == ["curtailed_mwh", "payment_gbp"]
    assert list(answer["bitcoin"][0]) == [
        "miner_model",
        "bitcoin_mined",
        "value_gbp",
        "average_difficulty",
    ]
    assert list(answer["farms"][0]) == [
        "farm",
        "name",
        "lead_party",
        "curtailed_mwh",
        "payment_gbp",
        "bitcoin_mined",
    ]
    assert list(answer["periods"][0]) == [
        "settlement_period",
        "starts_at",
        "curtailed_mwh",
        "payment_gbp",
        "bitcoin_mined",
    ]


@pytest.mark.parametrize(("prefix", "definition"), DEFINITIONS.items())
def test_every_figure_follows_the_definition(client, prefix, definition):
    store_day(DAY, RECS)
    answer = get(client, f"&definition={definition}&miner=S9")
    curtailed = [rec for rec in RECS if rec.mwh(prefix) > 0]
    assert answer["definition"] == definition
    assert answer["curtailed_mwh"] == exact(rec.mwh(prefix) for rec in RECS)
    assert answer["payment_gbp"] == exact(rec.gbp(prefix) for rec in RECS)
    assert answer["record_count"] == len(curtailed)
    assert answer["farm_count"] == len({rec.bmu for rec in curtailed})
    assert answer["settlement_periods"] == {
        "expected": 48,
        "fetched": 48,
        "curtailed": len({rec.period for rec in curtailed}),
    }
    assert {farm["farm"] for farm in answer["farms"]} == {rec.bmu for rec in curtailed}
    for row in answer["farms"]:
        of_unit = [rec for rec in RECS if rec.bmu == row["farm"]]
        assert row["curtailed_mwh"] == exact(rec.mwh(prefix) for rec in of_unit)
        assert row["payment_gbp"] == exact(rec.gbp(prefix) for rec in of_unit)
        assert row["bitcoin_mined"] == exact([mined(of_unit, prefix, "S9")])
    for row in answer["periods"]:
        of_period = [rec for rec in RECS if rec.period == row["settlement_period"]]
        assert row["curtailed_mwh"] == exact(rec.mwh(prefix) for rec in of_period)
        assert row["payment_gbp"] == exact(rec.gbp(prefix) for rec in of_period)
        assert row["bitcoin_mined"] == exact([mined(of_period, prefix, "S9")])


def test_all_three_definitions_are_always_there(client):
    store_day(DAY, RECS)
    for definition in DEFINITIONS.values():
        assert get(client, f"&definition={definition}")["definitions"] == {
            name: {
                "curtailed_mwh": exact(rec.mwh(prefix) for rec in RECS),
                "payment_gbp": exact(rec.gbp(prefix) for rec in RECS),
            }
            for prefix, name in DEFINITIONS.items()
        }


def test_every_active_miner_has_its_bitcoin(client):
    store_day(DAY, RECS, price="50000.5")
    MinerModel.objects.filter(pk="S9").update(active=False)
    MinerModel.objects.create(pk="NEW", name="New", hashrate_th_s=1, power_w=1)
    rows = {row["miner_model"]: row for row in get(client)["bitcoin"]}
    assert list(rows) == ["M20S", "M60S", "NEW", "S19J_PRO", "S21", "S21_XP"]
    for key in rows.keys() - {"NEW"}:
        coins = mined(RECS, "", key)
        assert rows[key]["bitcoin_mined"] == exact([coins])
        assert rows[key]["value_gbp"] == exact([coins * Decimal("50000.5")])
        assert rows[key]["average_difficulty"] == str(DIFFICULTY)
    assert set(rows["NEW"].values()) == {"NEW", None}


def test_farms_are_ranked_by_energy_and_then_by_id(client):
    even = [Rec(bmu, 1, ("5", "1")) for bmu in ("T_Z-1", "T_M-1", "T_A-1")]
    store_day(DAY, [*even, Rec("T_Y-1", 1, ("6", "1"))])
    farms = [farm["farm"] for farm in get(client)["farms"]]
    assert farms == ["T_Y-1", "T_A-1", "T_M-1", "T_Z-1"]


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2024, 3, 31), 46, "2024-03-31T22:30:00Z"),
        (date(2023, 10, 29), 50, "2023-10-29T23:30:00Z"),
        (date(2024, 6, 1), 48, "2024-06-01T22:30:00Z"),
    ],
)
def test_a_day_has_as_many_periods_as_london_gives_it(client, day, count, last):
    store_day(day, [])
    periods = get(client, day=day)["periods"]
    assert [row["settlement_period"] for row in periods] == list(range(1, count + 1))
    assert periods[-1]["starts_at"] == last
    assert periods[0]["starts_at"] == SettlementPeriod(day, 1).starts_at.isoformat().replace(
        "+00:00", "Z"
    )
    assert {row["curtailed_mwh"] for row in periods} == {"0"}
    assert {row["bitcoin_mined"] for row in periods} == {"0"}


def test_a_day_without_curtailment_is_zero_and_not_unknown(client):
    store_day(DAY, [])
    answer = get(client)
    assert answer["is_complete"] is True
    assert (answer["curtailed_mwh"], answer["payment_gbp"]) == ("0", "0")
    assert (answer["farm_count"], answer["record_count"]) == (0, 0)
    assert answer["farms"] == []
    assert answer["bitcoin"][0]["bitcoin_mined"] == "0"
    assert answer["bitcoin"][0]["average_difficulty"] is None


def test_a_day_never_ingested_is_unknown_and_not_zero(client):
    assert get(client, day=date(2024, 3, 31)) == {
        "period": "2024-03-31",
        "is_complete": False,
        "is_provisional": False,
        "is_sample": False,
        "has_corrections": False,
        "definition": "flagged",
        "settlement_periods": {"expected": 46, "fetched": 0, "curtailed": None},
        "farm_count": None,
        "record_count": None,
        "curtailed_mwh": None,
        "payment_gbp": None,
        "wind_generation_mwh": None,
        "curtailment_percent": None,
        "definitions": {
            name: {"curtailed_mwh": None, "payment_gbp": None} for name in ("flagged", "so", "all")
        },
        "bitcoin": [],
        "farms": [],
        "periods": [],
    }


def test_a_failed_first_try_leaves_a_day_unknown(client):
    IngestionProgress.objects.create(
        settlement_date=DAY, attempt_state="failed", periods_expected=48
    )
    answer = get(client)
    assert answer["curtailed_mwh"] is None
    assert answer["settlement_periods"]["fetched"] == 0


def test_an_unknown_difficulty_leaves_bitcoin_unknown(client):
    store_day(DAY, [RECS[0], Rec("T_B-1", 7, ("1", "1"), known=False)])
    answer = get(client)
    periods = {row["settlement_period"]: row["bitcoin_mined"] for row in answer["periods"]}
    assert periods[7] is None
    assert periods[8] == "0"
    assert {farm["farm"]: farm["bitcoin_mined"] is None for farm in answer["farms"]} == {
        "T_A-1": False,
        "T_B-1": True,
    }
    assert answer["bitcoin"][0]["bitcoin_mined"] is None


def test_a_running_day_shows_the_periods_so_far(client):
    store_day(DAY, RECS[:2], data_state="running_day", periods_fetched=20)
    answer = get(client)
    assert answer["is_complete"] is False
    assert answer["settlement_periods"]["fetched"] == 20
    assert len(answer["periods"]) == 20


@pytest.mark.parametrize("prefix", DEFINITIONS)
def test_a_unit_or_company_alone_is_the_sum_of_its_records(client, prefix):
    store_day(DAY, RECS)
    definition = f"&definition={DEFINITIONS[prefix]}"
    for query, recs in (
        ("&farm=T_A-1", RECS[:2]),
        ("&lead_party=South", RECS[2:]),
        ("&farm=T_C-1&lead_party=South", RECS[3:]),
        ("&farm=T_A-1&lead_party=South", []),
    ):
        answer = get(client, query + definition)
        curtailed = [rec for rec in recs if rec.mwh(prefix) > 0]
        assert answer["curtailed_mwh"] == exact(rec.mwh(prefix) for rec in recs)
        assert answer["payment_gbp"] == exact(rec.gbp(prefix) for rec in recs)
        assert answer["record_count"] == len(curtailed)
        assert answer["farm_count"] == len({rec.bmu for rec in curtailed})
        periods = {rec.period for rec in curtailed}
        assert answer["settlement_periods"]["curtailed"] == len(periods)
        assert answer["wind_generation_mwh"] is answer["curtailment_percent"] is None
        coins = mined(recs, prefix, "S19J_PRO")
        row = next(row for row in answer["bitcoin"] if row["miner_model"] == "S19J_PRO")
        assert row["bitcoin_mined"] == exact([coins])
        assert row["value_gbp"] == exact([coins * 50000])
        assert row["average_difficulty"] == (str(DIFFICULTY) if curtailed else None)
        shown = [Decimal(row["curtailed_mwh"]) for row in answer["periods"]]
        assert exact(shown) == answer["curtailed_mwh"]


def test_a_unit_without_a_price_has_no_value(client):
    store_day(DAY, RECS, price=None)
    row = get(client, "&farm=T_A-1")["bitcoin"][0]
    assert row["bitcoin_mined"] is not None
    assert row["value_gbp"] is None


def test_a_unit_of_a_day_never_ingested_is_unknown(client):
    make_unit("T_A-1")
    assert get(client, "&farm=T_A-1")["curtailed_mwh"] is None


def test_the_page_says_when_a_missing_day_is_due(client):
    page = client.get("/reports/daily/2024-03-28/").content.decode()
    assert "28 March 2024 has not been ingested yet" in page
    # The Thursday before Easter: the next working day is the Tuesday after it.
    assert "12:00 on 2 April 2024 (London)" in page


def test_previous_and_next_stop_where_there_are_no_days(client):
    first = client.get("/reports/daily/2001-03-27/").content.decode()
    assert 'rel="prev"' not in first
    assert "/reports/daily/2001-03-28/" in first
    page = client.get(f"/reports/daily/{DAY}/?definition=so").content.decode()
    for other in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert f'href="/reports/daily/{other}/?definition=so"' in page


def test_the_factories_know_every_miner_of_the_migration():
    assert set(BITCOIN_PER_MWH) == set(MinerModel.objects.values_list("key", flat=True))
