"""What counts as an answer for a day: over real HTTP."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from config.logs.context import bind, bound_fields
from curtailment.operations import fetch_day
from curtailment.operations.fetch import NotSettledYet
from curtailment.settlement import SettlementPeriod
from curtailment.sources import MalformedAnswer, PeriodNotFound, SourceUnavailable
from tests.stubs import server

DAY = date(2024, 3, 5)  # a Tuesday
BEFORE_NOON = datetime(2024, 3, 6, 11, 59, tzinfo=UTC)
NOON = datetime(2024, 3, 6, 12, tzinfo=UTC)


@pytest.fixture
def executor():
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def fetch(elexon_client, executor):
    def fetch(settlement_date=DAY, *, now=NOON):
        return fetch_day(elexon_client, settlement_date, now=now, executor=executor)

    return fetch


@pytest.mark.parametrize(
    ("day", "periods"), [(date(2024, 3, 31), 46), (DAY, 48), (date(2024, 10, 27), 50)]
)
def test_a_day_is_asked_for_as_many_periods_as_it_has(elexon_stub, fetch, day, periods):
    elexon_stub.add_day(day)
    fetched = fetch(day, now=datetime(2025, 1, 1, tzinfo=UTC))
    assert list(fetched.lines_by_period) == list(range(1, periods + 1))
    assert len(elexon_stub.requests) == periods + 1, "one request a period, and one for the wind"
    assert len(fetched.wind_generation) == periods


def test_a_day_is_final_from_noon_of_the_next_working_day(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    assert not fetch(now=BEFORE_NOON).is_final
    assert fetch(now=NOON).is_final


def test_an_empty_period_is_a_zero_once_the_recalculation_was_due(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/(bid|offer)/2024-03-05/17$", server.empty_data())
    assert fetch(now=NOON).lines_by_period[17] == []
    assert not any("/offer/" in path for path in elexon_stub.requests)


def test_before_that_only_offers_prove_an_empty_period(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/bid/2024-03-05/17$", server.empty_data())
    assert fetch(now=BEFORE_NOON).lines_by_period[17] == []
    elexon_stub.fail(r"/offer/2024-03-05/17$", server.empty_data())
    with pytest.raises(NotSettledYet, match="2024-03-05 SP17 has neither bids nor offers"):
        fetch(now=BEFORE_NOON)


def test_a_period_that_is_not_found_inside_the_day_is_an_error(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/bid/2024-03-05/48$", server.not_found())
    with pytest.raises(PeriodNotFound, match="/bid/2024-03-05/48"):
        fetch()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (server.status(500), SourceUnavailable),
        (server.unavailable_in_html(), SourceUnavailable),
        (server.half_a_document(), SourceUnavailable),
        (server.cut_in_the_body(), SourceUnavailable),
        (server.body(b'{"data": [{"volume": 1}]}'), MalformedAnswer),
    ],
)
def test_one_bad_period_fails_the_day_and_is_named(elexon_stub, fetch, fault, error):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/bid/2024-03-05/9$", fault)
    with pytest.raises(error, match="/bid/2024-03-05/9"):
        fetch()


def test_faults_that_pass_do_not_fail_the_day(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    for period, fault in ((3, server.too_many("0")), (4, server.status(503)), (5, server.slow(1))):
        elexon_stub.fail(rf"/bid/2024-03-05/{period}$", fault, times=1)
    assert len(fetch().lines_by_period) == 48


def test_the_first_exhausted_request_gives_up_the_others(elexon_stub, elexon_client):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/bid/2024-03-05/1$", server.status(400))
    with ThreadPoolExecutor(1) as one_at_a_time, pytest.raises(MalformedAnswer):
        fetch_day(elexon_client, DAY, now=NOON, executor=one_at_a_time)
    assert len(elexon_stub.requests) < 10


def test_without_wind_generation_the_day_still_stands(elexon_stub, fetch):
    elexon_stub.add_day(DAY)
    elexon_stub.fail(r"/generation/", server.status(400))
    fetched = fetch()
    assert fetched.wind_generation is None
    assert "/generation/actual" in fetched.wind_error
    assert len(fetched.lines_by_period) == 48


class TestToday:
    def test_only_the_periods_that_are_over_are_asked_for(self, elexon_stub, fetch):
        elexon_stub.add_day(DAY)
        now = SettlementPeriod(DAY, 20).ends_at
        fetched = fetch(now=now)
        assert fetched.is_running_day
        assert not fetched.is_final
        assert list(fetched.lines_by_period) == list(range(1, 21))

    @pytest.mark.parametrize("fault", [server.not_found(), server.empty_data()])
    def test_what_is_not_published_yet_is_no_error(self, elexon_stub, fetch, fault):
        elexon_stub.add_day(DAY)
        elexon_stub.fail(r"/(bid|offer)/2024-03-05/(19|20)$", fault)
        fetched = fetch(now=SettlementPeriod(DAY, 20).ends_at + timedelta(minutes=1))
        assert list(fetched.lines_by_period) == list(range(1, 19))

    def test_an_outage_is_one_today_too(self, elexon_stub, fetch):
        elexon_stub.add_day(DAY)
        elexon_stub.fail(r"/bid/2024-03-05/5$", server.status(500))
        with pytest.raises(SourceUnavailable):
            fetch(now=SettlementPeriod(DAY, 20).ends_at)

    def test_tomorrow_cannot_be_asked_for(self, fetch):
        with pytest.raises(ValueError, match="has not begun"):
            fetch(now=datetime(2024, 3, 4, 12, tzinfo=UTC))


class Listening:
    """A source that notes what a log line of each of its threads would say it is about."""

    name = "listening"

    def __init__(self):
        self.heard = []

    def bid_stack(self, period, *, cancelled):
        self.heard.append(dict(bound_fields()))
        return []

    def wind_generation(self, settlement_date):
        return []


def test_the_log_lines_of_every_request_say_which_day_they_are_about(executor):
    source = Listening()
    with bind(settlement_date="2024-03-05"):
        fetch_day(source, DAY, now=NOON, executor=executor)
    assert source.heard == [{"settlement_date": "2024-03-05"}] * 48
