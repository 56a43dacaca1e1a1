"""A web server and a cluster on each of several machines; PostgreSQL, Redis and Elexon at a hub."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from config.database import binaries, embedded
from tests.config.conftest import ROOT
from tests.soak.network import HUB, HUB_ADDRESS, NETWORK, Network, command_at, do_at
from tests.soak.served import wait_until
from tests.stubs.elexon import StubElexon

WEB_PORT = 8000
REDIS_PORT = 6379
GUNICORN = ("-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1")
TCP = f"{embedded.SERVER} -c listen_addresses={HUB_ADDRESS}"


class Machines:
    """The processes of all machines, by the machine's name; each writes its log to a file."""

    def __init__(self, net: Network, elexon_url: str, folder: Path) -> None:
        self.net, self.folder = net, folder
        self.environment = os.environ | {
            "DATABASE_URL": f"postgres://{embedded.ROLE}@{HUB_ADDRESS}/{embedded.DATABASE}",
            "CACHE_URL": f"redis://{HUB_ADDRESS}:{REDIS_PORT}/1",
            "REDIS_URL": "",
            "ELEXON_BASE_URL": elexon_url,
            "ELEXON_REQUESTS_PER_MINUTE": "1000000",
            "ALLOWED_HOSTS": ",".join(map(net.address, net.machines)),
            "REPORTS_PUBLIC": "true",
            "Q_CLUSTER_NAME": "long-work",
            "LOG_FORMAT": "plain",
        }
        self._processes: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        for name in self.net.machines:
            address = f"{self.net.address(name)}:{WEB_PORT}"
            self.run(name, "web", *GUNICORN, "--bind", address, "config.wsgi")
            self.run(name, "cluster", "manage.py", "qcluster")

    def run(self, machine: str, what: str, *arguments: str) -> "subprocess.Popen[str]":
        """Starts Python at a machine."""
        with self.log(machine, what).open("w") as log:
            process = subprocess.Popen(
                command_at(machine, sys.executable, *arguments),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def log(self, machine: str, what: str) -> Path:
        return self.folder / f"{machine}-{what}.log"

    def stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def machines(net: Network, elexon_url: str, folder: Path) -> Iterator[Machines]:
    """Machines whose processes are gone in the end."""
    made = Machines(net, elexon_url, folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@contextmanager
def elexon_at_hub() -> Iterator[StubElexon]:
    """Elexon at the hub's address."""
    with do_at(HUB, lambda: StubElexon(host=HUB_ADDRESS)) as elexon:
        yield elexon


@contextmanager
def postgres_at_hub() -> Iterator[None]:
    """The embedded server, which can be reached at the hub's address too."""
    data = Path(settings.EMBEDDED_POSTGRES_DIR).absolute() / "data"
    embedded.ensure_running()
    stop_postgres()
    with (data / "pg_hba.conf").open("a") as file:
        file.write(f"host all all {NETWORK} trust\n")
    server = (str(binaries.binary("pg_ctl")), "start", "-w", "-D", str(data), "-o", TCP)
    command = command_at(
        HUB, *server, "-l", str(data / "server.log"), user=binaries.server_user(data)
    )
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        yield
    finally:
        stop_postgres()


def stop_postgres() -> None:
    connection.close()
    embedded.stop()


@contextmanager
def redis_at_hub() -> Iterator[None]:
    """Redis at the hub's address."""
    options = ("--bind", HUB_ADDRESS, "--port", str(REDIS_PORT), "--protected-mode", "no")
    command = command_at(HUB, "redis-server", *options, "--save", "")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/tmp")  # noqa: S108
    try:
        wait_until(lambda: do_at(HUB, _redis_answers), "Redis to answer")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _redis_answers() -> bool:
    try:
        with redis.Redis(host=HUB_ADDRESS, port=REDIS_PORT, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
