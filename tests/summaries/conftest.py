"""Pages are readable by everyone unless a test says otherwise."""

import pytest


@pytest.fixture(autouse=True)
def _public_reports(public_reports):
    pass
