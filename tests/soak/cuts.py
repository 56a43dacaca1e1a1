"""Three machines, a web server and a cluster on each; one is cut off and comes back.

Nobody tells the others: the link is just down, as when a cable is pulled. What the machine held
must be free soon, its days be done by the others, and everything be exact in the end.
"""

import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import requests
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ, Task

from config.outage import SENTENCE
from curtailment.elexon import ElexonClient
from curtailment.locks import LockSpace
from curtailment.models import Backfill, CurtailmentRecord, IngestionProgress
from curtailment.operations.register import sync_bmunits
from curtailment.settlement import count_periods, iter_dates
from mining.models import DifficultyEpoch
from mining.operations import load_embedded_epochs
from summaries.long_backfills import hand_over, start_backfill
from summaries.tasks import resume_backfills
from tests.journeys.naive import report
from tests.soak.found import Found
from tests.soak.machines import (
    Machines,
    elexon_at_hub,
    machines,
    postgres_at_hub,
    redis_at_hub,
)
from tests.soak.network import HUB, Network, do_at, is_permitted, network, threads_at
from tests.soak.served import wait_until
from tests.soak.watchers import (
    Readers,
    check_always_answered,
    check_never_stale,
    readers,
)
from tests.stubs import server
from tests.stubs.elexon import StubElexon, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# With the day in March that has 46 periods.
FIRST, LAST = date(2024, 3, 25), date(2024, 4, 14)
DAYS = list(iter_dates(FIRST, LAST))
NAMES = ["one", "two", "three"]
CUT, OTHERS = NAMES[-1], NAMES[:-1]
YEARLY = "reports/yearly/2024/?format=json"
# So that a day takes about two seconds, and the cut comes while there is much to do.
ELEXON_SECONDS = 0.5
# The limit of silence (config/database/silence.py), and time to notice.
LONGEST_HELD_SECONDS = 25
LONGEST_RETURN_SECONDS = 20
HOLD = f"""
import time
from django.db import transaction
from curtailment.locks import LockSpace, lock
with transaction.atomic():
    lock(LockSpace.DAY, {LAST.toordinal()})
    time.sleep(600)
"""
SQL_FOR_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s"
SQL_FOR_DAYS_HELD = """
SELECT objid FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE client_addr = %s AND locktype = 'advisory' AND classid = %s AND granted
"""


