"""The daily work: what is handed over, what its tasks do, and when they do nothing."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from curtailment.locks import LockSpace
from curtailment.models import BMUnit, IngestionProgress
from curtailment.operations import mark_for_refetch, start_attempt
from curtailment.operations.ledger import ABANDONED
from mining.models import DifficultyEpoch
from summaries import daily, tasks
from summaries.queries.troubles import read_troubles
from summaries.switch import NO_WIND_UNITS, OFF, switch
from summaries.task_log import log_task, settlement_date_of
from tests.curtailment.days import add_wind_units, fetched_day, store
from tests.locks import held_by_another
from tests.stubs.mempool import StubNode
from tests.stubs.server import status

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 6, 11, 8, 10, tzinfo=UTC)
TODAY = date(2024, 6, 11)
SCHEDULED = (
    tasks.fetch_due_days,
    tasks.reconcile_recent_days,
    tasks.verify_final_days,
)


@pytest.fixture
def switched_on(committed_db):
    add_wind_units()
    switch(on=True, by=None, now=NOW)
    OrmQ.objects.all().delete()


@pytest.fixture
def elexon(elexon_stub, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    return elexon_stub


def queued():
    return sorted((row.task["func"].rpartition(".")[2], *row.args()) for row in OrmQ.objects.all())


def test_nothing_is_asked_for_while_fetching_is_off(committed_db, elexon):
    for task in (*SCHEDULED, tasks.sync_register, tasks.sync_network):
        assert task() == OFF
    assert queued() == []
    assert elexon.requests == []


def test_nothing_is_fetched_while_the_register_has_no_wind_unit(switched_on):
    BMUnit.objects.all().delete()
    for task in SCHEDULED:
        assert task() == NO_WIND_UNITS
    assert queued() == []


def test_switched_on_the_register_and_the_network_come_first(committed_db, capsys):
    call_command("sync_schedules", "--enable")
    said = capsys.readouterr().out
    assert "Scheduled fetching is on." in said
    assert "The cluster does that as soon as it runs." in said
    assert queued() == [("sync_network",), ("sync_register",)]
    call_command("sync_schedules", "--disable")
    assert OFF in capsys.readouterr().out


def test_days_that_are_due_are_handed_over_one_by_one(switched_on):
    said = daily.hand_over_due_days(now=NOW)
    days = [(TODAY - timedelta(days=n)).isoformat() for n in range(7, -1, -1)]
    assert said == f"Handed over: {', '.join(days)}."
    assert queued() == [("fetch_due_day", day) for day in days]


def test_of_two_tasks_of_a_day_the_second_finds_nothing_to_do(switched_on, elexon, elexon_client):
    day = TODAY - timedelta(days=1)
    elexon.add_day(day)
    results = [daily.fetch_due_day(day, client=elexon_client, clock=lambda: NOW) for _ in range(2)]
    assert (str(results[0]).partition(" The ")[0], results[1]) == (f"{day} written", None)
    assert len([path for path in elexon.requests if "/bid/" in path]) == 48


def test_a_task_that_was_queued_before_fetching_was_switched_off_does_nothing(switched_on, elexon):
    day = (timezone.now().date() - timedelta(days=1)).isoformat()
    switch(on=False, by=None, now=NOW)
    assert tasks.fetch_due_day(day) == f"{day} not due any more, or in other hands"
    assert elexon.requests == []


def test_a_day_that_somebody_is_at_is_left_to_them(switched_on, elexon, elexon_client):
    day = TODAY - timedelta(days=1)
    with held_by_another(LockSpace.FETCH, day.toordinal()):
        assert daily.fetch_due_day(day, client=elexon_client, clock=lambda: NOW) is None
    assert elexon.requests == []


def test_a_day_whose_process_is_gone_is_handed_over_at_once(switched_on):
    gone, held = TODAY - timedelta(days=900), TODAY - timedelta(days=1)
    for day in (gone, held):
        start_attempt(day, now=NOW)
    with held_by_another(LockSpace.FETCH, held.toordinal()):
        assert tasks.take_up_abandoned_days() == f"Handed over: {gone}."
    assert queued() == [("fetch_due_day", str(gone))]


def test_a_day_that_ends_its_processes_again_is_failed_and_tried_as_seldom(switched_on):
    day = TODAY - timedelta(days=900)
    for _ in range(2):
        start_attempt(day, now=timezone.now())
        said = tasks.take_up_abandoned_days()
    assert said == daily.NOTHING_DUE
    progress = IngestionProgress.objects.get()
    assert (progress.attempt_state, progress.error) == ("failed", ABANDONED)
    # And from now on at once, until a try comes to its end.
    start_attempt(day, now=timezone.now())
    assert tasks.take_up_abandoned_days() == daily.NOTHING_DUE
    assert [trouble.attempts for trouble in read_troubles(now=NOW)] == [3]


def test_a_try_that_comes_to_its_end_forgets_those_that_were_abandoned(switched_on):
    day = TODAY - timedelta(days=9)
    start_attempt(day, now=NOW)
    store(fetched_day(settlement_date=day))
    assert IngestionProgress.objects.get().error == ""
    start_attempt(day, now=NOW)
    assert tasks.take_up_abandoned_days() == f"Handed over: {day}."


def test_what_is_wanted_again_is_fetched_beside_the_daily_work(switched_on, elexon, elexon_client):
    day = TODAY - timedelta(days=100)
    elexon.add_day(day)
    later = NOW + timedelta(hours=1)
    store(fetched_day(settlement_date=day))
    mark_for_refetch([day], reason="A unit is wind.", now=NOW)
    assert str(day) in daily.hand_over_due_days(now=later)
    waiting = [row for row in OrmQ.objects.filter(key="long-work") if row.args() == (str(day),)]
    assert len(waiting) == 1
    # While that waits, nothing more is put beside it.
    assert str(day) not in daily.hand_over_due_days(now=later)
    daily.fetch_due_day(day, client=elexon_client, clock=lambda: later)
    assert IngestionProgress.objects.get(pk=day).refetch_since is None
    assert daily.fetch_due_day(day, client=elexon_client, clock=lambda: later) is None


def test_of_a_day_that_lacks_only_wind_nothing_else_is_fetched(switched_on, elexon, elexon_client):
    day = TODAY - timedelta(days=100)
    elexon.add_day(day)
    store(fetched_day(settlement_date=day, wind=False))
    later = NOW + timedelta(days=1)
    daily.fetch_due_day(day, client=elexon_client, clock=lambda: later)
    assert not any("/bid/" in path for path in elexon.requests)
    assert IngestionProgress.objects.get(pk=day).wind_generation_fetched_at == later


def test_reconciling_is_handed_over_in_portions_beside_the_daily_work(switched_on):
    said = daily.hand_over_reconciling(now=NOW)
    assert said == "Handed over: 2024-05-02 to 2024-06-10, 10 tasks."
    portions = queued()
    assert portions[0] == ("reconcile_and_fix", "2024-05-02", "2024-05-05")
    assert portions[-1] == ("reconcile_and_fix", "2024-06-07", "2024-06-10")
    assert set(OrmQ.objects.values_list("key", flat=True)) == {"long-work"}


def test_final_days_are_verified_until_they_are(switched_on):
    for offset, verification in enumerate(("", "verified", "differs", "not_available"), start=1):
        IngestionProgress.objects.create(
            settlement_date=TODAY - timedelta(days=offset),
            data_state="final",
            source="elexon",
            periods_expected=48,
            periods_fetched=48,
            verification=verification,
        )
    daily.hand_over_verifying(now=NOW)
    assert queued() == [("verify_day", "2024-06-07"), ("verify_day", "2024-06-10")]


def test_the_register_and_the_network_are_brought_up_to_date(switched_on, elexon, settings):
    assert tasks.sync_register().startswith("71 units listed: 69 new")
    last = DifficultyEpoch.objects.latest("height")
    with StubNode() as node:
        node.knows_retargets([(int(last.starts_at.timestamp()), last.height, str(last.difficulty))])
        settings.MEMPOOL_BASE_URL = node.url
        assert tasks.sync_network() == "1 epochs and 0 prices written."
        node.fail("", status(403))
        with pytest.raises(tasks.NotDone, match="Not synchronized with the mempool node: GET"):
            tasks.sync_network()


def test_an_outage_of_the_register_is_a_failed_task(switched_on, elexon):
    elexon.fail("bmunits", status(403))
    with pytest.raises(tasks.NotDone, match=r"The register was not changed\. GET"):
        tasks.sync_register()


def test_partitions_are_there_ahead(switched_on):
    last_year = timezone.now().year + 2
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE curtailment_records_{last_year}")
    created = f"curtailment_records_{last_year}"
    assert tasks.create_partitions() == f"Partitions until {last_year}; created: {created}."
    assert tasks.create_partitions() == f"Partitions until {last_year}; created: none."


def test_each_task_is_one_line_with_its_settlement_date(caplog):
    task = {
        "func": "summaries.tasks.verify_day",
        "args": ("2024-06-10",),
        "success": False,
        "started": NOW - timedelta(minutes=1),
        "began": NOW,
        "stopped": NOW + timedelta(seconds=2),
        "result": "No answer. : Traceback (most recent call last)",
    }
    with caplog.at_level(logging.INFO, logger="summaries"):
        log_task(task=task)
    (record,) = caplog.records
    assert record.getMessage() == "task verify_day 2024-06-10 failed in 2.0 s: No answer."
    assert record.fields["settlement_date"] == "2024-06-10"
    assert settlement_date_of(()) is None
    assert settlement_date_of(("T_SGRWO-1",)) is None
