import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from curtailment.elexon import RetryPolicy, Timeouts
from mining.mempool import MempoolClient
from mining.network import NetworkMalformed, NetworkUnavailable, Quote, Retarget
from tests.stubs import server
from tests.stubs.mempool import PRICE_HISTORY, PRICE_NOW, RETARGETS, StubNode

FIRST = (1704501692, 824544, "73197634206448.34")
SECOND = (1708008110, 830592, "81725299822043.22")
AT = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_retargets_come_oldest_first_with_every_digit(node, client):
    node.knows_retargets([FIRST, SECOND])
    assert client.difficulty_adjustments() == [
        Retarget(824544, datetime(2024, 1, 6, 0, 41, 32, tzinfo=UTC), Decimal("73197634206448.34")),
        Retarget(
            830592, datetime(2024, 2, 15, 14, 41, 50, tzinfo=UTC), Decimal("81725299822043.22")
        ),
    ]


def test_a_difficulty_may_be_written_without_a_fraction(node, client):
    node.knows_retargets([(1736712111, 878976, "110451907374649")])
    assert client.difficulty_adjustments()[0].difficulty == Decimal(110451907374649)


def test_a_request_says_who_asks_and_what_for(node, client):
    node.knows_retargets([FIRST])
    client.difficulty_adjustments()
    [request] = node.log
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("Windfall/")


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"[]", "no retarget at all"),
        (b'[["soon", 2016, 1.0, 1]]', "[0][0]: expected a whole number"),
        (b"[[1704501692000, 824544, 1.0, 1]]", "[0][0]: expected"),
        (b"[[1704501692, 824545, 1.0, 1]]", "[0][1]: expected a whole number that's a multiple"),
        (b"[[1704501692, 824544, null, 1]]", "[0][2]: expected"),
        (b'[[1704501692, 824544, "5", 1]]', "[0][2]: expected"),
        (b"[[1704501692, 824544, 1e9999999999999999999, 1]]", "difficulty of block 824544"),
        (b"[[1704501692, 824544, 0, 1]]", "difficulty of block 824544: 0"),
        (b"[[1704501692, 824544, -5.5, 1]]", "difficulty of block 824544: -5.5"),
        (b"[[1704501692, 824544]]", "[0]: expected a list of length 4"),
        (b"[[1704501692, 2016, 1, 1], [1704501693, 2016, 1, 1]]", "block 2016 is listed twice"),
        (b"[[1704501692, 4032, 1, 1], [1704501692, 2016, 1, 1]]", "time of block 4032: not later"),
        (b'{"message": "indexing"}', "the body: expected a list"),
        (b"null", "the body: expected a list"),
    ],
)
def test_impossible_retargets_are_refused_at_once(node, client, answer, what):
    node.bodies[RETARGETS] = answer
    with pytest.raises(NetworkMalformed, match=re.escape(f"GET {RETARGETS}: ")) as refusal:
        client.difficulty_adjustments()
    assert what in str(refusal.value)
    assert len(node.requests) == 1


def test_prices_that_the_node_does_not_know_are_left_out(node, client):
    node.bodies[PRICE_HISTORY] = b"""{"prices": [
        {"time": 1709298000, "GBP": 50000.5, "USD": 63000},
        {"time": 1709294400, "GBP": -1, "USD": 63000},
        {"time": 1709290800, "GBP": 0},
        {"time": 1709290800, "GBP": null},
        {"time": 1709287200, "GBP": 49000, "USD": -1},
        {"time": 1709283600, "GBP": 48000}
    ], "exchangeRates": {"USDGBP": 0.79}}"""
    assert client.price_history() == [
        Quote(AT - timedelta(hours=3), Decimal(48000), None),
        Quote(AT - timedelta(hours=2), Decimal(49000), None),
        Quote(AT + timedelta(hours=1), Decimal("50000.5"), Decimal(63000)),
    ]


def test_the_price_now(node, client):
    node.knows_price_now((AT, 50_000.0))
    assert client.price_now() == Quote(AT, Decimal(50000), Decimal(62500))


