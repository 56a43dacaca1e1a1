"""A simulated week of the cluster, run as a process: `manage.py shell -c` calls `run`.

The tasks that the schedules would start are called at their times, with the clock passed in, and
what they hand over is taken from the real queue. Each simulated day begins with a line on stdout
and goes on after a line on stdin, so that the test can do something to Elexon or the database.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_q.models import OrmQ

from curtailment.elexon import ElexonClient, RetryPolicy
from curtailment.models import IngestionProgress
from curtailment.operations import NotVerifiable, verify_day
from curtailment.operations.register import sync_bmunits
from curtailment.sources import SourceError
from mining.operations import load_embedded_epochs
from summaries import daily, pipeline, reconciling
from summaries.switch import switch
from summaries.task_log import log_task
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# Monday to Sunday, and until what is said of Sunday was recalculated and verified.
FIRST, LAST = date(2024, 6, 3), date(2024, 6, 9)
END = datetime(2024, 6, 11, 6, tzinfo=UTC)
STEP = timedelta(hours=4)
# 05:05 in London: both the nightly reconcile and the verification are due by then.
NIGHT_HOUR_UTC = 4


class Week:
    """The simulated time, and a worker that does what waits in the queue."""

    def __init__(self, client: ElexonClient) -> None:
        self.client = client
        self.now = datetime(2024, 6, 3, 0, 5, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def step(self) -> None:
        """What the schedules do at this time, and everything that it hands over."""
        self.do("finish_stale_days", lambda: pipeline.finish_stale_days(clock=self.clock))
        self.do("fetch_due_days", lambda: daily.hand_over_due_days(now=self.now))
        if self.now.hour == NIGHT_HOUR_UTC:
            self.do("reconcile", lambda: daily.hand_over_reconciling(now=self.now))
            self.do("verify_final_days", lambda: daily.hand_over_verifying(now=self.now))
        self.do("the queue", self.empty_the_queue)

    def empty_the_queue(self) -> None:
        for row in OrmQ.objects.order_by("pk"):
            name, arguments = row.task["func"].rpartition(".")[2], row.args()
            row.delete()
            self.do(name, getattr(self, name), *arguments)

    def do(self, name: str, task: Callable[..., Any], *arguments: str) -> None:
        """Calls a task as a worker does: a failure is an outcome, and the next task follows."""
        close_old_connections()
        try:
            answer, succeeded = task(*arguments), True
        except (SourceError, NotVerifiable, DatabaseError, InterfaceError) as error:
            answer, succeeded = f"{type(error).__name__}: {error}", False
        facts = {"func": name, "args": arguments, "result": answer, "success": succeeded}
        log_task(task=facts | {"started": self.now, "began": self.now, "stopped": self.now})

    def sync_register(self) -> Any:
        return sync_bmunits(self.client, now=self.now)

    def sync_network(self) -> Any:
        return load_embedded_epochs(now=self.now)

    def fetch_due_day(self, day: str) -> Any:
        return daily.fetch_due_day(date.fromisoformat(day), client=self.client, clock=self.clock)

    def verify_day(self, day: str) -> Any:
        return verify_day(date.fromisoformat(day), source=self.client, now=self.now)

    def reconcile_and_fix(self, first: str, last: str) -> Any:
        """Of the 40 days only those that this week is about: each day is 48 requests."""
        if date.fromisoformat(last) < FIRST:
            return "left out"
        return reconciling.reconcile(
            max(FIRST, date.fromisoformat(first)),
            date.fromisoformat(last),
            sources=reconciling.sources_with(self.client),
            clock=self.clock,
            fix=True,
        )


def run() -> None:
    """This will simulate the week, and print the ledger of it as JSON in the end."""
    with ElexonClient(
        base_url=settings.ELEXON_BASE_URL,
        requests_per_minute=1_000_000,
        retries=RetryPolicy(first_wait_s=0.001),
    ) as client:
        week = Week(client)
        switch(on=True, by=None, now=week.now)
        week.empty_the_queue()
        while week.now < END:
            wait_for_leave(f"{week.now:%Y-%m-%dT%H:%M}")
            week.step()
            week.now += STEP
    assert_summaries_equal_naive_sums()
    wait_for_leave(json.dumps(ledger()))


def wait_for_leave(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def ledger() -> dict[str, list[str]]:
    rows = IngestionProgress.objects.filter(settlement_date__range=(FIRST, LAST))
    return {
        str(row.settlement_date): [
            row.data_state,
            row.attempt_state,
            row.verification,
            str(row.curtailed_mwh),
            str(row.stale_since),
        ]
        for row in rows.order_by("settlement_date")
    }
