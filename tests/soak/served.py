"""The web server and the clusters as processes, started again whenever one is killed."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import psutil
import requests
from django.contrib.auth.models import User
from django.db import Error, connection

from config import serving
from config.supervisor import TICK_SECONDS, Child

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 60
NAME, PASSWORD = "soak", "only-for-the-soak"


class Served:
    """What `manage.py serve` runs, without its patience with what dies again and again.

    The embedded PostgreSQL is started again by whoever connects first.
    """

    def __init__(self, children: list[Child], address: str) -> None:
        self.children, self.address = children, address
        self.log: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._thread.start()
        wait_until(self.answers, "the web server to answer")

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.see_off(self.log.append)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            for child in self.children:
                # Dies as often as it likes, and starts again without a pause.
                child.quick_deaths = -5
                child.look_after(time.monotonic(), self.log.append)
            time.sleep(TICK_SECONDS)

    def answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}readyz", timeout=20).status_code < 600
        return False

    def processes(self, name: str, *, masters: bool) -> list[int]:
        """Ids of the processes of children whose name ends so: the first ones, or theirs."""
        found = []
        for child in self.children:
            if child.name.endswith(name) and child.process is not None:
                with suppress(psutil.NoSuchProcess):
                    below = psutil.Process(child.process.pid).children(recursive=True)
                    found += [child.process.pid] if masters else [one.pid for one in below]
        return found


@contextmanager
def served() -> Iterator[Served]:
    """A web server on a port of its own, and the clusters."""
    listener = serving.listen("127.0.0.1", 0)
    with listener:
        children = [serving.web_server(listener), *serving.background_work()]
        processes = Served(children, serving.address_of(listener))
        try:
            processes.start()
            yield processes
        finally:
            processes.stop()


def signed_in(address: str) -> requests.Session:
    """A session of a member of staff who may do everything."""
    if not User.objects.filter(username=NAME).exists():
        User.objects.create_superuser(NAME, password=PASSWORD)
    session = requests.Session()
    page = session.get(f"{address}admin/login/", timeout=PATIENCE_SECONDS)
    fields = {"username": NAME, "password": PASSWORD, "csrfmiddlewaretoken": token_of(page.text)}
    answer = session.post(f"{address}admin/login/", fields, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text[:500]
    return session


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found, page[:500]
    return found[1]


def patiently(action: Callable[[], Answer]) -> Answer:
    """What an action returns once the database is there."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except Error:
            connection.close()
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"waited {PATIENCE_SECONDS} s for {what}")
        time.sleep(0.05)


def kill(process_id: int) -> bool:
    """SIGKILL; whether there was such a process."""
    with suppress(ProcessLookupError):
        os.kill(process_id, 9)
        return True
    return False
