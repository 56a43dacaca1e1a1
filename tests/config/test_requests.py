"""What every request leaves behind."""

import logging

import pytest
from django.urls import path

from config import urls

FIELDS = {"method", "path", "status", "duration_ms", "queries", "queries_ms"}


def fail(request):
    raise ZeroDivisionError("a bug")


urlpatterns = [*urls.urlpatterns, path("fail", fail)]


@pytest.fixture
def lines(caplog):
    """The fields of the access lines so far."""
    caplog.set_level(logging.INFO, logger="config.requests")
    return lambda: [record.fields for record in caplog.records if record.name == "config.requests"]


def test_a_request_has_one_line(client, db, lines):
    client.get("/accounts/login/?next=/farms/")
    (line,) = lines()
    assert set(line) == FIELDS
    assert (line["method"], line["path"], line["status"]) == ("GET", "/accounts/login/", 200)


def test_queries_are_counted(client, db, lines, public_reports):
    client.get("/farms/")
    (line,) = lines()
    assert line["queries"] > 3
    assert 0 < line["queries_ms"] < line["duration_ms"]


def test_a_request_that_is_refused_or_fails_has_its_line_too(client, db, lines, settings):
    settings.ROOT_URLCONF = "tests.config.test_requests"
    client.raise_request_exception = False
    client.get("/nowhere")
    client.get("/fail")
    assert [line["status"] for line in lines()] == [404, 500]


def test_a_probe_that_is_well_leaves_no_line(client, lines):
    client.get("/healthz")
    client.post("/healthz")
    assert [line["status"] for line in lines()] == [405]


@pytest.mark.parametrize(
    ("given", "is_kept"), [("abc-123", True), ("a\nb", False), ("x" * 65, False), ("", False)]
)
def test_a_request_keeps_the_id_that_a_proxy_gave_it(client, given, is_kept):
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert answer.headers["X-Request-ID"].replace("-", "").isalnum()


def test_only_developers_are_told_the_times(client, settings):
    assert "Server-Timing" not in client.get("/healthz").headers
    settings.DEBUG = True
    timing = client.get("/healthz").headers["Server-Timing"]
    assert timing.startswith("total;dur=")
    assert timing.endswith(', db;dur=0.0;desc="0 queries"')
