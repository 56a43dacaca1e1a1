"""Readers who ask the web of each machine for the same report, all the time, and note what came."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import requests

from tests.soak.found import Found
from tests.soak.machines import WEB_PORT
from tests.soak.network import HUB, Network, threads_at
from tests.soak.served import wait_until

PAUSE_SECONDS = 0.2
LONGEST_ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """When it was asked for and had come (monotonic), and the energy; null: no page came."""

    machine: str
    asked_at: float
    came_at: float
    mwh: Fraction | None
    said: str

    @property
    def is_page(self) -> bool:
        return self.mwh is not None


class Readers:
    """A reader a machine; `answers` are in the order in which they came."""

    def __init__(self, net: Network, path: str) -> None:
        self.net, self.path = net, path
        self.answers: list[Answer] = []
        self._stopping = threading.Event()

    def read_for_ever(self, machine: str) -> None:
        with requests.Session() as session:
            while not self._stopping.is_set():
                self.answers.append(self.ask(session, machine))
                self._stopping.wait(PAUSE_SECONDS)

    def ask(self, session: requests.Session, machine: str) -> Answer:
        asked_at = time.monotonic()
        mwh = None
        try:
            response = session.get(self.url(machine, self.path), timeout=LONGEST_ANSWER_SECONDS)
            said = f"{response.status_code}"
            if response.status_code == 200:
                mwh = Fraction(response.json()["curtailed_mwh"] or 0)
        except requests.RequestException as error:
            said = type(error).__name__
        return Answer(machine, asked_at, time.monotonic(), mwh, said)

    def url(self, machine: str, path: str) -> str:
        return f"http://{self.net.address(machine)}:{WEB_PORT}/{path}"

    def stop(self) -> None:
        self._stopping.set()

    def wait_for_page(self, machine: str, *, since: float) -> Answer:
        """The first page of a machine that was asked for since then."""
        wait_until(lambda: bool(self._pages(machine, since)), f"the web of {machine}")
        return self._pages(machine, since)[0]

    def _pages(self, machine: str, since: float) -> list[Answer]:
        of_machine = (one for one in list(self.answers) if one.machine == machine and one.is_page)
        return [one for one in of_machine if one.asked_at > since]


@contextmanager
def readers(net: Network, path: str) -> Iterator[Readers]:
    """Readers at the hub, until the block ends."""
    made = Readers(net, path)
    with threads_at(HUB, len(net.machines)) as threads:
        _read(made, threads)
        try:
            yield made
        finally:
            made.stop()


def _read(made: Readers, threads: ThreadPoolExecutor) -> None:
    for machine in made.net.machines:
        threads.submit(made.read_for_ever, machine)


def check_always_answered(answers: list[Answer], machines: list[str], found: Found) -> None:
    """Of these machines every answer must be a page, and come within LONGEST_ANSWER_SECONDS."""
    for answer in answers:
        if answer.machine in machines:
            found.check(answer.is_page, f"the web of {answer.machine} answered {answer.said}")


def check_never_stale(answers: list[Answer], found: Found) -> None:
    """The energy only grows: nobody may be told less than anybody was told before they asked."""
    pages = sorted((one for one in answers if one.mwh is not None), key=lambda one: one.asked_at)
    came = sorted(pages, key=lambda one: one.came_at)
    known, place = Fraction(0), 0
    for page in pages:
        while came[place].came_at < page.asked_at:
            known, place = max(known, came[place].mwh or known), place + 1
        is_fresh = page.mwh is not None and page.mwh >= known
        found.check(is_fresh, f"the web of {page.machine} told {page.mwh} MWh after {known}")
