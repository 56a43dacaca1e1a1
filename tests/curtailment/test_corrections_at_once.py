"""Two people at the same record, at the same moment: one wins, the other is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections

from curtailment.corrected import Conflict, RecordKey
from curtailment.correction_queries import read_one
from curtailment.models import Correction, CurtailmentRecord
from curtailment.operations import correct, correct_batch, withdraw
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import KEY, at_price_of_50, state_of

pytestmark = pytest.mark.usefixtures("committed_db")

NEXT = DAY + timedelta(days=1)
ROUNDS = 5


@pytest.fixture(autouse=True)
def stored(committed_db):
    add_wind_units()
    for day in (DAY, NEXT):
        store(fetched_day({1: [stack_line(volume="-10", so_flag=True)]}, settlement_date=day))


def at_once(*actions):
    """Runs actions at the same moment; what each returned, or the Conflict that it met."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        try:
            barrier.wait(10)
            return action()
        except Conflict as conflict:
            return conflict
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as people:
        return list(people.map(run, actions))


def test_of_two_corrections_one_wins_and_the_other_is_told():
    ada, bob = (User.objects.create_user(name) for name in ("ada", "bob"))
    for number in range(1, ROUNDS + 1):
        hers, his = at_price_of_50(number), at_price_of_50(number * 100)
        outcomes = at_once(
            lambda hers=hers: correct(hers, author=ada, now=FETCHED),
            lambda his=his: correct(his, author=bob, now=FETCHED),
        )
        won = [outcome for outcome in outcomes if isinstance(outcome, Correction)]
        assert len(won) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
        assert read_one(KEY).correction == won[0]
        assert read_one(KEY).effective[0] == won[0].curtailed_mwh
    assert Correction.objects.count() == ROUNDS


def test_a_correction_withdrawn_by_two_is_withdrawn_once():
    ada = User.objects.create_user("ada")
    correction = correct(at_price_of_50(7), author=ada, now=FETCHED)
    seen = state_of(correction)

    def undo():
        return withdraw(correction.pk, author=ada, reason="Wrong unit", seen=seen, now=FETCHED)

    outcomes = at_once(undo, undo)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Correction"]
    assert CurtailmentRecord.objects.filter(curtailed_mwh=10).count() == 2


def test_batches_over_the_same_days_in_another_order_do_not_wait_in_a_circle():
    ada = User.objects.create_user("ada")
    keys = [KEY, RecordKey(NEXT, 1, "T_SGRWO-1"), RecordKey(NEXT, 2, "T_MOWEO-1")]
    for number in range(1, ROUNDS + 1):
        proposals = [at_price_of_50(number, key) for key in keys]
        outcomes = at_once(
            *(
                lambda rows=rows: correct_batch(
                    rows, author=ada, reason="Audit", file_name="", now=FETCHED
                )
                for rows in (proposals, proposals[::-1])
            )
        )
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
        assert {read_one(key).effective[0] for key in keys} == {number}


def test_a_correction_and_a_new_answer_both_hold():
    ada = User.objects.create_user("ada")
    revised = {1: [stack_line(volume="-12", so_flag=True)]}
    mine = at_price_of_50(7)
    outcomes = at_once(
        lambda: correct(mine, author=ada, now=FETCHED),
        lambda: store(fetched_day(revised, started_at=FETCHED + timedelta(hours=1))),
    )
    stored = read_one(KEY)
    assert stored.published[0] == 12
    assert stored.effective[0] == (12 if isinstance(outcomes[0], Conflict) else 7)
