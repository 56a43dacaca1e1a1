"""SIGKILL at random moments, while a day is ingested, corrected and recalculated.

The corrections are saved on the pages, by a browser that tells only what it was told: saved, or
refused, or no answer. What was saved must be there once, what was refused not at all.
"""

import html
import os
import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from django.conf import settings
from django.db import connection
from django.utils import timezone

from curtailment.correction_queries import read_one
from curtailment.elexon import ElexonClient
from curtailment.models import Backfill, Correction, IngestionProgress
from curtailment.operations.register import sync_bmunits
from mining.operations import load_embedded_epochs
from summaries.background import enqueue
from summaries.long_backfills import start_backfill
from summaries.pipeline import finish_stale_days
from summaries.reconciling import reconcile
from summaries.tasks import resume_backfills
from tests.curtailment.days import DAY
from tests.soak.found import Found
from tests.soak.races import CHANGING, STEADY, is_in_force
from tests.soak.served import Served, kill, patiently, served, signed_in, wait_until
from tests.stubs.elexon import StubElexon, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

ROUNDS_BETWEEN_RECONCILING = 20
LONGEST_WAIT_SECONDS = 0.9
SAVED, REFUSED, UNKNOWN = "saved", "refused", "unknown"
UNFLAGGED = {"other_mwh": "0", "other_payment_gbp": "0"}


class Chaos:
    """A day at the stub, the processes, and a browser."""

    def __init__(self, elexon: StubElexon, client: ElexonClient, processes: Served, seed: int):
        self.elexon, self.client, self.processes = elexon, client, processes
        # Nothing secret hangs on it.
        self.random = random.Random(seed)
        self.found = Found()
        self.browser = signed_in(processes.address)
        self.browsing = ThreadPoolExecutor(1)
        self.victims: dict[str, Callable[[], list[int]]] = {
            "web worker": lambda: processes.processes("web server", masters=False),
            "web master": lambda: processes.processes("web server", masters=True),
            "cluster worker": lambda: processes.processes("work", masters=False),
            "cluster master": lambda: processes.processes("work", masters=True),
            "PostgreSQL backend": backends,
            "PostgreSQL": lambda: [postmaster()],
        }

    def run_round(self, number: int) -> None:
        """Work of every kind begins, something is killed, and then all has to be well."""
        self.found.tried += 1
        self.revise(number)
        key = CHANGING if number % 3 == 0 else STEADY
        address = f"{self.processes.address}admin/corrections/records/{DAY}/"
        address += f"{key.settlement_period}/{key.bmu_id}/"
        fields = self.preview(address, number)
        record = patiently(lambda: start_backfill(DAY, DAY, force=True, now=timezone.now()))
        patiently(lambda: enqueue("finish_day", DAY.isoformat()))
        saving = self.browsing.submit(self.save, address, fields, self.moment() / 2)
        time.sleep(self.moment())
        self.kill_something()
        outcome = saving.result()
        self.found.count(f"corrections {outcome}")
        self.recover(record.pk, number)
        patiently(lambda: self.check(number, outcome))

    def moment(self) -> float:
        return self.random.uniform(0, LONGEST_WAIT_SECONDS)

    def revise(self, number: int) -> None:
        """Elexon says something newer of the day from now on."""
        at = datetime(2024, 3, 6, 10, tzinfo=UTC) + timedelta(seconds=number)
        created = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        volumes = {1: ("T_SGRWO-1", f"-{100 + number % 50}"), 2: ("T_MOWEO-1", "-30")}
        for period, (unit, volume) in volumes.items():
            line = make_line(DAY, period, unit, volume, "-50", createdDateTime=created)
            self.elexon.set_stack(DAY, period, "bid", [line])

    def preview(self, address: str, number: int) -> dict[str, str]:
        """What the preview of a correction carries to the save."""
        pages: list[str] = []

        def got_one() -> bool:
            try:
                form = self.browser.get(address, timeout=30)
                fields = hidden(form.text) | corrected(number) | {"step": "preview"}
                answer = self.browser.post(address, fields, timeout=30)
            except requests.RequestException:
                return False
            pages.append(answer.text)
            return "Nothing is saved yet" in answer.text

        try:
            wait_until(got_one, "a preview")
        except AssertionError as error:
            raise AssertionError(f"{error}: {pages[-1:]}") from error
        return hidden(pages[-1]) | {"step": "save"}

    def save(self, address: str, fields: dict[str, str], delay_s: float) -> str:
        time.sleep(delay_s)
        try:
            answer = self.browser.post(address, fields, timeout=30, allow_redirects=False)
        except requests.RequestException:
            return UNKNOWN
        if answer.status_code >= 500:
            return UNKNOWN
        return SAVED if answer.status_code == 302 else REFUSED

    def kill_something(self) -> None:
        kind = self.random.choice(list(self.victims))
        ids = patiently(self.victims[kind])
        if ids and kill(self.random.choice(ids)):
            self.found.count(f"{kind} killed")

    def recover(self, backfill_id: int, number: int) -> None:
        """What the schedules do every minute, until nothing is left to do."""
        self.processes.log.clear()

        def is_done() -> bool:
            return patiently(lambda: self.scheduled(backfill_id))

        try:
            wait_until(is_done, "the scheduled tasks")
        except AssertionError as error:
            self.found.broken.append(f"round {number}: {error}")
        wait_until(self.processes.answers, "the web server")

    def scheduled(self, backfill_id: int) -> bool:
        resume_backfills()
        finish_stale_days(clock=timezone.now)
        finished = IngestionProgress.objects.filter(pk=DAY, attempt_state="ok", stale_since=None)
        state = Backfill.objects.get(pk=backfill_id).state
        return state == Backfill.State.DONE and finished.exists()

    def check(self, number: int, outcome: str) -> None:
        """Totals, this round's correction, and what is published."""
        where = f"round {number}: "
        try:
            assert_summaries_equal_naive_sums()
        except AssertionError as error:
            self.found.broken.append(f"{where}totals differ: {error}")
        stored = Correction.objects.filter(reason=f"Round {number}").count()
        allowed = {SAVED: {1}, REFUSED: {0}, UNKNOWN: {0, 1}}[outcome]
        self.found.check(stored in allowed, f"{where}{outcome}, but {stored} corrections stored")
        published = read_one(CHANGING).published
        is_new = published is not None and published[0] == 100 + number % 50
        self.found.check(is_new, f"{where}published {published}")
        self.check_corrections_hold(where)
        if number % ROUNDS_BETWEEN_RECONCILING == 0:
            self.check_reconciled(number)

    def check_corrections_hold(self, where: str) -> None:
        """Of every record the newest correction is in force, and no other."""
        for key in (CHANGING, STEADY):
            ofkey = Correction.objects.filter(
                settlement_period=key.settlement_period, bmu_id=key.bmu_id
            )
            newest, active = ofkey.order_by("pk").last(), ofkey.filter(withdrawn_at=None)
            self.found.check(list(active) == ([newest] if newest else []), f"{where}{key}: active")
            if newest:
                self.found.check(is_in_force(newest, key), f"{where}{key}: not in force")

    def check_reconciled(self, number: int) -> None:
        result = reconcile(DAY, DAY, sources={"elexon": self.client}, clock=timezone.now)
        self.found.count("reconciled")
        for finding in result.remaining:
            self.found.broken.append(f"round {number}: {finding}")


