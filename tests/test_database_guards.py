"""What the database itself refuses, whoever writes to it: tried with plain SQL."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from tests.raw_sql import DAY, NOON, USER_ID, insert, insert_parents, names, refused

pytestmark = pytest.mark.django_db

# By check constraint: the table, and changes of a good row that it must refuse.
ATTACKS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "bm_units_source_valid": ("bm_units", [{"source": "hearsay"}, {"source": ""}]),
    "curtailment_records_period_valid": (
        "curtailment_records",
        [{"settlement_period": 0}, {"settlement_period": 51}],
    ),
    "curtailment_records_energy_valid": (
        "curtailment_records",
        [{"so_mwh": -1}, {"curtailed_mwh": "0.5"}, {"curtailed_mwh": -1}, {"other_mwh": -1}],
    ),
    "curtailment_records_published_only_if_corrected": (
        "curtailment_records",
        [{"published_curtailed_mwh": 1}, {"published_other_payment_gbp": 0}],
    ),
    "corrections_period_valid": (
        "corrections",
        [{"settlement_period": 0}, {"settlement_period": 51}],
    ),
    "corrections_energy_valid": (
        "corrections",
        [{"so_mwh": -1}, {"curtailed_mwh": "0.5"}, {"other_mwh": -1}],
    ),
    "corrections_reason_given": ("corrections", [{"reason": ""}, {"reason": " \n\t"}]),
    "corrections_withdrawn_whole": (
        "corrections",
        [
            {"withdrawn_at": NOON},
            {"withdrawn_by_id": USER_ID},
            {"withdrawal_reason": "wrong unit"},
            {"withdrawn_at": NOON, "withdrawn_by_id": USER_ID},
            {"withdrawn_at": NOON, "withdrawal_reason": "wrong unit"},
            {"withdrawn_by_id": USER_ID, "withdrawal_reason": "wrong unit"},
            {"withdrawn_at": NOON, "withdrawn_by_id": USER_ID, "withdrawal_reason": " "},
        ],
    ),
    "ingestion_progress_states_valid": (
        "ingestion_progress",
        [{"data_state": "good"}, {"attempt_state": "lost"}, {"source": "rumor"}],
    ),
    "ingestion_progress_verification_valid": (
        "ingestion_progress",
        [{"verification": "true"}],
    ),
    "ingestion_progress_complete_has_all_periods": (
        "ingestion_progress",
        [
            {"data_state": "final", "periods_fetched": 45},
            {"data_state": "provisional", "periods_fetched": 45},
            {"data_state": "final", "periods_fetched": 47},
        ],
    ),
    "ingestion_progress_data_has_source": (
        "ingestion_progress",
        [{"source": ""}, {"source": "", "data_state": "running_day"}],
    ),
    "ingestion_progress_imported_is_legacy": (
        "ingestion_progress",
        [{"data_state": "imported"}, {"source": "legacy"}],
    ),
    "suspect_days_state_valid": ("suspect_days", [{"state": "forgotten"}]),
    "backfills_range_forward": ("backfills", [{"last_date": DAY - timedelta(days=1)}]),
    "scheduled_fetching_one_row": ("scheduled_fetching", [{"id": 2}, {"id": 0}]),
    "wind_generation_data_period_valid": (
        "wind_generation_data",
        [{"settlement_period": 0}, {"settlement_period": 51}],
    ),
    "miner_models_positive": (
        "miner_models",
        [{"hashrate_th_s": 0}, {"power_w": 0}, {"power_w": -1}],
    ),
    "difficulty_epochs_valid": (
        "difficulty_epochs",
        [{"height": -1}, {"difficulty": 0}, {"known_until": NOON - timedelta(seconds=1)}],
    ),
    "bitcoin_prices_valid": (
        "bitcoin_prices",
        [{"price_gbp": 0}, {"price_gbp": -1}, {"source": "guess"}],
    ),
    "historical_bitcoin_calculations_known_or_null": (
        "historical_bitcoin_calculations",
        [
            {"bitcoin_mined": None},
            {"so_bitcoin_mined": None},
            {"other_bitcoin_mined": None},
            {"difficulty": None},
            {"subsidy_btc": None},
            {"difficulty": None, "subsidy_btc": None},
            {"bitcoin_mined": None, "so_bitcoin_mined": None, "other_bitcoin_mined": None},
            {"difficulty": 0},
            {"subsidy_btc": 0},
            {"bitcoin_mined": -1},
        ],
    ),
    "notifications_event_valid": ("notifications", [{"event": "rumor"}]),
}


@pytest.fixture(autouse=True)
def parents(db: None) -> None:
    insert_parents()


# --- Checks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ATTACKS)
def test_a_row_that_breaks_a_rule_is_refused(rule):
    table, attacks = ATTACKS[rule]
    for changes in attacks:
        with refused(CheckViolation, rule):
            insert(table, **changes)
    insert(table)


def test_every_rule_of_the_database_is_tried():
    assert names(sql_for_checks()) == set(ATTACKS)


def sql_for_checks() -> str:
    return """
        SELECT conname FROM pg_constraint
        WHERE contype = 'c' AND conrelid::regclass::text = ANY(%s)
    """
