"""The connection pool: who has one, how it is used, and that nothing leaks from it."""

import json
import subprocess
import sys

import pytest

from tests.config.conftest import ROOT, environment

SHOW = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"


def test_commands_and_what_they_fork_have_no_pool(manage):
    assert "'pool'" not in manage("shell", "-v", "0", "-c", SHOW).stdout


EXHAUSTED = """
from threading import Thread
from django.db import OperationalError, connection
from django.test import Client
from config.database.problems import sentence_of
def ask():
    try:
        connection.ensure_connection()
    except OperationalError as error:
        print(sentence_of(error))
connection.ensure_connection()
second = Thread(target=ask)
second.start()
second.join()
thread = Thread(target=lambda: print(Client().get("/readyz").content.decode()))
thread.start()
thread.join()
print(connection.pool.reconnect_timeout)
"""


def test_a_pool_whose_connections_are_all_in_use_says_so(manage):
    assert manage("migrate", "-v", "0").stderr == ""
    options = {"DB_POOL_MAX": "1", "DB_CONNECTION_TIMEOUT": "1", "ALLOWED_HOSTS": "testserver"}
    result = manage("shell", "-v", "0", "-c", EXHAUSTED, WINDFALL_CONNECTION_POOL="1", **options)
    sentence, *checks, reconnect_timeout = result.stdout.splitlines()
    assert sentence.endswith(
        " within 1 s (DB_CONNECTION_TIMEOUT): it does not answer, or all 1 of this process "
        "(DB_POOL_MAX) are in use. /readyz and slow queries in the log tell which."
    )
    assert checks[:2] == [
        "database: the database does not answer",
        "migrations: the database does not answer",
    ]
    assert any(line.startswith("pool: warning: 1 of 1 connections, 0 idle") for line in checks)
    # A server that is back must not be taken for away any longer than somebody waits for it.
    assert reconnect_timeout == "1"


@pytest.fixture
def run_requests(home, manage):
    def run(count, **variables):
        assert manage("shell", "-v", "0", "-c", "").returncode == 0
        process = subprocess.run(
            [sys.executable, "-m", "tests.config.many_requests", str(count)],
            cwd=ROOT,
            env=environment(home, **variables) | {"ALLOWED_HOSTS": "testserver"},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    return run


def test_nothing_leaks_in_ten_thousand_requests_with_errors_in_between(run_requests):
    told = run_requests(10_000, DB_POOL_MIN="2", DB_POOL_MAX="8")
    assert told["answers"] == {"200": 7_400, "500": 2_500, "503": 100}
    assert told["size"] <= 8
    # All were given back; what was lost was replaced.
    assert (told["idle"], told["waiting_requests"]) == (told["size"], 0)
    assert told["at_server"] == told["size"]
    assert told["request_errors"] == 0
    assert told["connections_lost"] == 100, told


def test_pages_do_not_wait_for_ever_and_commands_may(manage):
    show = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    limited = manage("shell", "-v", "0", "-c", show, WINDFALL_CONNECTION_POOL="1").stdout
    unlimited = manage("shell", "-v", "0", "-c", show).stdout
    for told in (limited, unlimited):
        assert "'tcp_user_timeout': 15000" in told
        assert "-c tcp_user_timeout=15s" in told
    for limit in ("lock_timeout", "statement_timeout", "session_timeout"):
        assert limit in limited
        assert limit not in unlimited
