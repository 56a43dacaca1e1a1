"""Three machines, a web server and a cluster on each; one is cut off and comes back.

Nobody tells the others: the link is just down, as when a cable is pulled. What the machine held
must be free soon, its days be done by the others, and everything be exact in the end.
"""

import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

import requests
from django.db.models import F
from django.utils import timezone
from django_q.models import Task

from config.health import SILENT
from config.outage import SENTENCE
from curtailment.locks import LockSpace
from curtailment.models import Backfill, CurtailmentRecord, IngestionProgress
from curtailment.settlement import count_periods
from mining.models import DifficultyEpoch
from summaries.long_backfills import hand_over, start_backfill
from summaries.tasks import resume_backfills
from tests.journeys.naive import report
from tests.soak.found import Found
from tests.soak.network import HUB, do_at, is_permitted, threads_at
from tests.soak.served import wait_until
from tests.soak.trial import (
    CUT,
    DAYS,
    ELEXON_SECONDS,
    FIRST,
    LAST,
    NAMES,
    OTHERS,
    YEARLY,
    Trial,
    prepare,
    world,
)
from tests.soak.watchers import check_always_answered, check_never_stale
from tests.stubs import server
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

# The limit of silence (config/database/silence.py), and time to notice.
LONGEST_HELD_SECONDS = 25
LONGEST_RETURN_SECONDS = 20
# Of /readyz, which a load balancer asks.
LONGEST_SILENCE_SECONDS = 5


def run(count: int, seed: int) -> Found:
    """This will cut a machine off for `count` seconds."""
    found = Found()
    if not is_permitted() or shutil.which("redis-server") is None:
        found.count("not tried, which takes root, iproute2 and redis-server")
        return found
    with world(found) as trial:
        try:
            try_all(trial, count)
        except AssertionError as error:
            # What does not happen in time ends the trial.
            found.broken.append(str(error))
    return found


def try_all(trial: Trial, seconds: int) -> None:
    """Raises AssertionError for what does not happen in time."""
    prepare(trial)
    start_backfill(FIRST, LAST, force=False, now=timezone.now())
    cut = cut_off(trial, seconds)
    finish(trial, cut.days_in_hand)
    work_again(trial, cut.days_in_hand)
    trial.readers.stop()
    answers = trial.readers.answers
    since_cut = [one for one in answers if one.asked_at >= cut.at]
    check_always_answered(since_cut, OTHERS, trial.found)
    check_never_stale(answers, trial.found)
    trial.found.tried = len(answers)


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
    with threads_at(CUT, 2) as threads:
        said = threads.submit(told_at_cut_machine, trial, YEARLY)
        readiness = threads.submit(told_at_cut_machine, trial, "readyz")
        free_after = time_until_free(trial, cut, seconds)
        trial.found.check(count_done() > done_before, "the other machines did nothing meanwhile")
        check_told_of_outage(trial, *said.result(), SENTENCE, LONGEST_HELD_SECONDS)
        check_told_of_outage(trial, *readiness.result(), SILENT, LONGEST_SILENCE_SECONDS)
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


def told_at_cut_machine(trial: Trial, path: str) -> tuple[int, str, float]:
    """Status and text of the cut machine's web, asked at that machine, and the seconds it took."""
    started = time.monotonic()
    try:
        response = requests.get(trial.readers.url(CUT, path), timeout=60)
        status, text = response.status_code, response.text
    except requests.RequestException as error:
        status, text = 0, type(error).__name__
    return status, text, time.monotonic() - started


def check_told_of_outage(
    trial: Trial, status: int, text: str, seconds: float, sentence: str, most_seconds: float
) -> None:
    """It has to answer 503 and a sentence, and soon."""
    is_told = status == 503 and sentence in text
    trial.found.check(is_told, f"the web of {CUT}, cut off, answered {status}: {text[:80]}")
    is_soon = seconds < most_seconds
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
    wait_until(lambda: days_done_by_turns() - done_before >= len(DAYS), "the turns to end")
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
    pages = {name: do_at(HUB, partial(read, trial.readers.url(name, YEARLY))) for name in NAMES}
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
