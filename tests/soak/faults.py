"""A database that cannot do what it usually can, and a clock that goes back.

Each fault is told in one sentence by pages (503), commands (exit status 1) and tasks, writes
nothing by halves, and is over without a hand once its cause is.
"""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import Error, connection
from django.test import Client

from config.database.problems import sentence_of
from curtailment.models import CurtailmentRecord, IngestionProgress
from curtailment.partitions import ensure_partitions
from summaries import tasks
from summaries.pipeline import DayResult, refresh_day
from tests.config.conftest import ROOT
from tests.curtailment.days import DAY, FETCHED, RUN, add_wind_units
from tests.curtailment.lines import stack_line
from tests.curtailment.memory import MemorySource
from tests.soak.disks import (
    NotPermitted,
    disk_of_the_log,
    filled,
    move_off_the_small_disk,
    server_log,
    small_disk,
    use_up_log,
)
from tests.soak.found import Found
from tests.soak.served import NAME, PASSWORD, wait_until
from tests.soak.servers import (
    altered,
    connection_in_use,
    embedded_answers,
    options,
    table_locked,
)
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# Of a year whose partitions are not there yet, so that they are made where there is little space.
FULL_DAY = date(2023, 6, 5)
LOG_DAY = date(2024, 3, 6)
# The second where the failure itself is to be written already.
TOLD_OF_A_CRASH = ("What was not committed is undone.", "It is starting after a crash: wait.")
LOGIN = "/accounts/login/"


