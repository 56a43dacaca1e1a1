"""Whichever is started first: processes wait for their database, and survive its restart."""

import socket
import time
from urllib.parse import quote

import psycopg
import pytest
import requests

from config.database import embedded
from tests.config.processes import started, wait_until


@pytest.fixture(scope="module")
def address(home, manage):
    """A migrated server that nobody starts by itself: reached like anybody's own."""
    assert manage("migrate", "-v", "0").stderr == ""
    server = embedded.ensure_running()
    return f"postgresql://{server.user}@/windfall?host={quote(str(server.socket_dir))}"


def finished_tasks(address: str) -> int:
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT count(*) FROM django_q_task").fetchall()
    return rows[0][0]


def enqueue(manage) -> None:
    code = "from summaries.background import enqueue; enqueue('finish_stale_days')"
    assert manage("shell", "-v", "0", "-c", code).returncode == 0


def test_a_cluster_waits_for_its_database_and_survives_a_restart(address, manage):
    embedded.stop()
    with started(address, "manage.py", "qcluster") as cluster:
        wait_until(lambda: cluster.says("Waiting. No connection to PostgreSQL"))
        embedded.ensure_running()
        wait_until(lambda: cluster.says("Going on."))
        enqueue(manage)
        wait_until(lambda: finished_tasks(address) == 1)

        embedded.stop()
        time.sleep(1.5)
        embedded.ensure_running()
        enqueue(manage)
        wait_until(lambda: finished_tasks(address) == 2)
        assert cluster.process.poll() is None


def test_a_cluster_waits_for_migrations(address, manage):
    assert manage("migrate", "summaries", "0003", "-v", "0").stderr == ""
    with started(address, "manage.py", "qcluster") as cluster:
        wait_until(lambda: cluster.says("The database lacks 1 migrations of this version"))
        assert manage("migrate", "-v", "0").stderr == ""
        wait_until(lambda: cluster.says("Going on."))


def test_a_cluster_waits_for_its_redis(address):
    variables = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with started(address, "manage.py", "qcluster", **variables) as cluster:
        wait_until(lambda: cluster.says("Waiting. No connection to Redis at 127.0.0.1"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_web_server_says_that_its_database_is_away_and_goes_on(address):
    embedded.stop()
    port = free_port()
    gunicorn = ("-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1")
    page = f"http://127.0.0.1:{port}/"

    def status() -> int:
        try:
            return requests.get(page, timeout=20).status_code
        except requests.ConnectionError:
            return 0

    with started(
        address,
        *gunicorn,
        "--bind",
        f"127.0.0.1:{port}",
        "config.wsgi",
        DB_CONNECTION_TIMEOUT="2",
        REPORTS_PUBLIC="true",
    ) as web:
        wait_until(lambda: status() == 503)
        answer = requests.get(page, timeout=20)
        assert answer.text == "The database does not answer at the moment. Try again soon.\n"
        assert answer.headers["Retry-After"] == "10"
        wait_until(lambda: web.says("Waiting. No connection to PostgreSQL"))

        embedded.ensure_running()
        wait_until(lambda: status() == 200)
        wait_until(lambda: web.says("Going on."))
        embedded.stop()
        wait_until(lambda: status() == 503)
        embedded.ensure_running()
        wait_until(lambda: status() == 200)
    assert not web.says("Traceback")
