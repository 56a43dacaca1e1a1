"""Which databases are compared with each other."""

import pytest

from tests.benchmarks.database import Database
from tests.benchmarks.growth import comparable
from tests.benchmarks.scale import Scale

FINISHED = [Database(f"bench_{factor}", Scale(factor), None) for factor in (0.1, 1, 3, 10)]


@pytest.mark.parametrize(("scale", "compared"), [(0.1, []), (1, []), (3, [1, 3]), (10, [1, 3, 10])])
def test_a_scale_is_compared_with_the_smaller_ones_that_have_a_whole_year(scale, compared):
    assert [each.scale.factor for each in comparable(scale, FINISHED)] == compared