def test_a_node_that_has_just_started_knows_no_price(client):
    assert client.price_now() is None
    assert client.price_history() == []


@pytest.mark.parametrize(
    ("path", "answer", "field"),
    [
        (PRICE_HISTORY, b"{}", "prices: is missing"),
        (PRICE_HISTORY, b'{"prices": [{"time": 5, "GBP": 1}]}', "prices[0].time: expected"),
        (PRICE_HISTORY, b'{"prices": [{"time": 1709298000, "GBP": []}]}', "prices[0].GBP: "),
        (PRICE_NOW, b'{"GBP": 50000}', "time: is missing"),
        (PRICE_NOW, b'{"time": 1709600000, "GBP": 5, "USD": 1e-99999}', "USD: expected at most 30"),
        (PRICE_NOW, b'{"time": 1709600000, "GBP": 1e400000}', "GBP: expected at most"),
        (PRICE_NOW, b'{"time": 1709600000, "GBP": ' + b"9" * 5000 + b"}", "GBP: a number of"),
    ],
)
def test_malformed_prices_name_address_and_field(node, client, path, answer, field):
    node.bodies[path] = answer
    ask = client.price_now if path == PRICE_NOW else client.price_history
    with pytest.raises(NetworkMalformed, match=re.escape(f"GET {path}: {field}")):
        ask()


PASSING_FAULTS = {
    "500": server.status(500),
    "503 with HTML": server.unavailable_in_html(),
    "429": server.too_many(retry_after="0"),
    "half a document": server.half_a_document(),
    "half a body": server.cut_in_the_body(),
    "an empty body": server.body(b""),
    "no answer": server.cut_before_the_answer(),
}


@pytest.mark.parametrize("fault", PASSING_FAULTS.values(), ids=PASSING_FAULTS.keys())
def test_what_may_pass_is_tried_up_to_five_times(node, client, fault):
    node.knows_retargets([FIRST])
    node.fail(RETARGETS, fault, times=4)
    assert len(client.difficulty_adjustments()) == 1
    assert len(node.requests) == 5


def test_an_answer_that_is_late_is_asked_for_again(node):
    node.knows_retargets([FIRST])
    node.fail(RETARGETS, server.slow(2), times=1)
    retries, timeouts = RetryPolicy(first_wait_s=0.001), Timeouts(read_s=1)
    with MempoolClient(node.url, retries=retries, timeouts=timeouts) as client:
        assert len(client.difficulty_adjustments()) == 1
    assert len(node.requests) == 2


@pytest.mark.parametrize(
    "fault", [server.status(503), server.half_a_document()], ids=["503", "half a document"]
)
def test_an_outage_is_an_error_and_not_an_empty_answer(node, client, fault):
    node.fail("historical-price", fault)
    with pytest.raises(NetworkUnavailable, match=re.escape(PRICE_HISTORY)):
        client.price_history()
    assert len(node.requests) == 5


def test_a_node_that_is_not_there_is_unavailable():
    with StubNode() as gone:
        pass
    with (
        MempoolClient(gone.url, retries=RetryPolicy(first_wait_s=0.001)) as client,
        pytest.raises(NetworkUnavailable, match=r"/v1/prices: cannot connect to 127\.0\.0\.1"),
    ):
        client.price_now()


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_is_not_tried_again(node, client, status):
    node.fail(RETARGETS, server.status(status))
    with pytest.raises(NetworkUnavailable, match=f"HTTP {status}"):
        client.difficulty_adjustments()
    assert len(node.requests) == 1


def test_a_redirect_to_another_host_is_refused(node, client):
    with StubNode() as stranger:
        node.fail(RETARGETS, server.redirect(stranger.url + RETARGETS))
        with pytest.raises(NetworkMalformed, match="redirected to another host"):
            client.difficulty_adjustments()
        assert stranger.requests == []


@pytest.mark.parametrize("address", ["mempool", "ftp://mempool.space/api", "https://"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="not an address of a mempool node"):
        MempoolClient(address)
