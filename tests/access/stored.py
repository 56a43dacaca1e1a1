"""Six kinds of people, and something stored for each page and action."""

from datetime import date, timedelta

from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.test import Client
from django_q.models import Schedule, Task

from curtailment.corrected import RecordKey
from curtailment.operations import correct, correct_batch
from mining.models import BitcoinPrice
from mining.operations import load_embedded_epochs
from summaries.long_backfills import start_backfill
from summaries.pipeline import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import proposal
from tests.summaries.factories import NOON

PEOPLE = ("stranger", "reader", "Managers", "Data staff", "Operators", "superuser")


def client_of(name: str) -> Client:
    """A browser of somebody of this kind."""
    client = Client()
    if name == "stranger":
        return client
    if name == "superuser":
        user = User.objects.create_superuser(name)
    else:
        user = User.objects.create_user(name, is_staff=name != "reader")
        if name != "reader":
            user.groups.add(Group.objects.get(name=name))
    client.force_login(user)
    return client


def store_everything() -> None:
    """Rows in every table of the admin but that of the queue."""
    load_embedded_epochs(now=FETCHED)
    add_wind_units()
    lines = {
        1: [stack_line(volume="-600", so_flag=True)],
        2: [stack_line(id="T_MOWEO-1", volume="-1400.125", so_flag=True)],
    }
    store(fetched_day(lines))
    lost = {1: [stack_line(volume="-499", so_flag=True)]}
    store(fetched_day(lost, started_at=FETCHED + timedelta(hours=1)))
    author = User.objects.create_user("author")
    correct(proposal(), author=author, now=FETCHED)
    others = [proposal(RecordKey(DAY, 2, "T_MOWEO-1"))]
    correct_batch(others, author=author, reason="Audit", file_name="audit.csv", now=FETCHED)
    finish_day(DAY, now=FETCHED)
    price = {"price_gbp": 50_000, "quoted_at": NOON, "source": "node"}
    BitcoinPrice.objects.create(date=DAY, **price)
    start_backfill(first=date(2024, 5, 7), last=date(2024, 5, 10), force=False, now=NOON)
    Schedule.objects.create(name="windfall: x", func="math.sqrt", next_run=NOON)
    AccessAttempt.objects.create(username="zaphod", ip_address="192.0.2.1", failures_since_start=5)
    for number, success in ((1, True), (2, False)):
        Task.objects.create(
            id=str(number) * 32,
            name=f"task {number}",
            func="summaries.tasks.finish_day",
            args=(str(DAY),),
            started=NOON,
            stopped=NOON,
            success=success,
        )
