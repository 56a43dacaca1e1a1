"""Telling operators by e-mail: each event once, and again when it comes back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from curtailment.models import IngestionProgress
from curtailment.operations.ledger import fail_attempt, start_attempt
from summaries.models import Notification
from summaries.notifications import NotSent, notify
from summaries.tasks import send_notifications

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 5)
NOW = datetime(2024, 3, 6, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.NOTIFY_EMAILS = ["operator@example.com", "other@example.com"]


def add_day(day=DAY, **facts):
    whole = {"periods_expected": 48, "periods_fetched": 48, "data_state": "final"}
    return IngestionProgress.objects.create(
        settlement_date=day, **whole | {"source": "elexon", "attempt_state": "ok"} | facts
    )


def fail(day=DAY, error="HTTP 503, tried 5 times"):
    start_attempt(day, now=NOW)
    fail_attempt(day, error=error, now=NOW)


def told():
    """What each call tells now."""
    return [trouble.event for trouble in notify(now=NOW)]


def test_nothing_is_sent_or_remembered_unless_switched_on(settings):
    settings.NOTIFY_EMAILS = []
    add_day(verification="differs")
    assert notify(now=NOW) == []
    assert not mail.outbox
    assert not Notification.objects.exists()


def test_a_day_that_fails_three_times_is_told_once():
    fail()
    assert told() == []
    fail()
    assert told() == []
    fail()
    assert told() == ["failed"]
    fail()
    assert told() == []
    (sent,) = mail.outbox
    assert sent.subject == "Windfall: 1 thing needs attention"
    assert sent.body == "2024-03-05 cannot be fetched: HTTP 503, tried 5 times"
    assert sent.to == ["operator@example.com", "other@example.com"]


def test_failures_in_a_row_count_and_not_tries_before_them():
    add_day(attempts=10)
    fail()
    assert told() == []
    fail()
    assert told() == []
    start_attempt(DAY, now=NOW)
    assert told() == [], "nobody knows yet how it ends"
    fail_attempt(DAY, error="HTTP 503", now=NOW)
    assert told() == ["failed"]


def test_a_day_that_was_well_in_between_begins_anew():
    add_day()
    for _ in range(2):
        fail()
        assert told() == []
    IngestionProgress.objects.update(attempt_state="ok", error="")
    assert told() == []
    fail()
    assert told() == []


def test_a_day_that_differs_is_told_once_until_it_was_well():
    add_day(verification="differs")
    assert told() == ["differs"]
    assert told() == []
    IngestionProgress.objects.update(verification="verified")
    assert told() == []
    IngestionProgress.objects.update(verification="differs")
    assert told() == ["differs"]
    assert len(mail.outbox) == 2


def test_data_that_are_older_than_36_hours_are_told_once():
    add_day()
    ended = datetime(2024, 3, 6, tzinfo=UTC)
    assert notify(now=ended + timedelta(hours=36)) == []
    (trouble,) = notify(now=ended + timedelta(hours=36, seconds=1))
    expected = "No day after 2024-03-05 is complete, which is over 36 hours ago."
    assert trouble.sentence == expected
    assert notify(now=ended + timedelta(hours=40)) == []


def test_nobody_waits_for_newer_sample_data():
    add_day(source="sample")
    assert notify(now=NOW + timedelta(days=99)) == []


def test_many_events_are_one_mail():
    for number in range(25):
        add_day(DAY - timedelta(days=number), verification="differs")
    assert len(notify(now=NOW)) == 25
    (sent,) = mail.outbox
    assert sent.subject == "Windfall: 25 things need attention"
    assert len(sent.body.splitlines()) == 21
    assert sent.body.endswith("And 5 more: see the admin's front page.")


def test_what_could_not_be_sent_is_told_the_next_time(settings):
    add_day(verification="differs")
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(NotSent, match="EMAIL_URL fails: ConnectionRefusedError"):
        notify(now=NOW)
    settings.EMAIL_BACKEND = working
    assert told() == ["differs"]


def test_the_task_says_how_many():
    add_day(datetime.now(UTC).date(), verification="differs")
    assert send_notifications() == "Told: 1."
