from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtailment.aggregation import UnpricedBid, aggregate_period
from tests.curtailment.alternative_implementations import figures_of
from tests.curtailment.lines import stack_line

WIND = frozenset({"T_SGRWO-1", "T_MOWEO-1"})


def only(rows):
    (row,) = rows
    return row


def test_one_sum_done_by_hand():
    # 10 MWh at -50 and 2.5 MWh at -72.30: 500 + 180.75 GBP to the farm.
    row = only(
        aggregate_period(
            7,
            [
                stack_line(volume="-10", original_price="-50", so_flag=True, tlm="0.99"),
                stack_line(volume="-2.5", original_price="-72.30", cadl_flag=True, tlm="0.99"),
            ],
            WIND,
        )
    )
    assert row.settlement_period == 7
    assert (row.flagged.mwh, row.flagged.payment_gbp) == (Decimal("12.5"), Decimal("680.75"))
    assert (row.so.mwh, row.so.payment_gbp) == (Decimal(10), Decimal(500))
    assert row.flagged.loss_adjusted_payment_gbp == Decimal("673.9425")
    assert row.original_price_gbp_per_mwh == Decimal("-54.46")
    assert row.so_flag
    assert row.cadl_flag


def test_a_positive_price_is_paid_by_the_farm():
    row = only(
        aggregate_period(1, [stack_line(volume="-4", original_price="30", so_flag=True)], WIND)
    )
    assert row.flagged.mwh == 4
    assert row.flagged.payment_gbp == -120


def test_unflagged_lines_count_only_as_other():
    row = only(aggregate_period(1, [stack_line(volume="-4", original_price="-30")], WIND))
    assert (row.flagged.mwh, row.so.mwh, row.other.mwh) == (0, 0, 4)
    assert row.other.payment_gbp == 120


def test_a_null_flag_counts_as_false():
    row = only(
        aggregate_period(
            1,
            [stack_line(volume="-4", original_price="-30", so_flag=None, cadl_flag=None)],
            WIND,
        )
    )
    assert (row.flagged.mwh, row.other.mwh) == (0, 4)
    assert (row.so_flag, row.cadl_flag) == (False, False)


def test_lines_equal_in_every_value_both_count():
    line = stack_line(volume="-3.25", original_price="-10", so_flag=True)
    row = only(aggregate_period(1, [line, line], WIND))
    assert row.flagged.mwh == Decimal("6.5")
    assert len(row.lines) == 2


def test_a_positive_volume_is_evidence_and_no_energy():
    row = only(
        aggregate_period(
            1,
            [
                stack_line(volume="-3", original_price="-10", so_flag=True),
                stack_line(volume="2", original_price="-10", so_flag=True),
            ],
            WIND,
        )
    )
    assert row.flagged.mwh == 3
    assert len(row.lines) == 2


def test_units_that_are_not_wind_and_lines_without_a_unit_are_left_out():
    lines = [stack_line(id=unit, volume="-3") for unit in ("T_DRAXX-1", None, "4711")]
    assert aggregate_period(1, lines, WIND) == []


def test_a_bid_without_a_price_is_an_error_not_a_zero():
    with pytest.raises(UnpricedBid, match="SP9.*T_SGRWO-1.*originalPrice"):
        aggregate_period(9, [stack_line(volume="-3", original_price=None)], WIND)


def test_without_a_multiplier_there_is_no_loss_adjusted_payment():
    row = only(
        aggregate_period(
            1,
            [
                stack_line(volume="-3", so_flag=True, tlm="0.98"),
                stack_line(volume="-3", so_flag=True, tlm=None),
            ],
            WIND,
        )
    )
    assert row.flagged.loss_adjusted_payment_gbp is None
    assert row.transmission_loss_multiplier is None
    assert row.other.loss_adjusted_payment_gbp == 0


def test_evidence_leaves_out_what_changes_with_every_run():
    row = only(aggregate_period(1, [stack_line(volume="-3.50", original_price="-1E+2")], WIND))
    (line,) = msgspec.json.decode(row.lines_json)
    assert line["volume"] == -3.5
    assert line["originalPrice"] == -100
    assert not {"createdDateTime", "sequenceNumber"} & line.keys()


numbers = st.decimals(-1000, 1000, allow_nan=False, places=12)
lines_strategy = st.lists(
    st.builds(
        stack_line,
        id=st.sampled_from(["T_SGRWO-1", "T_MOWEO-1", "T_DRAXX-1", None]),
        volume=numbers,
        original_price=numbers,
        so_flag=st.sampled_from([True, False, None]),
        cadl_flag=st.sampled_from([True, False, None]),
        tlm=st.one_of(st.none(), st.decimals("0.9", "1.1", places=7)),
    ),
    max_size=12,
)


@given(lines_strategy)
def test_figures_equal_exact_fractions(lines):
    rows = {row.bmu_id: row for row in aggregate_period(3, lines, WIND)}
    naive = figures_of(lines, WIND)
    assert rows.keys() == naive.keys()
    for bmu_id, row in rows.items():
        for name in ("flagged", "so", "other"):
            figures, expected = getattr(row, name), naive[bmu_id][name]
            assert Fraction(figures.mwh) == expected.mwh
            assert Fraction(figures.payment_gbp) == expected.payment_gbp
            if expected.loss_adjusted_payment_gbp is None:
                assert figures.loss_adjusted_payment_gbp is None
            else:
                assert (
                    Fraction(figures.loss_adjusted_payment_gbp)
                    == expected.loss_adjusted_payment_gbp
                )


@given(lines_strategy, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert aggregate_period(3, shuffled, WIND) == aggregate_period(3, lines, WIND)