def corrected(number: int) -> dict[str, str]:
    """The fields of a round's correction: other figures than in the round before."""
    mwh, gbp = str(number), str(number * 50)
    figures = {"curtailed_mwh": mwh, "so_mwh": mwh, "payment_gbp": gbp, "so_payment_gbp": gbp}
    return figures | UNFLAGGED | {"reason": f"Round {number}"}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields}


def backends() -> list[int]:
    """Processes of PostgreSQL that serve others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def postmaster() -> int:
    pid_file = Path(settings.EMBEDDED_POSTGRES_DIR) / "data" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else 0


def run(count: int, seed: int) -> Found:
    """This will kill so many times; the processes are those of the embedded server's folder."""
    with StubElexon() as elexon:
        os.environ["ELEXON_BASE_URL"] = settings.ELEXON_BASE_URL = elexon.url
        os.environ["ELEXON_REQUESTS_PER_MINUTE"] = "1000000"
        settings.ELEXON_REQUESTS_PER_MINUTE = 1_000_000
        elexon.add_day(DAY, {})
        with ElexonClient(base_url=elexon.url, requests_per_minute=1_000_000) as client:
            sync_bmunits(client, now=timezone.now())
            load_embedded_epochs(now=timezone.now())
            with served() as processes:
                return _kill_many(Chaos(elexon, client, processes, seed), count)


def _kill_many(chaos: Chaos, count: int) -> Found:
    chaos.revise(0)
    record = start_backfill(DAY, DAY, force=True, now=timezone.now())
    chaos.recover(record.pk, 0)
    for number in range(1, count + 1):
        chaos.run_round(number)
    patiently(lambda: chaos.check_reconciled(count))
    chaos.browsing.shutdown()
    return chaos.found
