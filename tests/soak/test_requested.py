"""The short form of the soak's row on fuzzed requests."""

import pytest

from tests.soak import requested
from tests.soak.addresses import all_routes
from tests.soak.found import MOST_SHOWN


@pytest.mark.django_db
def test_no_request_whatever_it_asks_for_ends_in_an_error():
    found = requested.run_here(300, seed=1)
    assert found.broken[:MOST_SHOWN] == []
    assert found.tried == 300
    # Most get past the door, or little is tried.
    assert found.counts["that no view was asked"] < 60


def test_the_addresses_of_every_part_are_known():
    routes = all_routes()
    for one in ("", "reports/daily/<timeframe:text>/", "readyz", "admin/refetch/", "admin/login/"):
        assert one in routes
    assert len(routes) > 100
