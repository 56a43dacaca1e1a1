"""`make run`, from the first page to Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import requests
from django.conf import settings

from config.database import embedded

PREPARE = """
from datetime import date
from curtailment.models import IngestionProgress
IngestionProgress.objects.create(settlement_date=date(2024, 3, 1), periods_expected=48)
"""


@pytest.fixture(scope="module", autouse=True)
def database(manage):
    """A database that is not empty: loading the sample is tried by the journeys."""
    assert manage("migrate", "-v", "0").stderr == ""
    assert manage("shell", "-v", "0", "-c", PREPARE).stderr == ""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        assert manage("collectstatic", "--noinput", "-v", "0").stderr == ""


# Of two clusters: itself, its sentinel, the monitor and the pusher, and three workers together.
CLUSTER_PROCESSES = 16


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


class Served:
    """A running `serve`, and what it has printed until it gave its address."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.printed = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.printed += line
            if found := re.match(r"Windfall is at (http://127\.0\.0\.1:(\d+)/)", line):
                self.address, self.port = found.groups()
                return
        raise AssertionError(process.communicate())

    def shows_the_sign_in_page(self) -> bool:
        """Whether it answers 200; a connection that a killed server had taken may be cut."""
        try:
            return requests.get(f"{self.address}admin/login/", timeout=20).status_code == 200
        except requests.ConnectionError:
            return False

    def descendants(self) -> list[psutil.Process]:
        """All processes that the supervisor has, dead ones left out."""
        everyone = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in everyone if is_alive(one)]

    def running(self, word: str) -> list[psutil.Process]:
        """The processes that have `word` in their command line."""
        found = []
        for process in self.descendants():
            # It may end in this very moment.
            with suppress(psutil.NoSuchProcess):
                if word in process.cmdline():
                    found.append(process)
        return found

    def stop(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        stdout, stderr = self.process.communicate(timeout=40)
        return self.process.returncode, stdout, stderr


@pytest.fixture
def serve(start_manage) -> Iterator[Callable[[str], Served]]:
    """Starts `serve` on a port; what a test leaves running is ended."""
    processes = []

    def start(port: str) -> Served:
        processes.append(start_manage("serve", "--port", port))
        return Served(processes[-1])

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=40)


def wait_until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def test_one_command_serves_survives_and_stops_cleanly(serve, manage, home):
    served = serve("0")
    assert re.search(r"as admin, password \S{16} \(shown only now\)", served.printed)
    assert served.shows_the_sign_in_page()

    # The same port again: a sentence, and nothing is disturbed.
    second = manage("serve", "--port", served.port)
    assert second.returncode == 1
    assert f"Port {served.port} of 127.0.0.1 is in use" in second.stderr
    assert second.stderr.count("\n") == 1

    # Killed, PostgreSQL and the web server come back.
    os.kill(postmaster_pid(home), signal.SIGKILL)
    wait_until(served.shows_the_sign_in_page)
    served.running("gunicorn")[0].kill()
    wait_until(served.shows_the_sign_in_page)

    wait_until(lambda: len(served.running("qcluster")) == CLUSTER_PROCESSES)
    descendants = served.descendants()
    returncode, printed, errors = served.stop()
    assert returncode == 0
    # Nothing but what was asked, and on a busy machine what took long.
    loggers = {json.loads(line)["logger"] for line in errors.splitlines()}
    told = {"config.requests", "summaries.cluster"}
    assert told <= loggers <= told | {"config.queries.timing"}
    assert printed.splitlines()[-1] == "Windfall has stopped."
    assert not any(process.is_running() for process in descendants)
    assert not (home / "data" / "postmaster.pid").exists()

    # The second start keeps the data, and tells no password again.
    served = serve(served.port)
    assert "password" not in served.printed
    assert served.shows_the_sign_in_page()
    assert stored_days() == 1
    assert served.stop()[0] == 0


def test_a_port_in_use_is_told_before_anything_is_started(folder, manage):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = manage(
            "serve", "--port", str(port), EMBEDDED_POSTGRES_DIR=str(folder / "untouched")
        )

    assert f"Port {port} of 127.0.0.1 is in use" in result.stderr
    assert not (folder / "untouched").exists()


DOWN = [
    {"DATABASE_URL": "postgres://me@127.0.0.1:1/windfall"},
    {"REDIS_URL": "redis://:secret@127.0.0.1:1/0"},
]


@pytest.mark.parametrize("variables", DOWN, ids=["database", "redis"])
def test_a_server_that_is_down_is_waited_for_until_ctrl_c(start_manage, variables):
    with start_manage("serve", "--port", "0", **variables) as process:
        said = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=20)
    assert re.match(r"Waiting\. No connection to (PostgreSQL|Redis) at 127\.0\.0\.1:1", said)
    assert next(iter(variables)) in said
    assert "secret" not in said
    assert (process.returncode, stdout, stderr) == (0, "Windfall has stopped.\n", "")


def test_what_does_not_heal_by_waiting_is_refused_in_a_sentence(manage):
    server = embedded.ensure_running()
    place = f"?host={server.socket_dir}"
    refused = {
        f"postgres://nobody@/windfall{place}": 'role "nobody" does not exist',
        f"postgres://{server.user}@/nothing{place}": 'database "nothing" does not exist',
    }
    for address, reason in refused.items():
        result = manage("serve", "--port", "0", DATABASE_URL=address)
        assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr
        assert reason in result.stderr
        assert "DATABASE_URL" in result.stderr


def postmaster_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def stored_days() -> int:
    server = embedded.ensure_running()
    with psycopg.connect(
        host=str(server.socket_dir), user=server.user, dbname=embedded.DATABASE
    ) as connection:
        (count,) = connection.execute("SELECT count(*) FROM ingestion_progress").fetchone() or (0,)
    return count
