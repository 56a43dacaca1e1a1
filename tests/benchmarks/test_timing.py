"""Measuring in turns."""

import pytest

from tests.benchmarks.timing import Spread, Timings, in_turns


def test_things_are_measured_in_turns_and_the_first_turn_does_not_count():
    turns = []

    def thing(name):
        def measure():
            turns.append(name)
            return float(len(turns))

        return measure

    timings = in_turns({"one": thing("one"), "other": thing("other")}, repeats=2)

    assert turns == ["one", "other"] * 3
    assert timings.seconds == {"one": [3, 5], "other": [4, 6]}


def test_a_ratio_is_that_of_what_was_measured_together():
    timings = Timings({"slow": [10.0, 30.0, 1000.0], "fast": [1.0, 2.0, 100.0]})

    assert timings.ratio("slow", "fast").median == 10


def test_half_of_the_figures_lie_within_a_spread():
    spread = Spread.of([1.0, 2.0, 3.0, 4.0, 100.0])

    assert (spread.low, spread.median, spread.high) == (2, 3, 4)


@pytest.mark.parametrize("figures", [[7.0], [7.0, 7.0]])
def test_few_figures_have_a_spread_too(figures):
    assert Spread.of(figures) == Spread(7, 7, 7)
