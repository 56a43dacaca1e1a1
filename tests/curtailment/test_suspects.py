"""Suspect answers: accepted or rejected, once, with a reason; what follows from it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections

from curtailment.models import CurtailmentRecord, IngestionProgress, SuspectDay
from curtailment.operations.suspects import DecisionRefused, accept, reject
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line

NOW = FETCHED + timedelta(days=1)
WHOLE = {
    1: [stack_line(volume="-600", so_flag=True)],
    2: [stack_line(volume="-400", so_flag=True)],
}
HALF_LOST = {1: [stack_line(volume="-499", so_flag=True)]}
ALL_LOST: dict = {}


def answer(lines, hours):
    return store(fetched_day(lines, started_at=FETCHED + timedelta(hours=hours)))


def progress():
    return IngestionProgress.objects.get(pk=DAY)


def states():
    return progress().data_state, progress().attempt_state


@pytest.fixture
def ada():
    return User.objects.create(username="ada")


@pytest.fixture
def suspect(db):
    add_wind_units()
    answer(WHOLE, 0)
    assert answer(HALF_LOST, 1).outcome == "suspect"
    return SuspectDay.objects.get()


@pytest.mark.parametrize(("decide", "state"), [(accept, "accepted"), (reject, "rejected")])
def test_a_decision_says_who_when_and_why(suspect, ada, decide, state):
    decided = decide(suspect, by=ada, reason="  Checked with Elexon. ", now=NOW)
    suspect.refresh_from_db()
    assert decided == suspect
    assert (suspect.state, suspect.decided_by, suspect.decided_at) == (state, ada, NOW)
    assert suspect.decision_reason == "Checked with Elexon."


@pytest.mark.parametrize("decide", [accept, reject])
@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_a_reason_is_required(suspect, ada, decide, reason):
    with pytest.raises(DecisionRefused, match="Give the reason"):
        decide(suspect, by=ada, reason=reason, now=NOW)
    suspect.refresh_from_db()
    assert suspect.state == "open"
    assert states() == ("final", "suspect")


@pytest.mark.parametrize("first", [accept, reject])
@pytest.mark.parametrize("second", [accept, reject])
def test_an_answer_is_decided_once(suspect, ada, first, second):
    first(suspect, by=ada, reason="Checked.", now=NOW)
    before = states()
    with pytest.raises(DecisionRefused, match="Nothing was changed: .* by ada. Reason: Checked."):
        second(suspect, by=ada, reason="Again.", now=NOW)
    suspect.refresh_from_db()
    assert (suspect.decision_reason, states()) == ("Checked.", before)


@pytest.mark.usefixtures("committed_db")
def test_of_two_people_at_once_one_wins_and_the_other_is_told(suspect):
    people = [User.objects.create(username=name) for name in ("ada", "bob")]
    barrier = threading.Barrier(2)

    def decide(operation, person):
        try:
            barrier.wait(10)
            return operation(suspect, by=person, reason="Mine.", now=NOW).decided_by.username
        except DecisionRefused as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(decide, (accept, reject), people))
    suspect.refresh_from_db()
    winner = suspect.decided_by.username
    assert winner in said
    [told] = [words for words in said if words != winner]
    assert f"already by {winner}" in told


class TestAccepted:
    def test_the_day_waits_to_be_fetched_and_shows_no_alarm(self, suspect, ada):
        revision = progress().revision
        accept(suspect, by=ada, reason="Checked.", now=NOW)
        assert states() == ("final", "pending")
        assert progress().error == ""
        assert progress().revision > revision, "pages said that it was suspect"

    def test_the_same_answer_is_stored_when_it_comes_again(self, suspect, ada):
        accept(suspect, by=ada, reason="Checked.", now=NOW)
        assert answer(HALF_LOST, 2).outcome == "written"
        assert CurtailmentRecord.objects.get().curtailed_mwh == 499
        assert states() == ("final", "ok")

    def test_another_answer_that_lacks_as_much_is_kept_aside_anew(self, suspect, ada):
        accept(suspect, by=ada, reason="Checked.", now=NOW)
        assert answer(ALL_LOST, 2).outcome == "suspect"
        assert SuspectDay.objects.filter(state="open").count() == 1
        assert states() == ("final", "suspect")
        assert CurtailmentRecord.objects.count() == 2

    def test_an_answer_that_is_whole_again_is_stored(self, suspect, ada):
        accept(suspect, by=ada, reason="Checked.", now=NOW)
        assert answer(WHOLE, 2).outcome == "unchanged"
        assert states() == ("final", "ok")

    @pytest.mark.parametrize("state", ["failed", "running"])
    def test_a_try_that_failed_or_runs_is_left_alone(self, suspect, ada, state):
        IngestionProgress.objects.update(attempt_state=state, error="Why.")
        accept(suspect, by=ada, reason="Checked.", now=NOW)
        assert (progress().attempt_state, progress().error) == (state, "Why.")


class TestRejected:
    SENTENCE = "Staff rejected an answer of 499 MWh, where 1000 were stored: what is stored stays."

    def test_the_day_shows_its_stored_figures_without_alarm(self, suspect, ada):
        reject(suspect, by=ada, reason="An outage.", now=NOW)
        assert states() == ("final", "ok")
        assert progress().error == self.SENTENCE
        assert CurtailmentRecord.objects.count() == 2

    def test_the_same_answer_alarms_nobody_when_it_comes_again(self, suspect, ada):
        reject(suspect, by=ada, reason="An outage.", now=NOW)
        stored = answer(HALF_LOST, 2)
        assert (stored.outcome, stored.message) == ("rejected", self.SENTENCE)
        assert states() == ("final", "ok")
        assert progress().error == self.SENTENCE
        assert SuspectDay.objects.count() == 1
        assert CurtailmentRecord.objects.count() == 2

    def test_another_answer_that_lacks_as_much_is_kept_aside_anew(self, suspect, ada):
        reject(suspect, by=ada, reason="An outage.", now=NOW)
        assert answer(ALL_LOST, 2).outcome == "suspect"
        assert states() == ("final", "suspect")

    def test_the_alarm_stays_while_another_answer_is_to_be_decided(self, suspect, ada):
        answer(ALL_LOST, 2)
        reject(suspect, by=ada, reason="An outage.", now=NOW)
        assert states() == ("final", "suspect")
        other = SuspectDay.objects.get(state="open")
        reject(other, by=ada, reason="An outage.", now=NOW)
        assert states() == ("final", "ok")

    def test_a_whole_answer_is_stored_and_forgets_the_rejection(self, suspect, ada):
        reject(suspect, by=ada, reason="An outage.", now=NOW)
        assert answer(WHOLE, 2).outcome == "unchanged"
        assert progress().error == ""
