"""What goes wrong between Elexon and us, over real HTTP."""

import gzip
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event, Timer

import pytest

from curtailment.elexon import ElexonClient, RetryPolicy, Timeouts
from curtailment.elexon.rate_limit import RateLimit
from curtailment.elexon.retry import retry_after_s
from curtailment.settlement import SettlementPeriod
from curtailment.sources import (
    Cancelled,
    MalformedAnswer,
    PeriodNotFound,
    SourceUnavailable,
    SourceUnreachable,
)
from tests.stubs import server
from tests.stubs.elexon import StubElexon

DAY = date(2024, 3, 5)
PERIOD = SettlementPeriod(DAY, 17)
PATH = "/balancing/settlement/stack/all/bid/2024-03-05/17"


@pytest.fixture
def elexon(elexon_stub: StubElexon) -> StubElexon:
    elexon_stub.add_day(DAY)
    return elexon_stub


def patient_client(url: str, **options) -> ElexonClient:
    return ElexonClient(base_url=url, **({"requests_per_minute": 1_000_000} | options))


PASSING = {
    "429 without Retry-After": server.too_many(),
    "429 with Retry-After": server.too_many("0"),
    "500": server.status(500),
    "503 with HTML": server.unavailable_in_html(),
    "200 with HTML": server.body(b"<html>maintenance</html>"),
    "200 with nothing": server.body(b""),
    "half a document": server.half_a_document(),
    "a body cut short": server.cut_in_the_body(),
    "a connection cut before the answer": server.cut_before_the_answer(),
    "bytes that are no text": server.body(b'{"data": [{"id": "\xff"}]}'),
    "garbled compression": server.body(b"not gzip", Content_Encoding="gzip"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_fault_is_tried_again(elexon, elexon_client, fault):
    elexon.fail(PATH, fault, times=1)
    assert len(elexon_client.bid_stack(PERIOD)) == 11
    assert elexon.counts[PATH] == 2


def test_an_answer_that_is_late_is_asked_for_again(elexon):
    elexon.fail(PATH, server.slow(2), times=1)
    with patient_client(elexon.url, timeouts=Timeouts(read_s=1)) as client:
        assert len(client.bid_stack(PERIOD)) == 11
    assert elexon.counts[PATH] == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_an_outage_is_not_an_empty_answer(elexon, elexon_client, fault):
    elexon.fail(PATH, fault)
    with pytest.raises(SourceUnavailable, match=rf"^GET {PATH}: .*, tried 5 times$") as caught:
        elexon_client.bid_stack(PERIOD)
    assert elexon.counts[PATH] == 5
    assert not isinstance(caught.value, SourceUnreachable)
    assert "\n" not in str(caught.value) and "Traceback" not in str(caught.value)


def test_an_answer_that_never_comes_is_an_outage(elexon):
    elexon.fail(PATH, server.slow(5))
    options = {"retries": RetryPolicy(tries=2, first_wait_s=0), "timeouts": Timeouts(read_s=0.1)}
    with (
        patient_client(elexon.url, **options) as client,
        pytest.raises(SourceUnavailable, match="no answer within 0.1 s, tried 2 times"),
    ):
        client.bid_stack(PERIOD)


def test_the_time_that_the_server_asks_for_is_given(elexon, elexon_client):
    elexon.fail(PATH, server.too_many("1"), times=1)
    elexon_client.bid_stack(PERIOD)
    first, second = (request.at for request in elexon.log)
    assert second - first >= 1


def test_a_server_cannot_ask_for_hours(elexon):
    elexon.fail(PATH, server.too_many("86400"), times=1)
    retries = RetryPolicy(first_wait_s=0, longest_retry_after_s=0.01)
    with patient_client(elexon.url, retries=retries) as client:
        assert client.bid_stack(PERIOD)


def test_retry_after_is_seconds_or_a_date():
    now = datetime(2024, 3, 5, 12, tzinfo=UTC)
    assert retry_after_s("7", now=now) == 7
    assert retry_after_s("Tue, 05 Mar 2024 12:00:30 GMT", now=now) == 30
    assert retry_after_s("Tue, 05 Mar 2024 11:00:00 GMT", now=now) == 0
    for text in (None, "", "soon", "-1", "1.5", "²"):
        assert retry_after_s(text, now=now) is None


def test_a_server_that_is_not_there_is_unreachable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        retries = RetryPolicy(first_wait_s=0.001)
        with (
            patient_client(url, retries=retries) as client,
            pytest.raises(SourceUnreachable, match=r"cannot connect to 127.0.0.1:\d+, tried 5"),
        ):
            client.bm_units()


def test_a_name_that_does_not_exist_is_unreachable():
    retries = RetryPolicy(tries=2, first_wait_s=0)
    with (
        patient_client("http://elexon.invalid/v1", retries=retries) as client,
        pytest.raises(SourceUnreachable, match=r"cannot connect to elexon\.invalid"),
    ):
        client.bm_units()


def test_a_period_that_elexon_lacks_is_not_found(elexon_stub, elexon_client):
    elexon_stub.fail(PATH, server.not_found())
    with pytest.raises(PeriodNotFound, match=f"^GET {PATH}: HTTP 404 Not Found$"):
        elexon_client.bid_stack(PERIOD)
    elexon_stub.fail("/offer/", server.not_found())
    with pytest.raises(PeriodNotFound, match="/offer/2024-03-05/17"):
        elexon_client.has_offers(PERIOD)
    assert len(elexon_stub.requests) == 2


@pytest.mark.parametrize(
    ("code", "kind"), [(400, MalformedAnswer), (401, SourceUnavailable), (403, SourceUnavailable)]
)
def test_a_refusal_is_not_tried_again(elexon, elexon_client, code, kind):
    elexon.fail(PATH, server.status(code, b"not\x1b[31m like\r\nthis" + b"!" * 5000))
    with pytest.raises(kind, match=rf"^GET {PATH}: HTTP {code}") as caught:
        elexon_client.bid_stack(PERIOD)
    assert len(elexon.requests) == 1
    assert len(str(caught.value)) < 300 and str(caught.value).isprintable()


def test_a_register_that_is_not_there_is_an_error(elexon_stub, elexon_client):
    elexon_stub.fail("bmunits", server.not_found())
    with pytest.raises(MalformedAnswer, match="GET /reference/bmunits/all: HTTP 404"):
        elexon_client.bm_units()


def test_a_redirect_to_another_host_is_refused(elexon, elexon_client):
    with StubElexon() as elsewhere:
        elexon.fail(PATH, server.redirect(elsewhere.url + PATH))
        with pytest.raises(MalformedAnswer, match="redirected to another host"):
            elexon_client.bid_stack(PERIOD)
        assert elsewhere.requests == []


def test_a_redirect_within_the_host_is_followed_but_not_for_ever(elexon, elexon_client):
    elexon.fail(PATH, server.redirect(PATH), times=1)
    assert elexon_client.bid_stack(PERIOD)
    elexon.fail(PATH, server.redirect(PATH))
    with pytest.raises(MalformedAnswer, match="redirected more than 3 times"):
        elexon_client.bid_stack(PERIOD)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_giant_body_is_refused_while_it_is_read(elexon, compressed):
    giant = b" " * 50_100_000
    headers = {"Content_Encoding": "gzip"} if compressed else {}
    elexon.fail(PATH, server.body(gzip.compress(giant, 1) if compressed else giant, **headers))
    with (
        patient_client(elexon.url) as client,
        pytest.raises(MalformedAnswer, match="larger than 50,000,000 bytes"),
    ):
        client.bid_stack(PERIOD)
    assert len(elexon.requests) == 1


def test_a_compressed_answer_is_read(elexon, elexon_client):
    elexon.fail(PATH, server.body(gzip.compress(b'{"data":[]}'), Content_Encoding="gzip"))
    assert elexon_client.bid_stack(PERIOD) == []


def test_cancelling_ends_a_wait_for_the_next_try_at_once(elexon):
    elexon.fail(PATH, server.too_many("60"))
    cancelled = Event()
    with patient_client(elexon.url) as client:
        Timer(0.1, cancelled.set).start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            client.bid_stack(PERIOD, cancelled=cancelled)
    assert time.monotonic() - started < 2
    assert len(elexon.requests) == 1


def test_nothing_is_asked_once_the_day_is_cancelled(elexon, elexon_client):
    cancelled = Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        elexon_client.bid_stack(PERIOD, cancelled=cancelled)
    assert elexon.requests == []


def test_all_threads_share_the_limit_and_tries_count_too(elexon):
    """30 a minute, 8 threads, every request a failure: 30 leave, and no wait outlives a cancel."""
    elexon.fail(PATH, server.status(500))
    cancelled = Event()
    retries = RetryPolicy(first_wait_s=0)

    def ask(_) -> type[Exception] | None:
        try:
            client.bid_stack(PERIOD, cancelled=cancelled)
        except (Cancelled, SourceUnavailable) as error:
            return type(error)
        return None

    with (
        patient_client(elexon.url, requests_per_minute=30, retries=retries) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        Timer(0.5, cancelled.set).start()
        started = time.monotonic()
        ends = list(threads.map(ask, range(8)))
    assert len(elexon.requests) == 30
    assert ends.count(Cancelled) >= 2
    assert time.monotonic() - started < 5


def test_the_limit_opens_again_as_time_passes_and_not_before():
    """20 places every 0.2 s: of 70 requests the last has to wait for three spans, not for more."""
    rate_limit = RateLimit(20, per_s=0.2)
    never = Event()
    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: rate_limit.wait(never), range(70)))
    assert 0.59 <= time.monotonic() - started < 2


def test_a_raised_limit_is_no_brake():
    rate_limit = RateLimit(1_000_000)
    never = Event()
    started = time.monotonic()
    for _ in range(17_520):
        rate_limit.wait(never)
    assert time.monotonic() - started < 5