class Faults:
    """A stored day, and what pages, commands and tasks say."""

    def __init__(self) -> None:
        self.found = Found()
        days = {DAY: 10, FULL_DAY: 5, LOG_DAY: 3}
        self.source = MemorySource({day: lines_of(day, mwh) for day, mwh in days.items()})
        add_wind_units()
        User.objects.create_superuser(NAME, password=PASSWORD)
        self.refresh(DAY, FETCHED)

    def refresh(self, day: date, at: datetime) -> DayResult:
        with ThreadPoolExecutor(2) as executor:
            return refresh_day(
                day, source=self.source, executor=executor, clock=lambda: at, force=True
            )

    def sign_in(self) -> int:
        """The status of signing in, which reads and writes."""
        client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
        answer = client.post(LOGIN, {"username": NAME, "password": PASSWORD})
        self.said = answer.content.decode()
        return answer.status_code

    def expect(self, holds: bool, sentence: str) -> None:
        self.found.tried += 1
        self.found.check(holds, sentence)

    def expect_page(self, status: int, when: str) -> None:
        got = self.sign_in()
        self.expect(got == status, f"{when}: the page answered {got}: {self.said[:200]}")
        if status == 503:
            is_sentence = self.said.count("\n") == 1 and "Try again soon." in self.said
            self.expect(is_sentence, f"{when}: {self.said[:200]}")

    def expect_task_fails(self, words: str, when: str) -> None:
        """A task ends in an error of the database, which is a sentence that says what is wrong."""
        try:
            tasks.finish_day(DAY.isoformat())
        except Error as error:
            connection.close()
            self.expect(words in sentence_of(error), f"{when}: the task said {error}")
            return
        self.expect(False, f"{when}: the task did not fail")

    def expect_command_fails(self, words: str, when: str) -> None:
        result = manage("recalculate", "--from", str(DAY), "--to", str(DAY))
        said = result.stderr.strip().splitlines()[-1:]
        is_told = result.returncode == 1 and words in "".join(said)
        is_short = "Traceback" not in result.stderr
        self.expect(is_told and is_short, f"{when}: the command said {result.stderr[-300:]}")

    def expect_recovery(self, when: str) -> None:
        """Everything works again, and every total is exact."""
        connection.close()
        self.expect_page(302, f"after {when}")
        self.expect("written" in tasks.finish_day(DAY.isoformat()), f"after {when}: the task")
        try:
            assert_summaries_equal_naive_sums()
        except AssertionError as error:
            self.found.broken.append(f"after {when}: {error}")

    def read_only(self) -> None:
        with altered("SET default_transaction_read_only = on"):
            self.expect_page(503, "read-only")
            self.expect_command_fails("read-only transaction", "read-only")
            self.expect_task_fails("Make the server writable", "read-only")
            page = Client(headers={"host": "127.0.0.1"}).get("/readyz")
            self.expect(page.status_code in (200, 503), f"read-only: readyz {page.status_code}")
        self.expect_recovery("read-only")

    def locked(self) -> None:
        """What the web server's connections are limited to, this connection is now."""
        with options(options="-c lock_timeout=300ms"), table_locked("auth_user"):
            self.expect_page(503, "a lock")
        with options(options="-c lock_timeout=300ms"), table_locked("daily_summaries"):
            self.expect_task_fails("Somebody else is writing", "a lock")
        self.expect_recovery("a lock")

    def pool_exhausted(self) -> None:
        pool = {"min_size": 0, "max_size": 1, "timeout": 0.5}
        with options(pool=pool), connection_in_use():
            self.expect_page(503, "no connection left")
            self.expect_task_fails("(DB_POOL_MAX) are in use", "no connection left")
        self.expect_recovery("no connection left")

    def disk_full(self) -> None:
        try:
            self.try_full_disk()
        except NotPermitted:
            self.found.count("disk full not tried, which takes the right to mount one")

    def try_full_disk(self) -> None:
        with small_disk() as disk:
            ensure_partitions([FULL_DAY.year])
            with filled(disk):
                self.expect_full(FULL_DAY)
            result = self.refresh(FULL_DAY, FETCHED)
            self.expect(result.status == "written", f"after a full disk: {result}")
            self.expect_recovery("a full disk")
            move_off_the_small_disk()

    def log_full(self) -> None:
        """PostgreSQL stops where it cannot write its log; it is started again."""
        try:
            self.try_full_log()
        except NotPermitted:
            self.found.count("full disk of the log not tried, which takes the right to mount one")

    def try_full_log(self) -> None:
        with disk_of_the_log() as disk:
            with filled(disk):
                use_up_log(disk)
                self.expect_gone(LOG_DAY)
                # It may be back by now, with a piece of log that it does not need any more.
                got = self.sign_in()
                self.expect(got in (503, 302), f"a full disk of the log: the page answered {got}")
            self.expect("PANIC" in server_log(), "a full disk of the log: the server never stopped")
            wait_until(embedded_answers, "PostgreSQL to start again")
            self.expect_nothing_of(LOG_DAY, "a full disk of the log")
            result = self.refresh(LOG_DAY, FETCHED)
            self.expect(result.status == "written", f"after a full disk of the log: {result}")
            self.expect_recovery("a full disk of the log")
        self.expect_recovery("moving the log back")

    def expect_gone(self, day: date) -> None:
        try:
            result = self.refresh(day, FETCHED)
        except Error as error:
            said = sentence_of(error)
            is_told = any(words in said for words in TOLD_OF_A_CRASH)
            self.expect(is_told, f"a full disk of the log: the ingest said {said}")
            connection.close()
        else:
            self.expect(False, f"a full disk of the log: the ingest ended with {result}")

    def expect_full(self, day: date) -> None:
        try:
            result = self.refresh(day, FETCHED)
        except Error as error:
            said = sentence_of(error)
            self.expect("Free some space" in said, f"a full disk: the ingest said {said}")
            connection.close()
        else:
            self.expect(False, f"a full disk: the ingest ended with {result}")
        self.expect_nothing_of(day, "a full disk")

    def expect_nothing_of(self, day: date, when: str) -> None:
        rows = CurtailmentRecord.objects.filter(settlement_date=day).count()
        self.expect(rows == 0, f"{when}: {rows} records of a day that was not stored")
        stored = IngestionProgress.objects.filter(pk=day).exclude(data_state="none")
        self.expect(not stored, f"{when}: the ledger says {list(stored)}")

    def clock_set_back(self) -> None:
        """What is stored stays whole; a newer run of Elexon's counts whatever the clock says."""
        before = self.total()
        self.source.days[DAY] = lines_of(DAY, 12, run=1)
        outcome = self.refresh(DAY, FETCHED - timedelta(days=2))
        kept = outcome.status == "outdated" and self.total() == before
        self.expect(kept, f"a clock set back to the day itself: {outcome}, {self.total()} MWh")
        outcome = self.refresh(DAY, FETCHED - timedelta(hours=1))
        self.expect(outcome.status == "written", f"a clock set back by an hour: {outcome}")
        outcome = self.refresh(DAY, FETCHED + timedelta(hours=1))
        self.expect(outcome.status == "unchanged", f"the clock right again: {outcome}")
        self.expect(self.total() == 12 * 48, f"the clock right again: {self.total()} MWh")
        self.expect_recovery("a clock set back")

    def total(self) -> Decimal | None:
        return IngestionProgress.objects.get(pk=DAY).curtailed_mwh


def lines_of(day: date, mwh: int, run: int = 0) -> dict[int, list[object]]:
    at = RUN + timedelta(seconds=run)
    return {
        number: [
            stack_line(
                volume=f"-{mwh}",
                so_flag=True,
                created_at=at,
                settlement_date=day,
                settlement_period=number,
            )
        ]
        for number in range(1, 49)
    }


def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def run(count: int, seed: int) -> Found:
    """This will try each fault so many times."""
    faults = Faults()
    kinds: tuple[Callable[[], None], ...] = (
        faults.read_only,
        faults.locked,
        faults.pool_exhausted,
        faults.disk_full,
        faults.clock_set_back,
        faults.log_full,
    )
    for _ in range(count):
        for fault in kinds:
            fault()
    return faults.found
