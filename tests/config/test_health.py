"""What load balancers ask."""

import socket

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory

from config.health import Check, NotWell, respond

READY = RequestFactory().get("/readyz")


def asks(answer):
    def ask():
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def sleep(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_the_process_is_up_without_a_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_database_and_migrations(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.content.startswith(b"database: ok\nmigrations: ok\n")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="summaries").order_by("-pk")[:1].get().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content.startswith(b"database: ok\nmigrations: 1 not applied\n")


@pytest.mark.django_db
def test_only_what_is_vital_makes_it_not_ready():
    checks = [
        Check("good", asks("as new"), limit_ms=1_000),
        Check("bad", asks(NotWell("it leaks")), limit_ms=1_000),
    ]
    answer = respond(READY, checks)
    assert answer.status_code == 200
    assert answer.content == b"database: ok\ngood: ok (as new)\nbad: warning: it leaks\n"
    vital = [Check("bad", asks(NotWell("it leaks")), limit_ms=1_000, is_vital=True)]
    answer = respond(READY, vital)
    assert (answer.status_code, answer.content) == (503, b"database: ok\nbad: it leaks\n")


@pytest.mark.django_db
def test_each_check_has_its_own_time():
    checks = [
        Check("slow", lambda: sleep(30), limit_ms=50),
        Check("slower", lambda: sleep(0.2) or "", limit_ms=10_000),
    ]
    answer = respond(READY, checks)
    assert answer.content == (b"database: ok\nslow: warning: no answer within 50 ms\nslower: ok\n")


@pytest.mark.django_db
def test_programs_are_told_in_json(client):
    answer = client.get("/readyz?format=json")
    told = answer.json()
    assert told["ready"] is True
    assert told["checks"]["database"] == {"state": "ok", "detail": ""}
    assert told["checks"]["newest complete day"]["state"] == "warning"


SILENT_SERVER = """
import socket
from django.test import Client
from time import monotonic
started = monotonic()
answer = Client().get("/readyz")
print(answer.status_code, monotonic() - started)
print(answer.content.decode())
"""


def test_nobody_waits_for_a_database_that_is_silent(manage):
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        result = manage(
            "shell",
            "-v",
            "0",
            "-c",
            SILENT_SERVER,
            DATABASE_URL=f"postgres://somebody:secret@127.0.0.1:{port}/nothing",
            ALLOWED_HOSTS="testserver",
        )
    status, seconds, *lines = result.stdout.split(maxsplit=2)
    assert status == "503"
    assert float(seconds) < 5
    assert lines[0].startswith("database: the database does not answer\nmigrations: the data")
    assert "secret" not in result.stdout + result.stderr


@pytest.mark.django_db
def test_only_reading(client):
    assert client.post("/readyz").status_code == 405
