"""Who guesses passwords is stopped, and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory

from config.sign_in import UNKNOWN, client_address

PAGES = ("/accounts/login/", "/admin/login/")
RIGHT = {"username": "zaphod", "password": "as long as it takes"}
WRONG = RIGHT | {"password": "guessed"}
LIMIT = 5


@pytest.fixture(autouse=True)
def account(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_user(**RIGHT, is_staff=True)


def fail(client, times, *, page=PAGES[0], data=WRONG, **options):
    return [client.post(page, data, **options).status_code for _ in range(times)]


@pytest.mark.parametrize("page", PAGES)
def test_the_fifth_failure_locks_out_also_with_the_right_password(client, page):
    assert fail(client, LIMIT, page=page) == [200] * (LIMIT - 1) + [429]
    answer = client.post(page, RIGHT)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "wait 15 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_both_pages_count_together(client):
    fail(client, 3, page=PAGES[0])
    assert fail(client, 2, page=PAGES[1]) == [200, 429]


def test_other_accounts_and_other_addresses_are_not_locked_out(client):
    User.objects.create_user(username="ford", password=RIGHT["password"])
    fail(client, LIMIT)
    assert client.post(PAGES[0], RIGHT | {"username": "ford"}).status_code == 302
    assert Client(REMOTE_ADDR="192.0.2.7").post(PAGES[0], RIGHT).status_code == 302


def test_another_browser_or_letter_of_a_header_does_not_start_anew(client):
    for number in range(LIMIT):
        answer = client.post(
            PAGES[0],
            WRONG,
            headers={"User-Agent": f"curl/{number}", "X-Forwarded-For": f"192.0.2.{number}"},
        )
    assert answer.status_code == 429


# --- One password, many accounts --------------------------------------------------------------

OF_AN_ADDRESS = 50


def spray(client, count, **options):
    return [
        client.post(PAGES[number % 2], WRONG | {"username": f"one{number}"}, **options).status_code
        for number in range(count)
    ]


def test_one_password_over_many_accounts_locks_the_address(client):
    assert spray(client, OF_AN_ADDRESS) == [200] * (OF_AN_ADDRESS - 1) + [429]
    answer = client.post(PAGES[0], RIGHT)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "wait 15 minutes" in answer.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.7").post(PAGES[0], RIGHT).status_code == 302


def test_the_lock_of_an_address_opens_by_itself_and_trying_does_not_prolong_it(client):
    spray(client, OF_AN_ADDRESS + 3)
    assert AccessAttempt.objects.count() == OF_AN_ADDRESS
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert client.post(PAGES[0], RIGHT).status_code == 302


def test_who_shares_the_address_gets_in_with_the_browser_they_know(client):
    colleague = Client()
    colleague.post(PAGES[0], RIGHT)
    colleague.post("/accounts/logout/")
    cookie = colleague.cookies["known"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "zaphod" not in cookie.value
    spray(client, OF_AN_ADDRESS)
    assert colleague.post(PAGES[0], RIGHT).status_code == 302


def test_a_browser_is_known_for_its_own_account_alone(client):
    """Nobody sprays with the help of an account of their own; and its own limit stays."""
    client.post(PAGES[0], RIGHT)
    assert spray(client, OF_AN_ADDRESS + 1)[-2:] == [429, 429]
    assert fail(client, LIMIT) == [200] * (LIMIT - 1) + [429]
    forged = Client()
    forged.cookies["known"] = client.cookies["known"].value[:-1]
    assert forged.post(PAGES[0], RIGHT).status_code == 429


def test_the_admin_shows_that_an_address_is_locked_until_it_opens(client, admin_client):
    spray(client, OF_AN_ADDRESS)
    page = "/admin/axes/accessattempt/"
    assert "icon-yes" in admin_client.get(page).content.decode()
    with_all = {"action": "delete_selected", "select_across": "1", "post": "yes"}
    keys = [str(key) for key in AccessAttempt.objects.values_list("pk", flat=True)]
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert "icon-yes" not in admin_client.get(page).content.decode()
    admin_client.post(page, with_all | {"_selected_action": keys})
    assert client.post(PAGES[0], RIGHT).status_code == 302


def test_nobody_learns_whether_there_is_such_an_account(client):
    def told(name):
        answers = [client.post(PAGES[0], WRONG | {"username": name}) for _ in range(LIMIT + 1)]
        return [(each.status_code, each.content.decode().replace(name, "")) for each in answers]

    def shown(name):
        return [(status, without_token(html)) for status, html in told(name)]

    assert shown("zaphod") == shown("arthur")


def without_token(html):
    before, _, rest = html.partition('name="csrfmiddlewaretoken" value="')
    return before + rest.partition('"')[2]


def test_the_lock_opens_by_itself_and_trying_does_not_prolong_it(client):
    fail(client, LIMIT + 3)
    assert AccessAttempt.objects.get().failures_since_start == LIMIT
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert client.post(PAGES[0], RIGHT).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_a_success_forgets_the_failures_before_it(client):
    fail(client, LIMIT - 1)
    assert client.post(PAGES[0], RIGHT).status_code == 302
    assert fail(Client(), LIMIT - 1) == [200] * (LIMIT - 1)


def test_an_operator_sees_who_is_locked_out_and_lets_them_in(client):
    fail(client, LIMIT)
    operator = User.objects.create_user("trillian", is_staff=True)
    operator.groups.add(Group.objects.get(name="Operators"))
    admin_client = Client()
    admin_client.force_login(operator)
    assert "Access attempts" in admin_client.get("/admin/").content.decode()
    page = "/admin/axes/accessattempt/"
    html = admin_client.get(page).content.decode()
    assert "zaphod" in html and "icon-yes" in html
    pk = AccessAttempt.objects.get().pk
    assert admin_client.get(f"{page}{pk}/change/").status_code == 200
    assert admin_client.post(f"{page}{pk}/change/", {"failures_since_start": 0}).status_code == 403
    assert admin_client.post(f"{page}{pk}/delete/", {"post": "yes"}).status_code == 302
    assert client.post(PAGES[0], RIGHT).status_code == 302


def test_a_command_lets_them_in(client):
    fail(client, LIMIT)
    call_command("axes_reset_username", "zaphod", stdout=StringIO())
    assert client.post(PAGES[0], RIGHT).status_code == 302


HOSTILE = [
    {"username": "zaphod\0", "password": "x"},
    {"username": "'; DROP TABLE auth_user; --", "password": "x"},
    {"username": "\u202e{{ 7*7 }}\r\nSet-Cookie: a=b", "password": "x"},
    {"username": "x" * 100_000, "password": "x"},
    {"username": "zaphod", "password": "\0", "next": "\0"},
    {},
]


@pytest.mark.parametrize("data", HOSTILE)
@pytest.mark.parametrize("page", PAGES)
def test_no_name_breaks_the_page(client, page, data):
    hostile = {"User-Agent": "\x1b[31m" * 100, "Accept": "x" * 3_000}
    for _ in range(2):
        answer = client.post(f"{page}?a=%00&{'b' * 3_000}=1", data, headers=hostile)
        assert answer.status_code == 200
        assert "49" not in answer.content.decode().partition("<form")[2].partition("csrf")[0]


@pytest.mark.django_db(transaction=True)
def test_failures_at_the_same_time_are_all_counted():
    def try_one(_):
        try:
            return Client().post(PAGES[0], WRONG).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(try_one, range(12)))
    assert 429 in statuses and set(statuses) == {200, 429}
    assert statuses.count(200) < LIMIT
    assert Client().post(PAGES[0], RIGHT).status_code == 429


# --- Where a request came from ----------------------------------------------------------------

REMOTE = "198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, REMOTE, "192.0.2.1", REMOTE),
        (1, REMOTE, "192.0.2.66, 192.0.2.1", "192.0.2.1"),
        (2, REMOTE, "192.0.2.66, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        # Fewer than our proxies would have written: it went around them.
        (2, REMOTE, "192.0.2.66", REMOTE),
        (1, REMOTE, "", REMOTE),
        (1, REMOTE, "unknown", REMOTE),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (0, "", "", UNKNOWN),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, remote, forwarded, address):
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": forwarded} if forwarded else {}, REMOTE_ADDR=remote
    )
    assert client_address(request) == address


def test_logs_name_nobody_who_tried(client, caplog):
    fail(client, LIMIT)
    assert "Locking out" in caplog.text
    assert not [text for text in ("zaphod", "guessed") if text in caplog.text]
