"""The short form of the soak's row on spoiled answers."""

import pytest

from tests.soak import payloads
from tests.soak.found import MOST_SHOWN


@pytest.mark.django_db
def test_a_spoiled_answer_is_stored_exactly_or_refused_by_its_field():
    found = payloads.run(250, seed=1)
    assert found.broken[:MOST_SHOWN] == []
    assert found.tried == 250
    assert found.counts["stored exactly"] > 20
    assert found.counts["refused"] > 20
