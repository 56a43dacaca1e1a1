from collections.abc import Iterator

import pytest

from curtailment.elexon import RetryPolicy, Timeouts
from mining.mempool import MempoolClient
from tests.stubs.mempool import StubNode


@pytest.fixture
def node() -> Iterator[StubNode]:
    """A mempool node on loopback that knows nothing yet."""
    with StubNode() as stub:
        yield stub


@pytest.fixture
def client(node: StubNode) -> Iterator[MempoolClient]:
    """A client of the node that is quick to try again, and patient with a busy machine."""
    with MempoolClient(
        node.url,
        retries=RetryPolicy(first_wait_s=0.001),
        timeouts=Timeouts(connect_s=10, read_s=10),
    ) as client:
        yield client
