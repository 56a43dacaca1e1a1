"""What every answer tells browsers to refuse, and what Windfall refuses by itself."""

import http.client
import json
import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.config.conftest import ROOT

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ADDRESSES = {
    "/": 200,
    "/?format=json": 200,
    "/?format=csv": 200,
    "/reports/daily/nonsense/": 404,
    "/nowhere/": 404,
    "/accounts/login/": 200,
    "/admin/": 302,
    "/admin/login/": 200,
    "/static/summaries/windfall.svg": 200,
    "/healthz": 200,
    "/metrics": 403,
}


def policy_of(response):
    parts = response.headers["Content-Security-Policy"].split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in parts)}


def check_headers(response):
    assert policy_of(response) == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_every_answer_has_the_headers(client, public_reports, address, status):
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == status
    check_headers(response)
    response.close()


@pytest.mark.django_db
def test_a_foreign_host_is_refused_without_a_word_of_why(client):
    for address in ("/", "/admin/", "/accounts/login/"):
        response = client.get(address, headers={"Host": "elsewhere.example"})
        assert response.status_code == 400
        check_headers(response)
        assert "elsewhere" not in response.content.decode()
        assert "Bad request" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/login/", "/admin/login/", "/accounts/logout/"])
def test_a_form_of_another_site_is_refused(address):
    response = Client(enforce_csrf_checks=True).post(address, {"username": "x", "password": "x"})
    assert response.status_code == 403
    html = response.content.decode()
    assert "Reload" in html or "reload" in html
    assert not [word for word in ("CSRF", "Django", "cookie not set") if word in html]
    check_headers(response)


@pytest.mark.django_db
def test_what_one_may_not_do_is_one_sentence(client):
    client.force_login(User.objects.create(username="one", is_staff=True))
    response = client.get("/admin/refetch/")
    assert response.status_code == 403
    assert "Your account may not do this." in response.content.decode()
    check_headers(response)


@pytest.mark.django_db
def test_an_error_tells_nothing_but_that_it_is_one(settings):
    settings.ROOT_URLCONF = "tests.config.test_requests"
    response = Client(raise_request_exception=False).get("/fail")
    assert response.status_code == 500
    html = response.content.decode()
    assert "The error was logged" in html
    told = ("ZeroDivisionError", "a bug", "Traceback", "Django")
    assert not [word for word in told if word in html]
    check_headers(response)


# --- How much may be sent ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/admin/corrections/upload/"])
def test_more_than_the_largest_upload_is_refused_before_it_is_read(live_server, address):
    """The answer comes although nothing of what was announced was ever sent."""
    host = live_server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest("POST", address)
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert response.read() == b"This is more than Windfall takes at once. Send less.\n"
    connection.close()


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 5_000])
def test_a_length_that_is_none_is_refused(client, length):
    assert client.post("/", CONTENT_LENGTH=length).status_code == 413


# --- Under HTTPS ------------------------------------------------------------------------------

TELL = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
client = Client()
secure = {"X-Forwarded-Proto": "https"}
plain = client.get("/accounts/login/?next=/")
page = client.get("/accounts/login/", headers=secure)
foreign = client.get("/", headers={"Host": "elsewhere.example"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers["Location"]],
    "hsts": page.headers["Strict-Transport-Security"],
    "cookies": page.cookies.output(header=""),
    "foreign": [foreign.status_code, foreign.headers.get("X-Content-Type-Options")],
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
}))
"""


def test_under_https_cookies_are_of_this_host_alone_and_nothing_goes_in_the_clear():
    environment = os.environ | {
        "HTTPS": "true",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "testserver",
        "DEBUG": "false",
    }
    result = subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert told["plain"] == [301, "https://testserver/accounts/login/?next=/"]
    assert told["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert told["cookies"].strip().startswith("__Host-csrftoken=")
    for attribute in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert attribute in told["cookies"]
    assert "Domain" not in told["cookies"]
    assert told["foreign"] == [400, "nosniff"]
    assert told["session"] == ["__Host-sessionid", True, True, "Lax"]
