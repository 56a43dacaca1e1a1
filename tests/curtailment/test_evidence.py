"""What is kept of the lines is enough for every published figure, to the last digit."""

from hypothesis import given
from hypothesis import strategies as st

from curtailment.aggregation import aggregate_period
from curtailment.evidence import unit_period_of
from tests.curtailment.days import DAY
from tests.curtailment.lines import stack_line

UNIT = "T_SGRWO-1"
flags = st.sampled_from([True, False, None])
lines = st.builds(
    stack_line,
    volume=st.decimals(-500, 20, places=15),
    original_price=st.decimals(-250, 305, places=4),
    final_price=st.none() | st.decimals(-250, 305, places=2),
    tlm=st.none() | st.decimals("0.9", "1.1", places=7),
    so_flag=flags,
    cadl_flag=flags,
)


@given(st.lists(lines, min_size=1, max_size=4))
def test_evidence_adds_up_to_the_row_that_it_is_of(rows):
    (row,) = aggregate_period(1, rows, frozenset([UNIT]))
    assert unit_period_of(DAY, 1, UNIT, row.lines_json) == row


def test_without_evidence_elexon_has_no_row():
    assert unit_period_of(DAY, 1, UNIT, "[]") is None
