"""What runs by itself: declared once, applied again and again, at London's times."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pydoc import locate
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from summaries.schedules import PREFIX, SCHEDULES, sync_schedules

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 11, 8, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def declared_names():
    return {PREFIX + declared.name for declared in SCHEDULES}


def schedule(words):
    return Schedule.objects.get(name__contains=words)


def test_schedules_are_there_after_migrate():
    assert set(Schedule.objects.values_list("name", flat=True)) == declared_names()
    Schedule.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert set(Schedule.objects.values_list("name", flat=True)) == declared_names()


def test_schedules_are_applied_once_and_others_left_alone():
    Schedule.objects.create(name="somebody's own", func="math.sqrt")
    Schedule.objects.create(name="windfall: gone", func="math.sqrt")
    Schedule.objects.filter(name__contains="stale").update(repeats=0, func="math.sqrt")
    before = schedule("stale")
    out = StringIO()
    call_command("sync_schedules", stdout=out)
    after = schedule("stale")
    assert (after.pk, after.next_run, after.repeats) == (before.pk, before.next_run, 0)
    assert after.func == "summaries.tasks.finish_stale_days"
    names = set(Schedule.objects.values_list("name", flat=True))
    assert names == declared_names() | {"somebody's own"}
    assert "Scheduled fetching is off" in out.getvalue()


def test_every_declared_task_exists():
    sync_schedules(now=NOW)
    for func in Schedule.objects.values_list("func", flat=True):
        assert callable(locate(func)), func


@pytest.mark.parametrize("year_day", [(2024, 3, 28), (2024, 10, 24)])
def test_a_time_of_day_stays_london_s_when_clocks_change(year_day):
    Schedule.objects.all().delete()
    sync_schedules(now=datetime(*year_day, 12, tzinfo=UTC))
    for words, time in (("reconcile", "02:30"), ("verify", "04:30"), ("Mondays", "06:00")):
        row = schedule(words)
        runs = [row.next_run]
        while len(runs) < 8:
            runs.append(row.calculate_next_run(runs[-1]))
        assert {f"{run.astimezone(LONDON):%H:%M}" for run in runs} == {time}
        assert len({run.astimezone(LONDON).date() for run in runs}) == 8
        if words == "Mondays":
            assert {run.astimezone(LONDON).weekday() for run in runs} == {0}


def test_partitions_are_created_on_the_first_of_each_month():
    Schedule.objects.all().delete()
    sync_schedules(now=NOW)
    row = schedule("partitions")
    runs = [row.next_run]
    while len(runs) < 9:
        runs.append(row.calculate_next_run(runs[-1]))
    local = [run.astimezone(LONDON) for run in runs]
    assert {(run.day, run.hour) for run in local} == {(1, 5)}
    assert [run.month for run in local] == [7, 8, 9, 10, 11, 12, 1, 2, 3]


def test_a_new_schedule_that_repeats_runs_at_once():
    Schedule.objects.all().delete()
    sync_schedules(now=NOW)
    assert schedule("due").next_run == NOW
    assert schedule("due").calculate_next_run(NOW) == NOW + timedelta(minutes=15)
