from datetime import date

import pytest
from django_q.models import OrmQ

from curtailment.locks import LockSpace
from curtailment.models import CurtailmentRecord, IngestionProgress
from curtailment.operations import mark_stale
from mining.operations import load_embedded_epochs
from summaries.background import enqueue
from summaries.models import DailySummary
from summaries.tasks import NotDone, finish_day, finish_stale_days, refresh_day, verify_day
from tests.curtailment.days import FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.locks import held_by_another
from tests.stubs.elexon import make_line
from tests.stubs.server import body, status
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 5)


@pytest.fixture
def stored_day(db):
    load_embedded_epochs(now=FETCHED)
    add_wind_units()
    store(fetched_day({1: [stack_line(volume="-10", so_flag=True)]}))


def test_a_stored_day_is_stale_until_its_summaries_follow(stored_day):
    assert not DailySummary.objects.filter(pk=DAY).exists()
    assert finish_stale_days() == "1 stale days, 1 finished."
    assert DailySummary.objects.get(pk=DAY).curtailed_mwh == 10
    assert finish_stale_days() == "0 stale days, 0 finished."
    assert_summaries_equal_naive_sums()


def test_stale_days_are_one_process_s_work_at_a_time(stored_day):
    with held_by_another(LockSpace.STALE_DAYS, 0):
        assert finish_stale_days() == "Another process is at it."
    assert finish_stale_days() == "1 stale days, 1 finished."
    assert finish_stale_days() == "0 stale days, 0 finished."


def test_whatever_changed_without_a_trigger_is_found(stored_day):
    finish_stale_days()
    CurtailmentRecord.objects.filter(settlement_date=DAY).update(curtailed_mwh=20)
    mark_stale([DAY], reason="A correction.", now=FETCHED)
    finish_stale_days()
    assert DailySummary.objects.get(pk=DAY).curtailed_mwh == 20


def test_a_day_that_becomes_stale_keeps_the_time_since_when(stored_day):
    mark_stale([DAY], reason="Later.", now=FETCHED.replace(hour=20))
    assert IngestionProgress.objects.get(pk=DAY).stale_since == FETCHED


def test_a_change_hands_its_day_to_the_cluster_once_committed(
    stored_day, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("finish_day", DAY.isoformat())
        assert not OrmQ.objects.exists()
    (queued,) = OrmQ.objects.all()
    task = queued.task
    assert (task["func"], task["args"]) == ("summaries.tasks.finish_day", (DAY.isoformat(),))
    assert finish_day(*task["args"]) == f"{DAY} written"
    assert DailySummary.objects.get(pk=DAY).curtailed_mwh == 10


def test_a_day_that_cannot_be_fetched_is_a_failed_task(stored_day, elexon_stub, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    elexon_stub.fail("", body(b'{"data": 5}'))
    with pytest.raises(NotDone, match=f"{DAY} failed"):
        refresh_day(DAY.isoformat())
    assert IngestionProgress.objects.get(pk=DAY).attempt_state == "failed"


@pytest.fixture
def elexon(elexon_stub, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    line = make_line(DAY, 1, volume="-10", price="-50", transmissionLossMultiplier="0.99")
    elexon_stub.add_day(DAY, {1: [line]})
    return elexon_stub


def test_a_day_is_verified_by_a_task(stored_day, elexon):
    assert verify_day(DAY.isoformat()) == f"{DAY} verified: 1 BM Unit compared."
    assert IngestionProgress.objects.get(pk=DAY).verification == "verified"


def test_a_difference_is_an_answer_of_the_task(stored_day, elexon):
    elexon.set_cash_flows(DAY, [elexon.cash_flows(DAY)[0] | {"totalCashflow": 400}])
    expected = f"{DAY} differs by 0 MWh and 95.00 GBP in 1 BM Unit."
    assert verify_day(DAY.isoformat()) == expected
    elexon.set_volumes(DAY, [])
    elexon.set_cash_flows(DAY, [])
    expected = f"{DAY} not available: Elexon has no indicative volumes of the day. Elexon has no"
    assert verify_day(DAY.isoformat()).startswith(expected)


@pytest.mark.parametrize("fault", [status(403), body(b'{"data": 5}')])
def test_an_outage_is_a_failed_task(stored_day, elexon, fault):
    elexon.fail("indicative", fault)
    with pytest.raises(NotDone, match=f"{DAY} not verified: GET /balancing/settlement/indicative"):
        verify_day(DAY.isoformat())


def test_a_day_that_is_not_stored_is_a_failed_task(elexon):
    with pytest.raises(NotDone, match="2024-03-05 not verified: .* fetch it first"):
        verify_day(DAY.isoformat())
