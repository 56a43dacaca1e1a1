"""A database that cannot do what it usually can, and a clock that goes back.

Each fault is told in one sentence by pages (503), commands (exit status 1) and tasks, writes
nothing by halves, and is over without a hand once its cause is.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error, connection, connections
from django.test import Client

from config.database import binaries, embedded
from config.database.problems import sentence_of
from curtailment.models import CurtailmentRecord, IngestionProgress
from curtailment.partitions import ensure_partitions
from summaries import tasks
from summaries.pipeline import DayResult, refresh_day
from tests.config.conftest import ROOT
from tests.curtailment.days import DAY, FETCHED, RUN, add_wind_units
from tests.curtailment.lines import stack_line
from tests.curtailment.memory import MemorySource
from tests.soak.found import Found
from tests.soak.served import NAME, PASSWORD
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# Of a year whose partitions are not there yet, so that they are made where there is little space.
FULL_DAY = date(2023, 6, 5)
SMALL_BYTES = 16 * 2**20
LOGIN = "/accounts/login/"


class Faults:
    """A stored day, and what pages, commands and tasks say."""

    def __init__(self) -> None:
        self.found = Found()
        self.source = MemorySource({DAY: lines_of(DAY, 10), FULL_DAY: lines_of(FULL_DAY, 5)})
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
        if os.geteuid() != 0 or sys.platform != "linux":
            self.found.count("disk full not tried, which takes root")
            return
        with small_disk() as disk:
            ensure_partitions([FULL_DAY.year])
            with filled(disk):
                self.expect_full(FULL_DAY)
            result = self.refresh(FULL_DAY, FETCHED)
            self.expect(result.status == "written", f"after a full disk: {result}")
            self.expect_recovery("a full disk")
            move_off_the_small_disk()

    def expect_full(self, day: date) -> None:
        try:
            result = self.refresh(day, FETCHED)
        except Error as error:
            said = sentence_of(error)
            self.expect("Free some space" in said, f"a full disk: the ingest said {said}")
            connection.close()
        else:
            self.expect(False, f"a full disk: the ingest ended with {result}")
        rows = CurtailmentRecord.objects.filter(settlement_date=day).count()
        self.expect(rows == 0, f"a full disk: {rows} records of a day that was not stored")
        state = IngestionProgress.objects.get(pk=day).data_state
        self.expect(state == "none", f"a full disk: the ledger says {state}")

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


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def superuser() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    server = embedded.ensure_running()
    with psycopg.connect(
        host=str(server.socket_dir),
        port=server.port,
        user=embedded.SUPERUSER,
        dbname=embedded.DATABASE,
        autocommit=True,
    ) as other:
        yield other


@contextmanager
def altered(setting: str) -> Iterator[None]:
    """A setting of the database, for new connections."""
    with superuser() as other:
        other.execute(f"ALTER DATABASE windfall {setting}")
        connection.close()
        yield
        name = setting.split()[1]
        other.execute(f"ALTER DATABASE windfall RESET {name}")
        connection.close()


@contextmanager
def options(**changes: object) -> Iterator[None]:
    """Other options of the connections of this process."""
    before = connection.settings_dict.copy()
    connection.close()
    connection.settings_dict["OPTIONS"] = before["OPTIONS"] | changes
    connection.settings_dict["CONN_MAX_AGE"] = 0
    try:
        yield
    finally:
        connection.close()
        if "pool" in changes:
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict.update(before)


@contextmanager
def table_locked(table: str) -> Iterator[None]:
    with superuser() as other, other.transaction():
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def connection_in_use() -> Iterator[None]:
    """The only connection of the pool is another thread's."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        execute("SELECT 1")
        taken.set()
        over.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(10)
    try:
        yield
    finally:
        over.set()
        holder.join()


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk in memory of a few MB, on which new tables are made."""
    place = Path(settings.EMBEDDED_POSTGRES_DIR).parent / "small"
    place.mkdir()
    size = f"size={SMALL_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "soak_small", str(place)], check=True)
    try:
        owner = binaries.server_user(Path(settings.EMBEDDED_POSTGRES_DIR) / "data")
        (place / "tables").mkdir(mode=0o700)
        if owner is not None:
            os.chown(place / "tables", owner.pw_uid, owner.pw_gid)
        with superuser() as other:
            other.execute(f"CREATE TABLESPACE small LOCATION '{place / 'tables'}'")
            other.execute("GRANT CREATE ON TABLESPACE small TO windfall")
        with altered("SET default_tablespace = small"):
            yield place
        with superuser() as other:
            other.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize))
    try:
        yield
    finally:
        ballast.unlink()


def move_off_the_small_disk() -> None:
    """Moves what was made there to where everything else is."""
    with superuser() as other:
        rows = other.execute("SELECT tablename FROM pg_tables WHERE tablespace = 'small'")
        for (table,) in rows.fetchall():
            other.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
        rows = other.execute("SELECT indexname FROM pg_indexes WHERE tablespace = 'small'")
        for (index,) in rows.fetchall():
            other.execute(f"ALTER INDEX {index} SET TABLESPACE pg_default")


def run(count: int, seed: int) -> Found:
    """This will try each fault so many times."""
    faults = Faults()
    kinds: tuple[Callable[[], None], ...] = (
        faults.read_only,
        faults.locked,
        faults.pool_exhausted,
        faults.disk_full,
        faults.clock_set_back,
    )
    for _ in range(count):
        for fault in kinds:
            fault()
    return faults.found
