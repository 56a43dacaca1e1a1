"""A unit that staff say is wind, or is not: its days wait to be fetched again, and say so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_q.models import OrmQ

from curtailment.models import BMUnit, CurtailmentRecord, IngestionProgress
from curtailment.operations import mark_for_refetch
from curtailment.operations.classification import LONGEST_FETCH
from mining.operations import load_embedded_epochs
from summaries.pipeline import Status, refresh_day
from summaries.refetch_page import MOST_DAYS
from tests.curtailment.days import FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.summaries.factories import Rec, make_unit, store_day
from tests.summaries.test_day_actions import sign_in

pytestmark = pytest.mark.django_db

DAYS = [date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)]
REFETCH = "/admin/refetch/"
SEEN = FETCHED + timedelta(days=30)
LATER = SEEN + timedelta(days=1)


@pytest.fixture(autouse=True)
def days():
    store_day(DAYS[0], [Rec("T_A-1", 1, ("10", "500"))], fetch_started_at=FETCHED)
    store_day(DAYS[1], [Rec("T_B-1", 1, ("10", "500"))], fetch_started_at=SEEN)
    store_day(DAYS[2], [Rec("T_A-1", 1, ("10", "500"))], source="sample", fetch_started_at=SEEN)


@pytest.fixture
def operator(client):
    return sign_in(client, "Operators")


def unit(bmu_id, **columns):
    return make_unit(bmu_id, first_seen_at=SEEN, **columns)


def say(client, bmu_id, is_wind):
    address = f"/admin/curtailment/bmunit/{bmu_id.replace('_', '_5F')}/change/"
    return client.post(address, {"farm_name": "", "staff_is_wind": is_wind}, follow=True)


def waiting():
    days = IngestionProgress.objects.filter(refetch_since__isnull=False)
    return list(days.order_by("pk").values_list("pk", flat=True))


def test_a_unit_that_is_wind_no_more_concerns_the_days_with_its_records(operator):
    answer = say(operator, "T_A-1", "false")
    assert waiting() == [DAYS[0]]
    assert REFETCH in answer.content.decode()
    assert IngestionProgress.objects.get(pk=DAYS[0]).refetch_reason == (
        "T_A-1 was said to be not wind."
    )


def test_who_may_not_have_days_fetched_is_told_whom_to_ask(client):
    answer = say(sign_in(client, "Data staff"), "T_A-1", "false")
    assert waiting() == [DAYS[0]]
    assert "Ask an operator" in answer.content.decode()
    assert REFETCH not in answer.content.decode()


def test_a_unit_that_is_wind_concerns_the_days_fetched_since_it_was_first_seen(operator):
    unit("T_NEW-1", register_is_wind=None, source="stack")
    say(operator, "T_NEW-1", "true")
    assert waiting() == [DAYS[1]]


@pytest.mark.parametrize(
    ("ahead", "marked_days"),
    [(LONGEST_FETCH, DAYS[:2]), (LONGEST_FETCH + timedelta(seconds=1), DAYS[1:2])],
)
def test_a_fetch_that_ran_when_the_unit_was_noted_may_have_had_it(operator, ahead, marked_days):
    IngestionProgress.objects.filter(pk=DAYS[0]).update(fetch_started_at=SEEN - ahead)
    unit("T_NEW-1", register_is_wind=None, source="stack")
    say(operator, "T_NEW-1", "true")
    assert waiting() == marked_days


def refetch_with(bmu_id, *, at):
    store(fetched_day({1: [stack_line(id=bmu_id, so_flag=True)]}, started_at=at))


def records_of(bmu_id):
    return CurtailmentRecord.objects.filter(bmu=bmu_id, settlement_date=DAYS[1]).count()


def test_a_new_unit_in_a_historical_backfill_concerns_the_day_of_its_stack(operator):
    IngestionProgress.objects.filter(pk=DAYS[1]).delete()
    refetch_with("T_NEW-1", at=LATER)
    assert BMUnit.objects.get(pk="T_NEW-1").first_seen_at == LATER
    say(operator, "T_NEW-1", "true")
    assert waiting() == [DAYS[1]]
    refetch_with("T_NEW-1", at=timezone.now())
    assert (waiting(), records_of("T_NEW-1")) == ([], 1)


def test_a_mistaken_mark_that_is_undone_brings_the_unit_back(operator):
    unit("T_OLD-1", register_is_wind=True)
    refetch_with("T_OLD-1", at=LATER)
    say(operator, "T_OLD-1", "false")
    refetch_with("T_OLD-1", at=timezone.now())
    assert (waiting(), records_of("T_OLD-1")) == ([], 0)
    say(operator, "T_OLD-1", "unknown")
    assert waiting() == [DAYS[1]]
    refetch_with("T_OLD-1", at=timezone.now())
    assert (waiting(), records_of("T_OLD-1")) == ([], 1)


@pytest.mark.parametrize(("register", "said"), [(True, "true"), (False, "false"), (None, "false")])
def test_a_word_that_changes_nothing_concerns_no_day(operator, register, said):
    unit("T_NEW-1", register_is_wind=register)
    say(operator, "T_NEW-1", said)
    assert BMUnit.objects.get(pk="T_NEW-1").staff_is_wind == (said == "true")
    assert waiting() == []


def test_reports_say_that_days_wait(client):
    before = client.get(f"/reports/daily/{DAYS[0]}/").content.decode()
    mark_for_refetch([DAYS[0]], reason="A unit.", now=timezone.now())
    for address in (f"/reports/daily/{DAYS[0]}/", "/reports/monthly/2024-03/", "/farms/T_A-1/"):
        assert "To be fetched again" in client.get(address).content.decode()
    assert "To be fetched again" not in before


def test_who_waits_is_a_change_that_readers_see(client):
    before = IngestionProgress.objects.get(pk=DAYS[0]).revision
    mark_for_refetch([DAYS[0]], reason="A unit.", now=timezone.now())
    assert IngestionProgress.objects.get(pk=DAYS[0]).revision > before


@pytest.mark.parametrize(("minutes", "waits"), [(-1, False), (0, False), (1, True)])
def test_only_an_answer_that_was_fetched_afterwards_will_do(minutes, waits):
    IngestionProgress.objects.all().delete()
    add_wind_units()
    lines = {1: [stack_line(volume="-10", so_flag=True)]}
    store(fetched_day(lines))
    mark_for_refetch([DAYS[1]], reason="A unit.", now=FETCHED + timedelta(minutes=minutes))
    store(fetched_day(lines))
    assert (waiting() == [DAYS[1]]) is waits


def test_a_final_day_that_waits_is_fetched_without_force(elexon_stub, elexon_client):
    add_wind_units()
    load_embedded_epochs(now=timezone.now())
    elexon_stub.add_day(DAYS[1])
    mark_for_refetch([DAYS[1]], reason="A unit.", now=timezone.now())

    def refresh():
        with ThreadPoolExecutor(4) as executor:
            return refresh_day(
                DAYS[1], source=elexon_client, executor=executor, clock=timezone.now
            ).status

    assert refresh() == Status.WRITTEN
    assert waiting() == []
    assert refresh() == Status.SKIPPED


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def marked():
    mark_for_refetch(DAYS, reason="A unit.", now=timezone.now())
    assert waiting() == DAYS[:2]


def ask(client, first, last, **more):
    return client.post(REFETCH, {"first": first, "last": last, **more})


def queued():
    return [row.args() for row in OrmQ.objects.order_by("pk")]


def test_days_that_wait_are_proposed_and_handed_over(
    operator, marked, django_capture_on_commit_callbacks
):
    form = operator.get(REFETCH).context["form"]
    assert form.initial == {"first": DAYS[0], "last": DAYS[1]}
    with django_capture_on_commit_callbacks(execute=True):
        answer = ask(operator, "2024-03-05", "2024-03-31")
    assert queued() == [("2024-03-05",)]
    assert answer.url.startswith("/admin/tasks/")


def test_every_stored_day_of_a_range_can_be_asked_for(operator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ask(operator, "2024-03-01", "2024-03-31", every="on")
    assert queued() == [("2024-03-04",), ("2024-03-05",)]


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("x", "2024-03-05", "From is not a date. Write it as YYYY-MM-DD."),
        ("", "2024-03-05", "Give the date From."),
        ("2024-03-05", "2024-03-04", "is before From"),
        ("2023-01-01", "2024-03-04", "manage.py backfill --from 2023-01-01 --to 2024-03-04"),
        ("2025-01-01", "2025-01-02", "No such day is in that range"),
    ],
)
def test_what_cannot_be_done_is_said(operator, marked, first, last, sentence):
    answer = ask(operator, first, last)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert queued() == []


def test_more_days_than_fit_are_proposed_in_part(operator):
    mark_for_refetch([DAYS[0]], reason="A unit.", now=timezone.now())
    later = DAYS[0] + timedelta(days=100)
    store_day(later, [], refetch_since=timezone.now())
    last = DAYS[0] + timedelta(days=MOST_DAYS - 1)
    assert operator.get(REFETCH).context["form"].initial == {"first": DAYS[0], "last": last}


def test_only_operators_have_days_fetched(client, marked):
    assert ask(client, "2024-03-04", "2024-03-05").url.startswith("/admin/login/")
    staff = sign_in(client, "Data staff")
    assert staff.get(REFETCH).status_code == 403
    assert ask(staff, "2024-03-04", "2024-03-05").status_code == 403
    client.force_login(User.objects.create(username="reader"))
    assert ask(client, "2024-03-04", "2024-03-05").status_code == 302
    assert queued() == []


def test_a_farm_is_given_no_longer_name_than_the_register_would(operator):
    address = "/admin/curtailment/bmunit/T_5FA-1/change/"
    for length, status in ((200, 302), (201, 200)):
        answer = operator.post(address, {"farm_name": "x" * length, "staff_is_wind": "unknown"})
        assert answer.status_code == status
    assert "at most 200 characters" in answer.content.decode()
    assert BMUnit.objects.get(pk="T_A-1").farm_name == "x" * 200
