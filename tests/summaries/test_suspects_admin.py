"""The admin's page of a suspect answer: who may decide, what they see, and what follows."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django_q.models import OrmQ

from curtailment.models import IngestionProgress, SuspectDay
from curtailment.operations.suspects import accept
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspect(db):
    add_wind_units()
    lines = {
        1: [stack_line(volume="-600", so_flag=True)],
        2: [stack_line(id="T_MOWEO-1", volume="-1400.125")],
    }
    store(fetched_day(lines))
    lost = {1: [stack_line(volume="-499", so_flag=True)]}
    store(fetched_day(lost, started_at=FETCHED + timedelta(hours=1)))
    return SuspectDay.objects.get()


def person(name, *permissions, **columns):
    user = User.objects.create(username=name, **({"is_staff": True} | columns))
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def ada(client):
    user = person("ada", "decide_suspectday", "view_suspectday")
    client.force_login(user)
    return user


def address(suspect):
    return f"/admin/suspects/{suspect.pk}/"


def decide(client, suspect, decision="accept", reason="Checked."):
    return client.post(address(suspect), {"decision": decision, "reason": reason}, follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def queued():
    return [(task.task["func"], task.task["args"]) for task in OrmQ.objects.all()]


def test_it_shows_the_change_of_each_unit_the_largest_first(client, ada, suspect):
    page = client.get(address(suspect))
    changes = [(c.bmu_id, str(c.difference_mwh)) for c in page.context["changes"]]
    assert changes == [("T_MOWEO-1", "-1400.125"), ("T_SGRWO-1", "-101")]
    total = page.context["total"]
    assert (str(total.stored_mwh), str(total.offered_mwh)) == ("2000.125", "499")
    text = page.content.decode()
    for words in ("2,000.13", "499.00", "−1,501.13", f"/reports/daily/{DAY}/", f"/{DAY}/change/"):
        assert words in text


def test_accepting_has_the_day_fetched_and_says_where_to_look(
    client, ada, suspect, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = decide(client, suspect)
    suspect.refresh_from_db()
    assert (suspect.state, suspect.decided_by) == ("accepted", ada)
    assert IngestionProgress.objects.get(pk=DAY).attempt_state == "pending"
    assert queued() == [("summaries.tasks.refresh_day", (DAY.isoformat(),))]
    [message] = said(page)
    assert message.startswith("Accepted. The day is being fetched again")
    assert f'href="/admin/curtailment/ingestionprogress/{DAY}/change/"' in message
    assert f'href="/reports/daily/{DAY}/"' in message
    assert "Accepted</strong> by ada" in page.content.decode()


def test_rejecting_keeps_what_is_stored_and_fetches_nothing(
    client, ada, suspect, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = decide(client, suspect, "reject")
    suspect.refresh_from_db()
    assert suspect.state == "rejected"
    assert queued() == []
    assert said(page)[0].startswith("Rejected. What is stored stays")


def test_who_comes_second_is_told(client, ada, suspect, django_capture_on_commit_callbacks):
    accept(suspect, by=person("bob"), reason="First.", now=FETCHED)
    with django_capture_on_commit_callbacks(execute=True):
        page = decide(client, suspect, "reject")
    assert said(page) == [
        "Nothing was changed: this answer was accepted already by bob. Reason: First."
    ]
    assert queued() == []
    assert "<form" not in page.content.decode().split('id="content-main"')[1]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"decision": "accept", "reason": " \n"}, "Give the reason for the decision."),
        ({"decision": "accept"}, "Give the reason for the decision."),
        ({"reason": "Checked."}, "Choose Accept or Reject."),
        ({"decision": "delete", "reason": "Checked."}, "Choose Accept or Reject."),
        ({"decision": "accept", "reason": "x" * 2001}, "at most 2000 characters"),
        ({"decision": "accept", "reason": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_is_named_and_decides_nothing(client, ada, suspect, form, words):
    page = client.post(address(suspect), form)
    assert words in page.content.decode()
    suspect.refresh_from_db()
    assert suspect.state == "open"


def test_a_reason_is_shown_as_text(client, ada, suspect):
    page = decide(client, suspect, "reject", "<script>alert(1)</script>")
    assert "<script>alert" not in page.content.decode()


def test_stored_energy_that_has_changed_since_is_said(client, ada, suspect):
    assert "has changed since" not in client.get(address(suspect)).content.decode()
    IngestionProgress.objects.update(all_mwh=1800)
    text = client.get(address(suspect)).content.decode()
    assert "has changed since then: it is 1,800.00 MWh now" in text


@pytest.mark.parametrize("number", [0, 10**30])
def test_an_answer_that_does_not_exist_is_404(client, ada, number):
    assert client.get(f"/admin/suspects/{number}/").status_code == 404


class TestWhoMayDecide:
    OTHERS = ("view_suspectday", "change_suspectday", "refresh_day", "correct_record")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_staff_without_the_permission_may_not(self, client, suspect, method):
        client.force_login(person("eve", *self.OTHERS))
        answer = getattr(client, method)(address(suspect), {"decision": "accept", "reason": "x"})
        assert answer.status_code == 403
        suspect.refresh_from_db()
        assert suspect.state == "open"

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_who_is_no_staff_is_asked_to_sign_in(self, client, suspect, method):
        client.force_login(person("eve", "decide_suspectday", is_staff=False))
        answer = getattr(client, method)(address(suspect), {"decision": "accept", "reason": "x"})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")
        suspect.refresh_from_db()
        assert suspect.state == "open"

    def test_a_post_without_its_token_is_refused(self, suspect):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("ada", "decide_suspectday"))
        answer = strict.post(address(suspect), {"decision": "accept", "reason": "x"})
        assert answer.status_code == 403

    def test_other_methods_are_refused(self, client, ada, suspect):
        for method in (client.put, client.patch, client.delete):
            assert method(address(suspect)).status_code == 405


def test_the_admin_links_to_the_decision(client, ada, suspect):
    for path in ("", f"{suspect.pk}/change/"):
        text = client.get(f"/admin/curtailment/suspectday/{path}").content.decode()
        assert f'<a href="{address(suspect)}">Accept or reject</a>' in text
    decide(client, suspect, "reject")
    text = client.get("/admin/curtailment/suspectday/").content.decode()
    assert f'<a href="{address(suspect)}">What it would have changed</a>' in text
