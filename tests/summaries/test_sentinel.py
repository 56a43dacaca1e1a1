"""Which death of a cluster's process ends the cluster."""

from types import SimpleNamespace

import pytest

from summaries.sentinel import was_killed


@pytest.mark.parametrize(
    ("exitcode", "timer", "killed"),
    [(-9, -1, True), (-15, 0, False), (None, 0, False), (0, -2, False), (1, -1, False)],
)
def test_only_what_was_ended_by_a_signal_from_outside_was_killed(exitcode, timer, killed):
    process = SimpleNamespace(exitcode=exitcode, timer=SimpleNamespace(value=timer))
    assert was_killed(process) is killed
