"""What the database says for Prometheus, and who is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_q.models import Task

from curtailment.models import IngestionProgress
from tests.config.test_metrics import value_of
from tests.summaries.test_day_actions import sign_in

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-this-test"


@pytest.fixture
def read(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def read():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        return answer.content.decode()

    return read


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"]
)
def test_nobody_else_is_told(client, settings, authorization):
    settings.METRICS_TOKEN = TOKEN
    headers = {"Authorization": authorization}
    assert client.get("/metrics", headers=headers).status_code == 403


def test_without_a_token_no_token_is_right(client, settings):
    settings.METRICS_TOKEN = ""
    for authorization in ("Bearer ", "Bearer", ""):
        answer = client.get("/metrics", headers={"Authorization": authorization})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("group", "status"), [("Managers", 403), ("Data staff", 403), ("Operators", 200)]
)
def test_of_the_staff_only_operators(client, group, status):
    assert sign_in(client, group).get("/metrics").status_code == status


def test_an_account_without_staff_status_is_not_told(client):
    client.force_login(User.objects.create_user("reader", is_superuser=True))
    assert client.get("/metrics").status_code == 403


def test_days_are_counted_by_state(read):
    for day, data, attempt in [(1, "final", "ok"), (2, "final", "ok"), (3, "none", "failed")]:
        IngestionProgress.objects.create(
            settlement_date=date(2024, 3, day),
            periods_expected=48,
            periods_fetched=48,
            data_state=data,
            attempt_state=attempt,
            source="elexon",
        )
    text = read()
    assert value_of(text, "windfall_days", data_state="final", attempt_state="ok") == 2
    assert value_of(text, "windfall_days", data_state="none", attempt_state="failed") == 1
    age = (timezone.now() - datetime(2024, 3, 3, tzinfo=UTC)).total_seconds()
    assert value_of(text, "windfall_data_age_seconds") == pytest.approx(age, abs=60)


def test_no_age_is_told_while_no_day_is_complete(read):
    assert "windfall_data_age_seconds" not in read()


def test_tasks_are_told_by_function(read):
    ended = datetime(2024, 3, 5, 12, tzinfo=UTC)
    for number, success in enumerate([True, True, False]):
        Task.objects.create(
            id=f"task-{number}",
            name=f"task {number}",
            func="summaries.tasks.refresh_day",
            started=ended,
            stopped=ended + timedelta(minutes=number),
            success=success,
        )
    text = read()
    task = {"task": "summaries.tasks.refresh_day"}
    assert value_of(text, "windfall_tasks_failed", **task) == 1
    newest = (ended + timedelta(minutes=1)).timestamp()
    assert value_of(text, "windfall_task_success_seconds", **task) == newest
    assert value_of(text, "windfall_tasks_queued") == 0
