from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from curtailment.settlement import SettlementPeriod
from mining.protocol import (
    GENESIS,
    NEXT_HALVING_HEIGHT,
    SUBSIDY_ERAS,
    SubsidyNotKnown,
    subsidy_btc,
)

EPOCH_OF_APRIL_2024 = 838_656
HALVING_DAY = date(2024, 4, 20)


def test_the_period_in_which_the_halving_falls_still_earns_the_old_subsidy():
    # 2024-04-20 00:09:27Z is in the period that starts at 00:00Z: the third of the London day.
    earned = {
        number: subsidy_btc(
            SettlementPeriod(HALVING_DAY, number).starts_at, epoch_height=EPOCH_OF_APRIL_2024
        )
        for number in (1, 2, 3, 4)
    }
    assert SettlementPeriod(HALVING_DAY, 3).starts_at == datetime(2024, 4, 20, tzinfo=UTC)
    assert earned == {
        1: Decimal("6.25"),
        2: Decimal("6.25"),
        3: Decimal("6.25"),
        4: Decimal("3.125"),
    }


@pytest.mark.parametrize("era", SUBSIDY_ERAS[1:], ids=lambda era: str(era.height))
def test_a_halving_counts_from_the_second_of_its_block(era):
    assert subsidy_btc(era.starts_at, epoch_height=0) == era.subsidy_btc
    before = era.starts_at - timedelta(seconds=1)
    assert subsidy_btc(before, epoch_height=0) == 2 * era.subsidy_btc


def test_eras_are_as_far_apart_as_the_protocol_says():
    assert [era.height for era in SUBSIDY_ERAS] == [210_000 * n for n in range(5)]
    assert [era.subsidy_btc * 2**n for n, era in enumerate(SUBSIDY_ERAS)] == [50] * 5
    assert NEXT_HALVING_HEIGHT == 1_050_000


def test_a_halving_to_come_is_an_error_and_not_a_guess():
    instant = datetime(2028, 3, 1, tzinfo=UTC)
    # Epochs from 1,046,304 and 1,048,320: only the first one ends before block 1,050,000.
    assert subsidy_btc(instant, epoch_height=1_046_304) == Decimal("3.125")
    with pytest.raises(SubsidyNotKnown, match="1050000"):
        subsidy_btc(instant, epoch_height=1_048_320)


def test_nothing_was_earned_before_the_first_block():
    with pytest.raises(SubsidyNotKnown, match="before the first block"):
        subsidy_btc(GENESIS - timedelta(seconds=1), epoch_height=0)
