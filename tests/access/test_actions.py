"""Every action changes something for exactly those whom the table names, and for nobody else.

Each is tried by each kind of person, with whatever it needs to succeed: state of a record and
sealed upload are those that somebody with permission would have got.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django_q.models import Failure, OrmQ, Schedule, Success

from curtailment.correction_queries import read_one
from curtailment.models import Backfill, Correction, CorrectionBatch, SuspectDay
from tests.access.stored import PEOPLE, client_of
from tests.access.table import DATA_STAFF, NOBODY, OPERATORS, STAFF, SUPERUSER, TABLES
from tests.curtailment.days import DAY
from tests.curtailment.proposals import KEY, state_of, state_of_batch
from tests.summaries.correcting.test_uploads import GOOD, csv_of
from tests.summaries.correcting.test_views import FIGURES, hidden_fields
from tests.summaries.test_miner_admin import NEW

pytestmark = pytest.mark.django_db

ADMIN = "/admin/"
PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class Action:
    """What is sent where, and who may; `data` is made while all is as it was stored."""

    permitted: frozenset[str]
    address: str | Callable[[], str]
    data: Callable[[], dict[str, Any]] | dict[str, Any]

    def try_as(self, client: Client) -> int:
        address = self.address if isinstance(self.address, str) else self.address()
        data = self.data if isinstance(self.data, dict) else self.data()
        return client.post(f"{ADMIN}{address}", data).status_code


def page_of(model, part):
    """The address of a page of the first row of a table of the admin."""
    meta = model._meta
    return lambda: f"{meta.app_label}/{meta.model_name}/{model.objects.first().pk}/{part}/"


def ticked(name, model):
    """What a list sends, with all rows ticked."""
    return lambda: {
        "action": name,
        "_selected_action": [str(pk) for pk in model.objects.values_list("pk", flat=True)],
        # The confirmation that Django asks for before it deletes.
        "post": "yes",
    }


def sealed():
    """The upload as it was previewed by somebody who may."""
    operator = client_of("Operators")
    row = GOOD | {"settlement_period": "7"}
    preview = operator.post(
        f"{ADMIN}corrections/upload/", {"file": csv_of(row), "reason": "Audit of March"}
    )
    User.objects.filter(username="Operators").delete()
    return hidden_fields(preview)


def steering(name):
    return Action(OPERATORS, "curtailment/backfill/", ticked(f"{name}_backfills", Backfill))


def of_day(name):
    return Action(OPERATORS, f"days/{DAY}/{name}/", {})


def of_days(name):
    data = {"action": f"{name}_days", "_selected_action": [str(DAY)]}
    return Action(OPERATORS, "curtailment/ingestionprogress/", data)


def decision(name):
    return Action(
        DATA_STAFF,
        lambda: f"suspects/{SuspectDay.objects.get().pk}/",
        {"decision": name, "reason": "Checked."},
    )


def new_password():
    return {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}


DELETE = {"post": "yes"}
WHEN = {"repeats": "7", "next_run_0": "2027-01-01", "next_run_1": "10:00"}
ACTIONS = {
    "correct a record": Action(
        DATA_STAFF,
        f"corrections/records/{DAY}/1/T_SGRWO-1/",
        lambda: FIGURES | {"step": "save", "seen": read_one(KEY).state},
    ),
    "withdraw a correction": Action(
        DATA_STAFF,
        lambda: f"corrections/{Correction.objects.get(batch=None).pk}/withdraw/",
        lambda: {
            "step": "save",
            "reason": "Wrong",
            "seen": state_of(Correction.objects.get(batch=None)),
        },
    ),
    "withdraw a batch": Action(
        DATA_STAFF,
        lambda: f"corrections/batches/{CorrectionBatch.objects.get().pk}/withdraw/",
        lambda: {
            "step": "save",
            "reason": "Wrong",
            "seen": state_of_batch(CorrectionBatch.objects.get().pk),
        },
    ),
    "accept a suspect answer": decision("accept"),
    "reject a suspect answer": decision("reject"),
    "fetch a day": of_day("refresh"),
    "recalculate a day": of_day("recalculate"),
    "verify a day": of_day("verify"),
    "fetch ticked days": of_days("refresh"),
    "recalculate ticked days": of_days("recalculate"),
    "verify ticked days": of_days("verify"),
    "fetch a range again": Action(
        OPERATORS, "refetch/", {"first": str(DAY), "last": str(DAY), "every": "on"}
    ),
    "start a backfill": Action(
        OPERATORS, "start-backfill/", {"first": "2024-05-07", "last": "2024-05-10"}
    ),
    "pause backfills": steering("pause"),
    "cancel backfills": steering("cancel"),
    "switch scheduled fetching": Action(OPERATORS, "scheduled-fetching/", {"switch": "on"}),
    "clear the report cache": Action(OPERATORS, "report-cache/", {}),
    "move a schedule": Action(OPERATORS, page_of(Schedule, "change"), WHEN),
    "name a farm": Action(
        DATA_STAFF,
        "curtailment/bmunit/T_SGRWO-1/change/",
        {"farm_name": "Seagreen", "staff_is_wind": "unknown"},
    ),
    "add a miner model": Action(OPERATORS, "mining/minermodel/add/", NEW | {"recalculate": "on"}),
    "change a miner model": Action(
        OPERATORS, "mining/minermodel/S9/change/", NEW | {"recalculate": "on"}
    ),
    "do ticked failures again": Action(
        OPERATORS, "django_q/failure/", ticked("resubmit_task", Failure)
    ),
    "do ticked successes again": Action(
        OPERATORS, "django_q/success/", ticked("resubmit_task", Success)
    ),
    "take a task from the queue": Action(SUPERUSER, page_of(OrmQ, "delete"), DELETE),
    "forget a failure": Action(SUPERUSER, page_of(Failure, "delete"), DELETE),
    "let somebody in again": Action(OPERATORS, page_of(AccessAttempt, "delete"), DELETE),
    "let all ticked in again": Action(
        OPERATORS, "axes/accessattempt/", ticked("delete_selected", AccessAttempt)
    ),
    "add an account": Action(
        SUPERUSER, "auth/user/add/", lambda: {"username": "eve", **new_password()}
    ),
    "change another's password": Action(
        SUPERUSER,
        lambda: f"auth/user/{User.objects.get(username='author').pk}/password/",
        new_password,
    ),
    "delete an account": Action(
        # Its corrections name their author, so not even a superuser may.
        NOBODY,
        lambda: f"auth/user/{User.objects.get(username='author').pk}/delete/",
        DELETE,
    ),
    "add a group": Action(SUPERUSER, "auth/group/add/", {"name": "Eves"}),
    "change one's own password": Action(
        STAFF,
        "password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": f"{PASSWORD}2",
            "new_password2": f"{PASSWORD}2",
        },
    ),
}


# What an answer may write of the asking itself: the session, and the admin's note of a change.
BESIDE_THE_POINT = ("django_session", "django_admin_log")
SQL_FOR_WRITES = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)
"""


