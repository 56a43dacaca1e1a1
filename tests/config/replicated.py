"""A web server that reads reports from replicas, as a process."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import requests

from config.database import embedded
from tests.config.conftest import ROOT, environment
from tests.config.test_metrics import value_of

DAY = "2024-03-05"
MAX_LAG_SECONDS = 3
TOKEN = "a-token-of-this-test"  # noqa: S105


class Web:
    """The web server as a process, with what it logged."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process, self.url = process, url
        self.lines: list[str] = []
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        self.lines.extend(line for line in self.process.stdout)  # type: ignore[union-attr]

    def count(self, words: str) -> int:
        return sum(words in line for line in list(self.lines))

    def readiness(self) -> "dict[str, dict[str, str]]":
        """What /readyz says, which must not fail."""
        answer = requests.get(f"{self.url}/readyz?format=json", timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["checks"]

    def metric(self, name: str, **labels: str) -> float:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.get(f"{self.url}/metrics", headers=headers, timeout=20)
        return value_of(answer.text, name, **labels)

    def mwh(self, reader: requests.Session) -> str:
        """The energy of the day's report."""
        answer = reader.get(f"{self.url}/reports/daily/{DAY}/?format=json", timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["curtailed_mwh"]


@contextmanager
def served(home, replica_urls: str) -> Iterator[Web]:
    """A web server of one process, as it runs in a deployment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
            + ["--workers", "1", "--bind", f"fd://{listener.fileno()}", "config.wsgi"],
            cwd=ROOT,
            env=environment(
                home,
                DATABASE_REPLICA_URLS=replica_urls,
                REPLICA_MAX_LAG=str(MAX_LAG_SECONDS),
                REPORTS_PUBLIC="true",
                METRICS_TOKEN=TOKEN,
            ),
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        yield Web(process, f"http://127.0.0.1:{port}")
        process.terminate()
        process.wait(30)
        process.stdout.close()  # type: ignore[union-attr]


def wait_until(condition, *, seconds=40):
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.1)


def with_a_day(
    manage: "Callable[..., subprocess.CompletedProcess[str]]",
) -> embedded.EmbeddedServer:
    """The embedded server, with a day of sample data."""
    assert manage("migrate", "-v", "0").stderr == ""
    assert manage("load_sample", "--from", DAY, "--to", DAY).returncode == 0
    return embedded.ensure_running()
