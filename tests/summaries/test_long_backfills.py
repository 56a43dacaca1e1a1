"""Backfills of the cluster: turns at them, what they find done, and how they are steered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django_q.models import OrmQ

from curtailment.locks import LockSpace
from curtailment.models import Backfill, IngestionProgress
from curtailment.settlement import iter_dates
from curtailment.sources import MalformedAnswer, SourceUnreachable
from summaries import steering, tasks
from summaries.backfill import backfill
from summaries.long_backfills import (
    NOTHING_UNFINISHED,
    hand_over_if_none_waits,
    start_backfill,
    work_on_backfills,
)
from tests.curtailment.days import add_wind_units
from tests.curtailment.lines import stack_line
from tests.curtailment.memory import MemorySource
from tests.locks import held_by_another
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, LAST = date(2024, 5, 7), date(2024, 5, 10)
DAYS = list(iter_dates(FIRST, LAST))
NOW = datetime(2024, 6, 11, 8, tzinfo=UTC)


class CountingSource(MemorySource):
    """Counts the days that it is asked for, and does something before each."""

    def __init__(self):
        super().__init__({day: {1: [stack_line(volume="-3", so_flag=True)]} for day in DAYS})
        self.asked = []
        self.before_day = lambda day: None

    def wind_generation(self, settlement_date):
        self.asked.append(settlement_date)
        self.before_day(settlement_date)
        return super().wind_generation(settlement_date)


class Unreachable(MemorySource):
    def bid_stack(self, period, *, cancelled=None):
        raise SourceUnreachable("no connection")


class Malformed(MemorySource):
    def bid_stack(self, period, *, cancelled=None):
        raise MalformedAnswer("no sense")


class Clock:
    """Every look at it takes a moment."""

    def __init__(self, step=timedelta(milliseconds=1)):
        self.now, self.step = NOW, step

    def __call__(self):
        self.now += self.step
        return self.now


@pytest.fixture
def source(committed_db):
    add_wind_units()
    return CountingSource()


@pytest.fixture
def record(source):
    return start_backfill(FIRST, LAST, force=False, now=NOW)


def turn(source, clock=None):
    return work_on_backfills(source=source, clock=clock or Clock())


def test_a_turn_does_every_day_and_notes_it(source, record):
    assert OrmQ.objects.get().key == "long-work"
    assert turn(source) == "Days done: 4."
    record.refresh_from_db()
    assert (record.state, record.days_done, record.days_failed) == ("done", 4, 0)
    assert source.asked == DAYS
    assert_summaries_equal_naive_sums()
    assert turn(source) == "No day was free to be done."
    assert hand_over_if_none_waits() == NOTHING_UNFINISHED


def test_days_that_are_final_are_skipped_unless_forced(source, record):
    turn(source)
    start_backfill(FIRST, LAST, force=False, now=NOW + timedelta(hours=1))
    turn(source)
    assert len(source.asked) == 4
    start_backfill(FIRST, LAST, force=True, now=NOW + timedelta(hours=1))
    late = Clock()
    late.now += timedelta(hours=1)
    turn(source, late)
    assert len(source.asked) == 8
    assert set(Backfill.objects.values_list("state", "days_done")) == {("done", 4)}


def test_a_final_day_that_lacks_only_wind_is_asked_for_it_once(source, record):
    turn(source)
    lacking = IngestionProgress.objects.filter(pk=DAYS[1])
    lacking.update(wind_generation_fetched_at=None)
    start_backfill(FIRST, LAST, force=False, now=NOW + timedelta(hours=1))
    late = Clock()
    late.now += timedelta(hours=1)
    source.before_day = refuse
    turn(source, late)
    assert source.asked == [*DAYS, DAYS[1]]
    start_backfill(FIRST, LAST, force=False, now=NOW + timedelta(hours=2))
    late.now += timedelta(hours=1)
    source.before_day = lambda day: None
    turn(source, late)
    assert source.asked == [*DAYS, DAYS[1], DAYS[1]]
    assert lacking.get().wind_generation_fetched_at is not None
    assert set(Backfill.objects.values_list("state", flat=True)) == {"done"}


def refuse(day):
    raise MalformedAnswer(f"no sense on {day}")


def test_a_turn_ends_after_a_minute_and_another_waits(source, record):
    OrmQ.objects.all().delete()
    assert turn(source, Clock(timedelta(seconds=20))) == "Days done: 1."
    assert OrmQ.objects.count() == 1
    assert hand_over_if_none_waits() == "A turn waits in the queue."
    OrmQ.objects.all().delete()
    assert hand_over_if_none_waits() == "A turn was put into the queue."
    turn(source)
    assert source.asked == DAYS


def test_a_day_in_other_hands_is_left_to_them(source, record):
    with held_by_another(LockSpace.FETCH, DAYS[1].toordinal()):
        assert turn(source) == "Days done: 3."
    record.refresh_from_db()
    assert (record.state, record.days_done) == ("running", 3)
    # Its holder was killed: the next turn does the day.
    assert turn(source) == "Days done: 1."
    assert sorted(source.asked) == DAYS


def test_paused_it_begins_no_further_day_and_resumed_it_goes_on(source, record):
    source.before_day = lambda day: day == DAYS[1] and steering.pause(record.pk, now=NOW)
    assert turn(source) == "Days done: 2."
    assert turn(source) == "No day was free to be done."
    source.before_day = lambda day: None
    steering.resume(record.pk, now=NOW + timedelta(days=1))
    turn(source)
    assert source.asked == DAYS
    assert Backfill.objects.get().state == "done"


def test_canceled_it_is_over_until_resumed(source, record):
    steering.cancel(record.pk, now=NOW)
    turn(source)
    assert source.asked == []
    with pytest.raises(steering.NotSteerable, match="cannot be paused: it is canceled"):
        steering.pause(record.pk, now=NOW)
    steering.resume(record.pk, now=NOW)
    turn(source)
    assert source.asked == DAYS


def test_without_connection_a_turn_ends_and_the_days_are_tried_again(source, record):
    said = turn(Unreachable(source.days))
    assert said == "Days done: 0. Elexon could not be reached: tried again in a minute."
    record.refresh_from_db()
    assert (record.state, record.days_done, record.days_failed) == ("running", 0, 0)
    assert set(IngestionProgress.objects.values_list("attempt_state", "error")) == {
        ("pending", "no connection")
    }
    turn(source)
    record.refresh_from_db()
    assert (record.state, record.days_done) == ("done", 4)


def test_failed_days_are_tried_again_when_it_is_resumed(source, record):
    assert turn(Malformed(source.days)) == "Days done: 4."
    record.refresh_from_db()
    assert (record.state, record.days_done, record.days_failed) == ("failed", 0, 4)
    later = Clock()
    later.now += timedelta(hours=1)
    steering.resume(record.pk, now=later.now)
    turn(source, later)
    record.refresh_from_db()
    assert (record.state, record.days_done, record.days_failed) == ("done", 4, 0)
    assert IngestionProgress.objects.filter(data_state="final").count() == 4


def test_a_backfill_of_a_command_can_be_paused_and_is_resumed_by_the_cluster(source):
    def pause_after_two(day):
        if day == DAYS[1]:
            steering.pause(Backfill.objects.get().pk, now=NOW)

    source.before_day = pause_after_two
    result = backfill(FIRST, LAST, source=source, clock=Clock(), jobs=1)
    assert len(result.results) == 2
    assert Backfill.objects.get().state == "paused"
    source.before_day = lambda day: None
    steering.resume(Backfill.objects.get().pk, now=NOW)
    turn(source)
    assert source.asked == DAYS
    assert Backfill.objects.get().state == "done"


def test_a_killed_backfill_of_a_command_is_resumed_by_the_cluster(source):
    killed = Backfill.objects.create(
        first_date=FIRST, last_date=LAST, days_total=4, started_at=NOW, updated_at=NOW
    )
    assert turn(source) == "No day was free to be done."
    steering.resume(killed.pk, now=NOW)
    assert turn(source) == "Days done: 4."


def test_the_task_says_what_a_register_without_wind_lacks(committed_db):
    with pytest.raises(tasks.NotDone, match="the register has no wind unit"):
        tasks.work_on_backfills()


def test_the_command_line_starts_lists_and_steers(source, capsys):
    call_command("backfill", f"--from={FIRST}", f"--to={LAST}", "--background")
    record = Backfill.objects.get()
    assert capsys.readouterr().out == f"Backfill {record.pk} was handed to the cluster.\n"
    call_command("backfills", pause=record.pk)
    assert "2024-05-07 to 2024-05-10: paused; 0 of 4 days done (cluster)" in capsys.readouterr().out
    call_command("backfills", resume=record.pk)
    call_command("backfills")
    assert ": running; 0 of 4 days done (cluster)" in capsys.readouterr().out
    call_command("backfills", cancel=record.pk)
    with pytest.raises(CommandError, match="There is no backfill 999"):
        call_command("backfills", cancel=999)
