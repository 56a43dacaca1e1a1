"""Three machines at work on a backfill, and what can be asked about them."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection
from django.utils import timezone

from curtailment.elexon import ElexonClient
from curtailment.locks import LockSpace
from curtailment.operations.register import sync_bmunits
from curtailment.settlement import count_periods, iter_dates
from mining.operations import load_embedded_epochs
from tests.soak.found import Found
from tests.soak.machines import Machines, elexon_at_hub, machines, postgres_at_hub, redis_at_hub
from tests.soak.network import HUB, Network, do_at, network
from tests.soak.served import wait_until
from tests.soak.watchers import Readers, readers
from tests.stubs import server
from tests.stubs.elexon import StubElexon, make_line

# With the day in March that has 46 periods.
FIRST, LAST = date(2024, 3, 25), date(2024, 4, 14)
DAYS = list(iter_dates(FIRST, LAST))
NAMES = ["one", "two", "three"]
CUT, OTHERS = NAMES[-1], NAMES[:-1]
YEARLY = "reports/yearly/2024/?format=json"
# So that a day takes about two seconds, and the cut comes while there is much to do.
ELEXON_SECONDS = 0.5
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
