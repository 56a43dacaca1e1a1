"""Operators hand days to the cluster; others may not, and each sees how far it is."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task

from curtailment.models import IngestionProgress
from summaries.background import enqueue_days
from summaries.day_actions import MOST_DAYS
from summaries.queries.work import TaskState, read_work

pytestmark = pytest.mark.django_db

LEDGER = "/admin/curtailment/ingestionprogress/"
DAY = date(2024, 3, 5)
TASKS = {"refresh": "refresh_day", "recalculate": "finish_day", "verify": "verify_day"}


@pytest.fixture(autouse=True)
def ledger():
    for number in range(3):
        store(DAY + timedelta(days=number))


def store(day, **columns):
    columns = {"data_state": "final", "source": "elexon", "periods_fetched": 48} | columns
    IngestionProgress.objects.create(settlement_date=day, periods_expected=48, **columns)


def sign_in(client, group, *, is_staff=True):
    user = User.objects.create(username=group, is_staff=is_staff)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


@pytest.fixture
def operator(client):
    return sign_in(client, "Operators")


def queued():
    return [(row.task["func"], *row.args()) for row in OrmQ.objects.order_by("pk")]


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- From the page of a day -------------------------------------------------------------------


@pytest.mark.parametrize("name", TASKS)
def test_a_day_is_handed_to_the_cluster(operator, committing, name):
    with committing():
        answer = operator.post(f"/admin/days/{DAY}/{name}/", follow=True)
    assert answer.redirect_chain == [(f"{LEDGER}{DAY}/change/", 302)]
    assert queued() == [(f"summaries.tasks.{TASKS[name]}", str(DAY))]
    (work,) = {row.group() for row in OrmQ.objects.all()}
    assert f"/admin/tasks/{work}/" in answer.content.decode()


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("group", ["Data staff", "Managers"])
def test_only_operators_hand_days_over(client, committing, name, group):
    with committing():
        answer = sign_in(client, group).post(f"/admin/days/{DAY}/{name}/")
    assert answer.status_code == 403
    assert queued() == []


@pytest.mark.parametrize("name", TASKS)
def test_who_is_no_staff_is_asked_to_sign_in(client, committing, name):
    for reader in (Client(), sign_in(client, "Operators", is_staff=False)):
        with committing():
            answer = reader.post(f"/admin/days/{DAY}/{name}/")
        assert answer.status_code == 302
        assert answer.url.startswith("/admin/login/")
    assert queued() == []


def test_an_address_or_another_site_starts_nothing(operator):
    assert operator.get(f"/admin/days/{DAY}/refresh/").status_code == 405
    strict = sign_in(Client(enforce_csrf_checks=True), "Data staff")
    assert strict.post(f"/admin/days/{DAY}/refresh/").status_code == 403
    assert queued() == []


@pytest.mark.parametrize("address", [f"{DAY}/delete", "2020-01-01/refresh", "yesterday/refresh"])
def test_what_does_not_exist_is_not_found(operator, address):
    assert operator.post(f"/admin/days/{address}/").status_code == 404


def test_buttons_are_those_that_one_may_use(client, operator):
    page = f"{LEDGER}{DAY}/change/"
    assert operator.get(page).content.decode().count(f"/admin/days/{DAY}/") == 3
    assert f"/admin/days/{DAY}/" not in sign_in(Client(), "Data staff").get(page).content.decode()


# --- From the list ----------------------------------------------------------------------------


def tick(client, name, days, **more):
    data = {"action": f"{name}_days", "_selected_action": [str(day) for day in days], **more}
    return client.post(LEDGER, data, follow=True)


@pytest.mark.parametrize("name", TASKS)
def test_ticked_days_are_one_piece_of_work(operator, committing, name):
    with committing():
        answer = tick(operator, name, [DAY, DAY + timedelta(days=2)])
    task = f"summaries.tasks.{TASKS[name]}"
    assert queued() == [(task, "2024-03-05"), (task, "2024-03-07")]
    (work,) = {row.group() for row in OrmQ.objects.all()}
    assert f"/admin/tasks/{work}/" in answer.content.decode()
    assert "2 days" in answer.content.decode()


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("group", ["Data staff", "Managers"])
def test_others_cannot_have_ticked_days_handed_over(client, committing, name, group):
    with committing():
        answer = tick(sign_in(client, group), name, [DAY])
    assert answer.status_code == (200 if group == "Data staff" else 403)
    assert queued() == []


def test_too_many_days_are_refused_whole(operator, committing):
    for number in range(3, MOST_DAYS + 1):
        store(DAY + timedelta(days=number))
    with committing():
        answer = tick(operator, "refresh", [DAY], select_across="1")
    assert queued() == []
    assert f"at most {MOST_DAYS} days at once" in answer.content.decode()


def test_a_day_without_data_is_fetched_but_not_recalculated(operator, committing):
    none = DAY - timedelta(days=1)
    store(none, data_state="none", source="", periods_fetched=0)
    with committing():
        answer = tick(operator, "recalculate", [none, DAY])
        tick(operator, "refresh", [none])
    assert queued() == [
        ("summaries.tasks.finish_day", str(DAY)),
        ("summaries.tasks.refresh_day", str(none)),
    ]
    assert "Days that have no data were left out: 1" in answer.content.decode()


# --- How far it is ----------------------------------------------------------------------------


def finish(row, *, success, result):
    task = row.task
    Task.objects.create(
        id=task["id"],
        name=task["name"],
        func=task["func"],
        args=task["args"],
        group=task["group"],
        started=timezone.now(),
        stopped=timezone.now(),
        success=success,
        result=result,
    )


@pytest.fixture
def work(committing):
    with committing():
        return enqueue_days("refresh_day", [DAY, DAY + timedelta(days=1)])


def states(work):
    return [(status.name, status.state) for status in read_work(work, now=timezone.now())]


def test_work_is_queued_then_running_then_over(work):
    first, second = OrmQ.objects.order_by("pk")
    assert states(work) == [
        ("refresh day 2024-03-05", TaskState.QUEUED),
        ("refresh day 2024-03-06", TaskState.QUEUED),
    ]
    OrmQ.objects.filter(pk=first.pk).update(lock=timezone.now() + timedelta(minutes=20))
    assert [state for _, state in states(work)] == [TaskState.RUNNING, TaskState.QUEUED]
    # Its result is stored before it leaves the queue.
    finish(first, success=True, result="2024-03-05 written")
    assert [state for _, state in states(work)] == [TaskState.DONE, TaskState.QUEUED]
    first.delete()
    second.delete()
    finish(second, success=False, result="Elexon <b>is</b> away : Traceback (most recent call")
    assert [state for _, state in states(work)] == [TaskState.DONE, TaskState.FAILED]


def test_the_page_reads_itself_anew_until_the_work_is_over(client, work):
    staff = sign_in(client, "Data staff")
    address = f"/admin/tasks/{work}/"
    assert 'http-equiv="refresh"' in staff.get(address).content.decode()
    for row in OrmQ.objects.all():
        finish(row, success=False, result="Elexon <b>is</b> away : Traceback (most recent call")
        row.delete()
    html = staff.get(address).content.decode()
    assert 'http-equiv="refresh"' not in html
    assert "Elexon &lt;b&gt;is&lt;/b&gt; away" in html
    assert "Traceback" not in html


def test_work_that_nobody_knows_is_not_found(client):
    answer = sign_in(client, "Data staff").get("/admin/tasks/unknown/")
    assert answer.status_code == 404
    assert "Nothing is known of this work" in answer.content.decode()


def test_work_is_shown_to_staff_only(client, work):
    assert client.get(f"/admin/tasks/{work}/").status_code == 302


def test_an_operator_moves_a_schedule_but_not_what_it_runs(operator):
    schedule = Schedule.objects.create(name="windfall: x", func="math.sqrt")
    address = f"/admin/django_q/schedule/{schedule.pk}/change/"
    answer = operator.post(
        address,
        {"func": "os.system", "repeats": "5", "next_run_0": "2026-12-01", "next_run_1": "10:00"},
    )
    assert answer.status_code == 302
    schedule.refresh_from_db()
    assert (schedule.func, schedule.repeats) == ("math.sqrt", 5)
    assert operator.get("/admin/django_q/schedule/add/").status_code == 403
