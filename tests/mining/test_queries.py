from datetime import UTC, date, datetime, timedelta

import pytest

from mining.models import BitcoinPrice, DifficultyEpoch, MinerModel
from mining.operations import load_embedded_epochs
from mining.queries import (
    active_miners,
    difficulty_gap_message,
    difficulty_horizon,
    miner,
    price_now,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 2, 1, tzinfo=UTC)


def test_miners_are_found_by_key():
    assert miner("S19J_PRO").power_w == 3050
    with pytest.raises(MinerModel.DoesNotExist):
        miner("ABACUS")


def test_inactive_miners_are_left_out():
    MinerModel.objects.filter(key="S9").update(active=False)
    assert [m.key for m in active_miners()] == ["M20S", "M60S", "S19J_PRO", "S21", "S21_XP"]


def test_the_price_now_is_the_row_without_a_date():
    assert price_now() is None
    for day, price_gbp in ((date(2025, 1, 31), 1), (None, 2)):
        BitcoinPrice.objects.create(date=day, price_gbp=price_gbp, quoted_at=NOW, source="node")
    now = price_now()
    assert now is not None
    assert now.price_gbp == 2


def test_without_epochs_there_is_no_horizon():
    assert difficulty_horizon() is None
    assert difficulty_gap_message(date(2025, 1, 12), [1, 2]) == (
        "No difficulty is known: run sync_network."
    )


def test_a_gap_after_the_horizon_says_since_when_and_what_to_run():
    load_embedded_epochs(now=NOW)
    assert difficulty_gap_message(date(2025, 1, 12), [42, 47]) == (
        "The difficulty is not known after 2025-01-12 20:01 UTC: run sync_network."
    )


def test_a_gap_before_the_horizon_names_its_periods():
    load_embedded_epochs(now=NOW)
    DifficultyEpoch.objects.filter(height=830_592).delete()
    assert difficulty_gap_message(date(2024, 2, 20), [1]) == (
        "The difficulty is not known at 2024-02-20 SP 1: run sync_network."
    )


def test_a_halving_of_unknown_time_asks_for_a_newer_version():
    at = datetime(2028, 4, 1, tzinfo=UTC)
    DifficultyEpoch.objects.create(
        height=1_048_320, starts_at=at, known_until=at + timedelta(days=2), difficulty=1
    )
    assert difficulty_gap_message(date(2028, 4, 2), [1, 2]) == (
        "The time of the halving at block 1050000 is not known to this version: update it."
    )


def test_before_the_first_block_nothing_can_be_run():
    assert difficulty_gap_message(date(2008, 12, 31), [1]) == (
        "There was no bitcoin before 2009-01-03 18:15 UTC."
    )
