"""Both clients trust no certificate, no redirect and no size but what they must."""

import gzip
import ssl
import tracemalloc
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from curtailment.elexon import ElexonClient, RetryPolicy
from curtailment.sources import MalformedAnswer, SourceUnavailable, SourceUnreachable
from mining.mempool import MempoolClient
from mining.network import NetworkMalformed, NetworkUnavailable
from tests.stubs import server
from tests.stubs.elexon import StubElexon
from tests.stubs.mempool import StubNode
from tests.stubs.server import StubServer

SELF_SIGNED = Path(__file__).parents[1] / "stubs" / "self_signed.pem"
ONCE = RetryPolicy(tries=1)


def ask_elexon(url: str) -> object:
    with ElexonClient(base_url=url, requests_per_minute=1_000, retries=ONCE) as client:
        return client.bm_units()


def ask_mempool(url: str) -> object:
    with MempoolClient(url, retries=ONCE) as client:
        return client.price_history() is not None


CLIENTS: list[tuple[type[StubServer], Callable[[str], object], type, type]] = [
    (StubElexon, ask_elexon, SourceUnreachable, MalformedAnswer),
    (StubNode, ask_mempool, NetworkUnavailable, NetworkMalformed),
]
both = pytest.mark.parametrize(("stub", "ask", "unreachable", "malformed"), CLIENTS)


@contextmanager
def over_tls(stub):
    """The stub at an https address, with a certificate that nobody trusts."""
    made = stub()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    made._server.socket = context.wrap_socket(made._server.socket, server_side=True)
    with made:
        yield made, made.url.replace("http://", "https://")


@both
def test_a_certificate_that_nobody_trusts_is_refused(
    monkeypatch, stub, ask, unreachable, malformed
):
    with over_tls(stub) as (served, url):
        with pytest.raises(unreachable, match=r"cannot connect to 127\.0\.0\.1"):
            ask(url)
        assert served.requests == []
        # An empty variable does not switch it off either.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
        monkeypatch.setenv("CURL_CA_BUNDLE", "")
        with pytest.raises(unreachable):
            ask(url)
        # It was the certificate: with one that the operator trusts all is well.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(SELF_SIGNED))
        assert ask(url)


@both
@pytest.mark.parametrize(
    "elsewhere",
    ["http://localhost:{port}/", "//localhost:{port}/", "https://127.0.0.1:{port}/", "ftp://x/"],
)
def test_a_redirect_to_elsewhere_is_refused(stub, ask, unreachable, malformed, elsewhere):
    with stub() as served:
        port = served.url.rpartition(":")[2]
        served.fail("", server.redirect(elsewhere.format(port=port)))
        with pytest.raises(malformed, match="redirected to another host"):
            ask(served.url)
        assert len(served.requests) == 1


def one_stream() -> bytes:
    """1 to 1,000: 64 KB that were read at once would be 64 MB."""
    return gzip.compress(bytes(200_000_000), 9)


def ten_gigabytes() -> bytes:
    """10 GB of zeros in 10 MB, as 200 streams one after the other."""
    return gzip.compress(bytes(50_000_000), 9) * 200


@both
@pytest.mark.parametrize("bomb", [one_stream, ten_gigabytes])
def test_a_decompression_bomb_is_left_early(stub, ask, unreachable, malformed, bomb):
    body = bomb()
    with stub() as served:
        served.fail("", server.body(body, Content_Encoding="gzip"))
        tracemalloc.start()
        try:
            with pytest.raises(malformed, match="larger than 50,000,000 bytes"):
                ask(served.url)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak_bytes < 200_000_000


@both
def test_a_bomb_within_a_bomb_is_no_answer(stub, ask, unreachable, malformed):
    body = gzip.compress(gzip.compress(bytes(60_000_000), 9), 9)
    with stub() as served:
        served.fail("", server.body(body, Content_Encoding="gzip, gzip"))
        with pytest.raises(malformed, match="larger than 50,000,000 bytes"):
            ask(served.url)
        many = ", ".join(["gzip"] * 50)
        served.mend()
        served.fail("", server.body(body, Content_Encoding=many))
        with pytest.raises((SourceUnavailable, NetworkUnavailable), match="garbled"):
            ask(served.url)
