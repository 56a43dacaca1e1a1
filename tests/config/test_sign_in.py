"""Readers who are not staff sign in on a page of their own."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

PAGE = "/accounts/login/"
REPORT = "/reports/daily/2024-03-05/?definition=so"
MANAGER = {"username": "manager", "password": "as long as it takes"}


@pytest.fixture
def manager(db: None, settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_user(**MANAGER)


@pytest.mark.usefixtures("manager")
def test_a_manager_signs_in_and_reads_the_report_that_was_asked_for(client):
    page = client.get(REPORT, follow=True)
    assert page.redirect_chain == [
        (f"{PAGE}?next=/reports/daily/2024-03-05/%3Fdefinition%3Dso", 302)
    ]
    assert "Sign in to read this report." in page.content.decode()
    answer = client.post(PAGE, {**MANAGER, "next": page.context["next"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, REPORT)
    assert client.get(REPORT).status_code == 200
    # The admin stays closed.
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("manager")
def test_without_a_report_asked_for_one_gets_to_the_overview(client):
    assert client.post(PAGE, MANAGER).headers["Location"] == "/"


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_signing_in_leads_to_no_other_site(client, elsewhere):
    assert "evil" not in client.get(PAGE, {"next": elsewhere}).content.decode()
    answer = client.post(PAGE, {**MANAGER, "next": elsewhere})
    assert answer.headers["Location"] == "/"


@pytest.mark.usefixtures("manager")
def test_a_wrong_password_is_told_and_repeats_nothing(client):
    answer = client.post(PAGE, {"username": '"><b>', "password": "wrong"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert">Please enter a correct username and password.' in page
    assert 'value="&quot;&gt;&lt;b&gt;"' in page
    assert "wrong" not in page


def test_one_signs_out_again(client, manager):
    client.force_login(manager)
    page = client.get(PAGE).content.decode()
    assert "You are signed in as <strong>manager</strong>." in page
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").headers["Location"] == PAGE
    assert client.get(REPORT).status_code == 302


@pytest.mark.django_db
def test_forms_of_other_sites_are_refused():
    strict = Client(enforce_csrf_checks=True)
    for address in (PAGE, "/accounts/logout/"):
        assert strict.post(address, MANAGER).status_code == 403


def test_signing_in_makes_a_new_session(client, manager):
    """Who planted a session in somebody's browser does not get theirs."""
    client.force_login(User.objects.create_user("planted"))
    planted = client.cookies["sessionid"].value
    client.post(PAGE, MANAGER)
    assert client.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/").status_code == 302


def test_an_account_that_is_no_more_active_reads_nothing(client, manager):
    client.post(PAGE, MANAGER)
    assert client.get("/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/").status_code == 302
