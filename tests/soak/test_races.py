"""The short form of the soak's row on many writers of one day."""

import pytest

from tests.soak import races
from tests.soak.found import MOST_SHOWN


@pytest.mark.usefixtures("committed_db")
def test_backfills_an_ingest_and_a_correction_at_once_lose_nothing():
    found = races.run(12, seed=1)
    assert found.broken[:MOST_SHOWN] == []
    assert found.counts["corrections"] > 0
    assert "0 deadlocks" in found.figures