@dataclass
class Trial:
    """What a cut is tried on, and what was found."""

    net: Network
    elexon: StubElexon
    machines: Machines
    readers: Readers
    found: Found
    payloads: dict[date, dict[int, list[dict[str, object]]]] = field(default_factory=dict)

    def serve(self, more_mwh: int, created: str) -> None:
        """Elexon says of each day: a bid in its first and in its last period."""
        for number, day in enumerate(DAYS, start=1):
            volume = f"-{number + more_mwh}"
            self.payloads[day] = {
                period: [
                    make_line(
                        day,
                        period,
                        "T_SGRWO-1",
                        volume,
                        "-50",
                        soFlag=True,
                        createdDateTime=created,
                    )
                ]
                for period in (1, count_periods(day))
            }
            self.elexon.add_day(day, self.payloads[day])
        self.elexon.forget()

    def sessions(self, machine: str) -> int:
        return int(self.query(SQL_FOR_SESSIONS, [self.net.address(machine)])[0])

    def days_held(self, machine: str, space: LockSpace) -> set[date]:
        keys = self.query(SQL_FOR_DAYS_HELD, [self.net.address(machine), int(space)])
        return {date.fromordinal(key) for key in keys}

    def query(self, sql: str, parameters: list[str | int]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [value for (value,) in cursor.fetchall()]

    def fetchers(self) -> dict[date, Counter[str]]:
        """Which machines asked Elexon for the bids of each day, and how often."""
        names = {self.net.address(name): name for name in NAMES}
        asked: dict[date, Counter[str]] = {day: Counter() for day in DAYS}
        for request in list(self.elexon.log):
            if "/bid/" in request.path:
                day = date.fromisoformat(request.path.split("/bid/")[1][:10])
                asked[day][names[request.client]] += 1
        return asked


def run(count: int, seed: int) -> Found:
    """This will cut a machine off for `count` seconds."""
    found = Found()
    if not is_permitted() or shutil.which("redis-server") is None:
        found.count("not tried, which takes root, iproute2 and redis-server")
        return found
    with world(found) as trial:
        prepare(trial)
        start_backfill(FIRST, LAST, force=False, now=timezone.now())
        cut = cut_off(trial, count)
        finish(trial, cut.days_in_hand)
        work_again(trial, cut.days_in_hand)
        trial.readers.stop()
        answers = trial.readers.answers
        check_always_answered([one for one in answers if one.asked_at >= cut.at], OTHERS, found)
        check_never_stale(answers, found)
        found.tried = len(answers)
    return found


@contextmanager
def world(found: Found) -> Iterator[Trial]:
    with (
        tempfile.TemporaryDirectory(prefix="soak_") as folder,
        network(NAMES) as net,
        postgres_at_hub(),
        redis_at_hub(),
        elexon_at_hub() as elexon,
        machines(net, elexon.url, Path(folder)) as processes,
        readers(net, YEARLY) as reading,
    ):
        yield Trial(net, elexon, processes, reading, found)


def prepare(trial: Trial) -> None:
    """The register, the difficulty, the payloads, and a transaction that the cut one holds open."""
    with ElexonClient(base_url=trial.elexon.url, requests_per_minute=1_000_000) as client:
        do_at(HUB, lambda: sync_register(client))
    load_embedded_epochs(now=timezone.now())
    trial.serve(0, "2024-05-01T10:00:00Z")
    trial.elexon.fail("/bid/", server.slow(ELEXON_SECONDS))
    trial.machines.run(CUT, "holder", "manage.py", "shell", "-v", "0", "-c", HOLD)
    wait_until(lambda: LAST in trial.days_held(CUT, LockSpace.DAY), "a transaction left open")
    for name in NAMES:
        trial.readers.wait_for_page(name, since=0)


def sync_register(client: ElexonClient) -> None:
    try:
        sync_bmunits(client, now=timezone.now())
    finally:
        connection.close()


@dataclass(frozen=True)
class Cut:
    """When a machine was cut off (monotonic), and the days that it was at."""

    at: float
    days_in_hand: set[date]


def cut_off(trial: Trial, seconds: int) -> Cut:
    """Cuts a machine off while all of them work on a backfill, and lets it come back."""
    hand_over_to_all()
    wait_until(lambda: all(counts(trial)[name] for name in NAMES), "a day of each machine")
    wait_until(lambda: bool(trial.days_held(CUT, LockSpace.FETCH)), "a day in hand")
    trial.net.cut(CUT)
    cut = Cut(time.monotonic(), trial.days_held(CUT, LockSpace.FETCH))
    trial.found.check(bool(cut.days_in_hand), f"{CUT} had no day in hand when it was cut off")
    done_before = count_done()
    with threads_at(CUT, 1) as thread:
        said = thread.submit(what_its_own_reader_is_told, trial)
        free_after = time_until_free(trial, cut, seconds)
        trial.found.check(count_done() > done_before, "the other machines did nothing meanwhile")
        check_told_of_outage(trial, *said.result())
    trial.net.mend(CUT)
    mended_at = time.monotonic()
    back_after = trial.readers.wait_for_page(CUT, since=mended_at).came_at - mended_at
    trial.found.check(back_after < LONGEST_RETURN_SECONDS, f"{CUT} was back after {back_after} s")
    trial.found.figures = (
        f"cut off for {mended_at - cut.at:.0f} s, its locks free after {free_after:.1f} s, "
        f"its web back {back_after:.1f} s after the link"
    )
    return cut


def time_until_free(trial: Trial, cut: Cut, seconds: int) -> float:
    """How long the server kept sessions of the machine that is gone; waits as long as it is."""
    free_after = None
    while (passed := time.monotonic() - cut.at) < seconds or not free_after:
        if not free_after and not trial.sessions(CUT):
            free_after = passed
        if not free_after and passed > LONGEST_HELD_SECONDS:
            trial.found.broken.append(f"{trial.sessions(CUT)} sessions of {CUT} after {passed} s")
            free_after = passed
        resume_backfills()
        time.sleep(0.5)
    return free_after


def what_its_own_reader_is_told(trial: Trial) -> tuple[int, str, float]:
    """Status and text of the cut machine's web, asked at that machine, and the seconds it took."""
    started = time.monotonic()
    response = requests.get(trial.readers.url(CUT), timeout=60)
    return response.status_code, response.text, time.monotonic() - started


def check_told_of_outage(trial: Trial, status: int, text: str, seconds: float) -> None:
    is_told = status == 503 and text == SENTENCE
    trial.found.check(is_told, f"the web of {CUT}, cut off, answered {status}: {text[:80]}")
    is_soon = seconds < LONGEST_HELD_SECONDS
    trial.found.check(is_soon, f"the web of {CUT}, cut off, answered after {seconds:.0f} s")


def hand_over_to_all() -> None:
    """Turns for every worker: each machine takes one, and one more while it is at that."""
    for _ in range(2 * len(NAMES)):
        hand_over()


def counts(trial: Trial) -> Counter[str]:
    return sum(trial.fetchers().values(), Counter())


def count_done() -> int:
    return IngestionProgress.objects.filter(data_state="final", stale_since=None).count()


def finish(trial: Trial, in_hand: set[date]) -> None:
    """The backfill ends; no day but those in hand was begun twice, and none written twice."""
    trial.elexon.mend()
    wait_until(is_done, "the backfill to end")
    asked = trial.fetchers()
    for day in DAYS:
        attempts = IngestionProgress.objects.get(pk=day).attempts
        most = 2 if day in in_hand else 1
        trial.found.check(attempts <= most, f"{day} was begun {attempts} times")
        is_taken_over = day not in in_hand or set(asked[day]) & set(OTHERS)
        trial.found.check(bool(is_taken_over), f"nobody took over {day}")
    check_fetched_once(trial, in_hand)
    rewritten = CurtailmentRecord.objects.exclude(updated_at=F("created_at")).count()
    trial.found.check(rewritten == 0, f"{rewritten} records were written twice")
    done = days_done_by_turns()
    trial.found.check(done <= len(DAYS), f"turns say that they did {done} days")
    check_exact(trial)


def work_again(trial: Trial, in_hand: set[date]) -> None:
    """All days have new figures, which all three machines fetch; each web shows them.

    The machine that was cut off may still ask for the days that it had in hand, for nothing.
    """
    done_before = days_done_by_turns()
    trial.serve(100, "2024-06-01T10:00:00Z")
    trial.elexon.fail("/bid/", server.slow(ELEXON_SECONDS / 2))
    start_backfill(FIRST, LAST, force=True, now=timezone.now())
    hand_over_to_all()
    wait_until(is_done, "the second backfill to end")
    check_fetched_once(trial, in_hand)
    trial.found.check(bool(counts(trial)[CUT]), f"{CUT} is back and does nothing")
    wait_until(lambda: not OrmQ.objects.exists(), "the turns to end")
    done = days_done_by_turns() - done_before
    trial.found.check(done == len(DAYS), f"turns say that they did {done} days of {len(DAYS)}")
    check_exact(trial)


def is_done() -> bool:
    resume_backfills()
    return not Backfill.objects.filter(state="running").exists()


def days_done_by_turns() -> int:
    """By the results of their tasks."""
    results = Task.objects.filter(func__endswith="work_on_backfills", success=True)
    said = (re.match(r"Days done: (\d+)", one.result) for one in results)
    return sum(int(match[1]) for match in said if match)


def check_fetched_once(trial: Trial, in_hand: set[date]) -> None:
    """Each period of each day was asked for once, by one machine; but for those days."""
    for day, clients in trial.fetchers().items():
        is_once = sum(clients.values()) == count_periods(day) and len(clients) == 1
        trial.found.check(is_once or day in in_hand, f"{day} was fetched by {dict(clients)}")


def check_exact(trial: Trial) -> None:
    """Ledger, summaries and what each web says are what follows from the payloads."""
    try:
        assert_summaries_equal_naive_sums()
    except AssertionError as error:
        trial.found.broken.append(f"totals differ: {error}")
    epochs = list(DifficultyEpoch.objects.values_list("starts_at", "difficulty"))
    for day, mwh in IngestionProgress.objects.values_list("settlement_date", "curtailed_mwh"):
        expected = report({day: trial.payloads[day]}, epochs)["curtailed_mwh"]
        trial.found.check(Fraction(mwh or 0) == expected, f"{day} has {mwh}, not {expected} MWh")
    expected = report(trial.payloads, epochs)
    pages = {name: do_at(HUB, partial(read, trial.readers.url(name))) for name in NAMES}
    trial.found.check(len(set(map(str, pages.values()))) == 1, "the webs tell different figures")
    for name, page in pages.items():
        for key in ("curtailed_mwh", "payment_gbp", "record_count"):
            told = Fraction(page[key])
            is_exact = told == expected[key]
            trial.found.check(is_exact, f"{name} tells {key} {told}, not {expected[key]}")


def read(url: str) -> dict[str, Any]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    return dict(response.json())
