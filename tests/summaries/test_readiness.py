"""What stands behind the pages, as the readiness page tells it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import Schedule

from curtailment.models import IngestionProgress
from curtailment.partitions import ensure_partitions
from summaries.queries.cluster import PATIENCE, read_heartbeat
from summaries.queries.freshness import age_of, read_newest_complete_date

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
def line_of(client):
    def line_of(name):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
        return lines[name]

    return line_of


def add_day(day, **facts):
    expected = {"periods_expected": 48, "periods_fetched": 48, "source": "elexon"}
    IngestionProgress.objects.create(settlement_date=day, **expected | facts)


def test_partitions_of_the_coming_year_are_asked_for(line_of):
    year = timezone.now().year
    # `migrate` has made them.
    assert line_of("partitions") == f"ok (to {year + 1})"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE curtailment_records_{year + 1}")
    assert line_of("partitions") == f"warning: none of {year + 1}: run manage.py partitions"
    ensure_partitions([year + 1])
    assert line_of("partitions").startswith("ok (to ")


def test_a_cluster_that_works_moves_its_schedules():
    Schedule.objects.all().delete()
    assert not read_heartbeat(now=NOW).is_there
    Schedule.objects.create(func="math.sqrt", repeats=0, next_run=NOW - timedelta(days=9))
    assert read_heartbeat(now=NOW).schedule_count == 0
    Schedule.objects.create(func="math.sqrt", repeats=-1, next_run=NOW - PATIENCE)
    assert read_heartbeat(now=NOW).is_there
    later = read_heartbeat(now=NOW + timedelta(seconds=1))
    assert later.overdue_since == NOW - PATIENCE


def test_a_cluster_that_is_gone_is_a_warning(line_of):
    Schedule.objects.all().delete()
    assert line_of("cluster") == "warning: no schedule is on: run manage.py sync_schedules"
    Schedule.objects.create(func="math.sqrt", repeats=-1, next_run=NOW)
    assert line_of("cluster") == "warning: nobody works since 2024-06-03 12:00 UTC"
    Schedule.objects.update(next_run=timezone.now())
    assert line_of("cluster") == "ok"


def test_the_newest_complete_day_is_neither_running_nor_a_sample():
    assert read_newest_complete_date() is None
    add_day(date(2024, 6, 1), data_state="final")
    add_day(date(2024, 6, 2), data_state="provisional")
    add_day(date(2024, 6, 3), data_state="running_day")
    add_day(date(2024, 6, 4), data_state="final", source="sample")
    assert read_newest_complete_date() == date(2024, 6, 2)
    # It ended at midnight in London, in summer 23:00 UTC.
    assert age_of(date(2024, 6, 2), now=NOW) == timedelta(hours=13)


def test_old_data_are_a_warning_and_sample_data_never_old(line_of):
    assert line_of("newest complete day") == "warning: no day is complete yet"
    add_day(date(2024, 6, 1), data_state="final", source="sample")
    assert line_of("newest complete day") == "ok (sample data only)"
    add_day(date(2024, 6, 2), data_state="final")
    assert line_of("newest complete day").startswith("warning: 2024-06-02, over for ")
    add_day(timezone.now().date() - timedelta(days=1), data_state="final")
    assert line_of("newest complete day").startswith("ok (")


def test_a_process_without_a_pool_says_so(line_of):
    assert line_of("pool") == "ok (none in this process)"
