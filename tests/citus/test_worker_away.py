"""A worker that does not answer: what needs it says so, everything else goes on."""

import pytest

from tests.citus import running
from tests.citus.test_distribute import rows_of
from tests.citus.test_distribute_refused import WORKERS

pytestmark = running.of_a_cluster()

SENTENCE = "Connection refused. Start that node; then it goes on by itself."
MOVE = "UPDATE pg_dist_node SET nodeport = %s WHERE nodeport = %s"
DAY = ("--from=2024-03-01", "--to=2024-03-01")


@pytest.fixture(scope="module")
def distributed(filled):
    assert filled.manage("distribute", f"--shards={running.SHARDS}").returncode == 0
    return filled


@pytest.fixture
def away(distributed):
    """Of one of the workers nobody knows where it is, until the test is over."""
    *_, (_, port) = distributed.ask(WORKERS)
    distributed.ask(MOVE, 1, port)
    yield distributed
    distributed.ask(MOVE, port, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("recalculate", *DAY),
        ("reconcile", *DAY),
        ("load_sample", "--from=2024-03-03", "--to=2024-03-03"),
        ("explain_report", "daily", "2024-03-02"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_needs_its_rows_ends_with_a_sentence(away, arguments):
    done = away.manage(*arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(SENTENCE)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("monthly", "2024-03"), ("yearly", "2024")], ids=lambda arguments: arguments[0]
)
def test_reports_of_months_and_years_do_without_it(away, arguments):
    assert away.manage("explain_report", *arguments).returncode == 0


def test_once_it_is_back_nothing_was_lost(distributed):
    rows = rows_of(distributed)
    assert distributed.manage("recalculate", *DAY).returncode == 0
    assert rows_of(distributed) == rows
    assert distributed.manage("reconcile", *DAY).returncode == 0
