"""Two backfills, an ingest and a correction of one day at the same moment, again and again."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import User
from django.db import Error, connection, connections

from curtailment.corrected import Conflict, RecordKey
from curtailment.correction_queries import read_one
from curtailment.models import Correction, CurtailmentRecord, IngestionProgress
from curtailment.operations import correct
from summaries.backfill import BackfillResult, backfill
from summaries.pipeline import DayResult, finish_stale_days, refresh_day
from summaries.reconciling import reconcile
from tests.curtailment.days import DAY, RUN, add_wind_units
from tests.curtailment.lines import stack_line
from tests.curtailment.memory import MemorySource, clock
from tests.curtailment.proposals import at_price_of_50
from tests.soak.found import Found, last_lines
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# One whose published figures change with every round, and one whose figures stay.
CHANGING, STEADY = RecordKey(DAY, 1, "T_SGRWO-1"), RecordKey(DAY, 2, "T_MOWEO-1")
ROUNDS_BETWEEN_RECONCILING = 20


class Race:
    """One day, what Elexon says of it now, and who corrected it so far."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.source = MemorySource({DAY: {}})
        self.author = User.objects.create_user("ada")
        self.corrections = 0
        self.last: dict[RecordKey, Correction] = {}

    def run_round(self, number: int) -> None:
        """Everybody at once; then the scheduled task, and everything has to be exact."""
        self.found.tried += 1
        key = CHANGING if number % 2 else STEADY
        self.source.days = {DAY: lines_of(number)}
        outcomes = self.at_once(key, number)
        for outcome in outcomes:
            self.judge(outcome, key, number)
        finish_stale_days(clock=clock)
        self.check(number)

    def at_once(self, key: RecordKey, number: int) -> list[Any]:
        proposal = at_price_of_50(number % 9 + 1, key) if read_one_or_none(key) else None
        with ThreadPoolExecutor(4) as requests:
            actions: list[Callable[[], Any]] = [
                lambda: backfill(DAY, DAY, source=self.source, clock=clock, force=True),
                lambda: backfill(DAY, DAY, source=self.source, clock=clock, force=True),
                lambda: refresh_day(
                    DAY, source=self.source, executor=requests, clock=clock, force=True
                ),
            ]
            if proposal is not None:
                actions.append(lambda: correct(proposal, author=self.author, now=clock()))
            return together(actions)

    def judge(self, outcome: Any, key: RecordKey, number: int) -> None:
        """Counts what came of somebody; an error that is no refusal breaks the row."""
        if isinstance(outcome, Correction):
            self.corrections += 1
            self.last[key] = outcome
            self.found.count("corrections")
        elif isinstance(outcome, Conflict):
            self.found.count("corrections refused, as the record had changed")
        elif isinstance(outcome, BackfillResult):
            self.found.check(not outcome.troubled, f"round {number}: {outcome.troubled}")
        elif isinstance(outcome, DayResult):
            self.found.check(outcome.is_ok, f"round {number}: {outcome}")
        else:
            self.found.broken.append(f"round {number}: {last_lines(outcome)}")

    def check(self, number: int) -> None:
        """Totals, corrections and evidence after a round."""
        try:
            assert_summaries_equal_naive_sums()
        except AssertionError as error:
            self.found.broken.append(f"round {number}: totals differ: {error}")
        where = f"round {number}: "
        active = Correction.objects.filter(withdrawn_at=None).count()
        self.found.check(
            Correction.objects.count() == self.corrections, where + "a correction is lost or twice"
        )
        self.found.check(active == len(self.last), where + f"{active} corrections are active")
        for key, correction in self.last.items():
            stored = read_one(key)
            self.found.check(stored.correction == correction, where + f"{key}: not the last one")
            self.found.check(is_in_force(correction, key), where + f"{key}: not in force")
        self.check_published(number)
        stale = IngestionProgress.objects.exclude(stale_since=None).count()
        self.found.check(not stale, where + "the day stays stale")
        if number % ROUNDS_BETWEEN_RECONCILING == 0:
            self.check_reconciled(number)

    def check_published(self, number: int) -> None:
        said = Decimal(100 + number % 50)
        published = read_one(CHANGING).published
        is_new = published is not None and Fraction(published[0]) == said
        self.found.check(is_new, f"round {number}: published {published}, said {said}")

    def check_reconciled(self, number: int) -> None:
        result = reconcile(DAY, DAY, sources={"elexon": self.source}, clock=clock)
        self.found.count("reconciled")
        for finding in result.remaining:
            self.found.broken.append(f"round {number}: {finding}")


def is_in_force(correction: Correction, key: RecordKey) -> bool:
    figures = read_one(key).effective
    return figures is not None and figures[0] == correction.curtailed_mwh


def read_one_or_none(key: RecordKey) -> CurtailmentRecord | None:
    return CurtailmentRecord.objects.filter(
        settlement_date=key.settlement_date,
        settlement_period=key.settlement_period,
        bmu_id=key.bmu_id,
    ).first()


def lines_of(number: int) -> dict[int, list[Any]]:
    """What Elexon says in a round: a newer run each time, and another figure in one period."""
    at = RUN + timedelta(seconds=number)
    return {
        1: [stack_line(volume=f"-{100 + number % 50}", so_flag=True, created_at=at)],
        2: [
            stack_line(
                id="T_MOWEO-1", volume="-30", so_flag=True, created_at=at, settlement_period=2
            )
        ],
    }


def together(actions: list[Callable[[], Any]]) -> list[Any]:
    """What each of the actions returned or raised, all begun at the same moment."""
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            return action()
        except (Conflict, Error, AssertionError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as people:
        return list(people.map(act, actions))


def count_deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def run(count: int, seed: int) -> Found:
    """This will run so many rounds in an empty database; `seed` shifts what Elexon says."""
    found = Found()
    add_wind_units()
    race = Race(found)
    before = count_deadlocks()
    for number in range(seed, seed + count):
        race.run_round(number)
    race.check_reconciled(count)
    found.figures = f"{count_deadlocks() - before} deadlocks"
    return found
