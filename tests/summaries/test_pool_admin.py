"""The admin's page of the connection pool."""

import pytest
from django.template.loader import render_to_string

from config.database.pool import PoolUsage
from config.replicas.watching import Replica
from tests.summaries.test_day_actions import sign_in

USAGE = PoolUsage(
    process_id=4321,
    smallest=1,
    largest=20,
    size=5,
    idle=3,
    waiting_requests=2,
    requests=10_000,
    request_errors=7,
    connections_made=12,
    connection_errors=1,
    connections_lost=4,
)


@pytest.mark.django_db
def test_a_process_without_a_pool_says_so(client):
    page = sign_in(client, "Operators").get("/admin/connections/").content.decode()
    assert "This process has no connection pool" in page


def test_the_figures_of_a_pool_are_shown():
    page = render_to_string("admin/pool.html", {"usage": USAGE, "title": "Database connections"})
    for row in (
        "Connections</th><td>5 (at least 1, at most 20)",
        "Idle</th><td>3",
        "Requests waiting for one</th><td>2",
        "Times one was asked for</th><td>10,000",
        "none came in time</th><td>7",
        "could not connect</th><td>1",
        "found broken, and replaced</th><td>4",
        "(number 4321)",
    ):
        assert row in page


def test_replicas_are_shown_with_what_is_wrong_and_nothing_is_where_there_are_none():
    replicas = [
        Replica("replica-1", "10.0.0.2:5432/windfall", lag_seconds=0.04, reason=""),
        Replica("replica-2", "10.0.0.3:5432/windfall", reason="It does not answer: <timeout>."),
    ]
    page = render_to_string("admin/pool.html", {"usage": USAGE, "replicas": replicas})
    assert "10.0.0.2:5432/windfall</th><td>0.0</td><td>Yes" in page
    assert "10.0.0.3:5432/windfall</th>" in page
    assert "not known</td><td>No. It does not answer: &lt;timeout&gt;." in page
    assert "Replica" not in render_to_string("admin/pool.html", {"usage": USAGE})


def test_a_pool_is_one_line_of_readiness():
    assert str(USAGE) == "5 of 20 connections, 3 idle, 2 waiting, 12 errors"
