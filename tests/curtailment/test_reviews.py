"""Which corrections staff are asked to look at again."""

from copy import copy
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from curtailment.corrected import RecordKey
from curtailment.models import Correction, IngestionProgress
from curtailment.operations import correct, withdraw
from curtailment.reviews import (
    ReviewKind,
    all_to_review,
    corrections_to_review,
    sql_for_reviewing,
)
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import KEY, at_price_of_50, state_of

pytestmark = pytest.mark.django_db

LATER = FETCHED + timedelta(hours=1)


def publish(mwh=None, started_at=FETCHED):
    lines = [] if mwh is None else [stack_line(volume=f"-{mwh}", so_flag=True)]
    store(fetched_day({1: lines}, started_at=started_at))


def correct_to(mwh, key=KEY):
    author = User.objects.get_or_create(username="ada")[0]
    return correct(at_price_of_50(mwh, key), author=author, now=FETCHED)


def to_review():
    """The reviews; the list of all has the same corrections."""
    reviews = corrections_to_review(limit=100)
    assert {review.correction for review in reviews} == set(all_to_review())
    return reviews


@pytest.fixture(autouse=True)
def stored(db):
    add_wind_units()
    publish(10)


def test_one_that_elexon_has_not_touched_is_left_alone():
    correct_to(7)
    publish(10, LATER)
    assert to_review() == []


def test_one_that_elexon_has_come_round_to_is_no_longer_needed():
    correction = correct_to(7)
    publish(7, LATER)
    (review,) = to_review()
    assert (review.correction, review.kind) == (correction, ReviewKind.NOT_NEEDED)
    assert "2024-03-05 SP1 T_SGRWO-1: what is published now is what" in review.sentence


def test_one_whose_published_figures_moved_away():
    correct_to(7)
    publish(12, LATER)
    (review,) = to_review()
    assert review.kind == ReviewKind.MOVED
    assert "had been published was 10.00 MWh and 500.00 GBP flagged" in review.sentence
    assert "; now it is 12.00 MWh and 600.00 GBP flagged" in review.sentence


@pytest.mark.parametrize("real_mwh", [7, 12])
def test_one_made_on_sample_data_does_not_say_that_elexon_had_published_them(real_mwh):
    IngestionProgress.objects.filter(pk=DAY).update(source="sample")
    correct_to(7)
    publish(real_mwh, LATER)
    (review,) = to_review()
    assert "Elexon" not in review.sentence


def test_one_whose_record_elexon_dropped():
    correct_to(7)
    publish(None, LATER)
    (review,) = to_review()
    assert review.kind == ReviewKind.MOVED
    assert "; now it is nothing." in review.sentence


def test_a_zero_that_elexon_has_dropped_itself_is_no_longer_needed():
    correct_to(0)
    publish(None, LATER)
    assert [review.kind for review in to_review()] == [ReviewKind.NOT_NEEDED]


def test_a_record_that_elexon_lacked_and_now_has():
    lacking = RecordKey(DAY, 1, "T_MOWEO-1")
    correct_to(7, lacking)
    assert to_review() == []
    line = stack_line(id="T_MOWEO-1", volume="-7", so_flag=True)
    store(fetched_day({1: [line]}, started_at=LATER))
    assert [review.kind for review in to_review()] == [ReviewKind.NOT_NEEDED]


def test_one_confirmed_or_withdrawn_is_done_with():
    correct_to(7)
    publish(12, LATER)
    confirmed = correct_to(7)
    assert to_review() == []
    publish(13, LATER + timedelta(hours=1))
    withdraw(
        confirmed.pk,
        author=confirmed.author,
        reason="Elexon is right.",
        seen=state_of(confirmed),
        now=LATER,
    )
    assert to_review() == []


def test_of_many_so_many_are_told_and_all_are_listed():
    second = RecordKey(DAY, 2, KEY.bmu_id)
    publish_two(10, LATER)
    older, newer = correct_to(7), correct_to(7, second)
    publish_two(12, LATER + timedelta(hours=1))
    assert [review.correction for review in corrections_to_review(limit=1)] == [newer]
    assert set(all_to_review()) == {older, newer}


def publish_two(mwh, started_at):
    line = stack_line(volume=f"-{mwh}", so_flag=True)
    store(fetched_day({1: [line], 2: [line]}, started_at=started_at))


def test_only_active_corrections_are_read_and_records_by_their_key():
    add_withdrawn(2_000, like=correct_to(7))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE corrections")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql_for_reviewing()}", {"limit": 100})
        plan = "\n".join(line for (line,) in cursor)
    assert "corrections_one_active" in plan
    assert "Seq Scan" not in plan


def add_withdrawn(count, *, like):
    like.pk, like.withdrawn_at, like.withdrawn_by = None, LATER, like.author
    like.withdrawal_reason = "Elexon is right."
    Correction.objects.bulk_create([copy(like) for _ in range(count)])