def count_writes():
    """Rows that this transaction wrote so far, those that were taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_WRITES, [list(BESIDE_THE_POINT)])
        return cursor.fetchone()[0]


@pytest.fixture
def has_effect(django_capture_on_commit_callbacks):
    """Whether an action so much as tries to write; afterwards all is as before."""

    def has_effect(client, action):
        cookies = deepcopy(client.cookies)
        with transaction.atomic():
            before = count_writes()
            with django_capture_on_commit_callbacks(execute=True):
                status = action.try_as(client)
            wrote = count_writes() > before
            transaction.set_rollback(True)
        # A new session is gone too.
        client.cookies = cookies
        assert status < 500
        return wrote

    return has_effect


@pytest.fixture
def person(request, stored):
    """Somebody with a password, and a browser that is signed in."""
    client = client_of(request.param)
    for user in User.objects.filter(username=request.param):
        user.set_password(PASSWORD)
        user.save()
        client.force_login(user)
    return request.param, client


def people(*names):
    return pytest.mark.parametrize("person", names, indirect=True)


# Others get past no page of the admin: test_pages.py.
PEOPLE_OF_THE_ADMIN = ("Data staff", "Operators", "superuser")


@people(*PEOPLE)
def test_actions_succeed_for_exactly_these(person, has_effect):
    who, client = person
    found = {name: has_effect(client, action) for name, action in ACTIONS.items()}
    assert found == {name: who in action.permitted for name, action in ACTIONS.items()}


@people("stranger", "Managers", "Data staff", "superuser")
def test_a_sealed_upload_is_worth_nothing_in_other_hands(person, has_effect):
    _, client = person
    assert not has_effect(client, Action(NOBODY, "corrections/upload/", sealed()))


@people(*PEOPLE_OF_THE_ADMIN)
def test_rows_are_deleted_from_lists_by_superusers_only(person, has_effect):
    who, client = person
    found = {}
    for model in admin.site._registry:
        address = f"{model._meta.app_label}/{model._meta.model_name}/"
        action = Action(NOBODY, address, ticked("delete_selected", model))
        found[model._meta.label_lower] = has_effect(client, action)
    # Accounts and groups are in use: all of them at once nobody can delete, but see TABLES.
    found.pop("auth.user")
    assert found == {
        label: who in permitted[3] for label, permitted in TABLES.items() if label != "auth.user"
    }


@people(*PEOPLE_OF_THE_ADMIN)
def test_what_may_not_be_changed_is_not_by_sending_it_all_the_same(person, has_effect):
    """A form with every field of the table, sent to where a row is changed or added."""
    who, client = person
    wrong = {}
    for model in admin.site._registry:
        label = model._meta.label_lower
        row = model._default_manager.first()
        everything = {field.name: "1" for field in model._meta.fields}
        _, may_add, may_change, _ = TABLES[label]
        stem = f"{model._meta.app_label}/{model._meta.model_name}"
        for part, permitted in ((f"{row.pk}/change/", may_change), ("add/", may_add)):
            if who not in permitted:
                action = Action(permitted, f"{stem}/{part}", everything)
                wrong[label, part] = has_effect(client, action)
    assert wrong and not any(wrong.values())


def test_an_operator_cannot_send_fields_that_the_form_does_not_show(stored):
    """Mass assignment: what stands in no form is left as it is."""
    client = client_of("Operators")
    more = {
        "elexon_bmu_id": "T_EVIL-1",
        "register_is_wind": "",
        "is_wind": "",
        "name": "Evil",
        "lead_party_name": "Evil",
        "capacity_mw": "999999",
        "source": "elexon",
    }
    data = {"farm_name": "Seagreen", "staff_is_wind": "unknown"} | more
    client.post("/admin/curtailment/bmunit/T_SGRWO-1/change/", data)
    unit = apps.get_model("curtailment.BMUnit").objects.get(pk="T_SGRWO-1")
    assert (unit.farm_name, unit.name, unit.lead_party_name) == (
        "Seagreen",
        "Farm T_SGRWO-1",
        "A Company",
    )
    assert unit.register_is_wind and unit.capacity_mw is None
    client.post("/admin/mining/minermodel/S9/change/", NEW | {"key": "EVIL", "recalculate": "on"})
    assert apps.get_model("mining.MinerModel").objects.filter(pk="S9").exists()
    assert not apps.get_model("mining.MinerModel").objects.filter(pk="EVIL").exists()


@people("superuser")
def test_nothing_is_done_by_an_address_alone(person, has_effect):
    """A link or a picture of another site cannot act: GET changes nothing."""
    _, client = person

    @dataclass(frozen=True)
    class Get(Action):
        def try_as(self, client: Client) -> int:
            address = self.address if isinstance(self.address, str) else self.address()
            data = self.data if isinstance(self.data, dict) else self.data()
            return client.get(f"{ADMIN}{address}", data).status_code

    acted = {
        name: has_effect(client, Get(NOBODY, action.address, action.data))
        for name, action in ACTIONS.items()
    }
    assert not any(acted.values()), acted
