"""Staff find corrections by what they want to do with them."""

import pytest

from curtailment.corrected import RecordKey
from curtailment.correction_filters import BATCHES_OFFERED
from curtailment.models import CorrectionBatch
from curtailment.operations import correct, correct_batch, withdraw
from tests.curtailment.days import DAY, FETCHED
from tests.curtailment.proposals import KEY, at_price_of_50, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]

CORRECTIONS = "/admin/curtailment/correction/"
SECOND = RecordKey(DAY, 2, KEY.bmu_id)


@pytest.fixture
def single(ada):
    return correct(at_price_of_50(7), author=ada, now=FETCHED)


@pytest.fixture
def batch(ada):
    return correct_batch(
        [at_price_of_50(3, SECOND)],
        author=ada,
        reason="Meter readings of March",
        file_name="march.csv",
        now=FETCHED,
    )


def listed(staff, asked):
    return list(staff.get(f"{CORRECTIONS}?{asked}").context["cl"].result_list)


def test_those_in_force_and_those_withdrawn(staff, ada, single, batch):
    withdraw(single.pk, seen=state_of(single), author=ada, reason="Elexon is right.", now=FETCHED)
    assert listed(staff, "counts=no") == [single]
    assert listed(staff, "counts=yes") == list(batch.correction_set.all())
    assert len(listed(staff, "")) == 2


def test_those_of_a_batch_and_those_of_none(staff, single, batch):
    assert listed(staff, f"batch={batch.pk}") == list(batch.correction_set.all())
    assert listed(staff, "batch=none") == [single]


def test_the_newest_batches_are_offered_and_any_can_be_asked_for(staff, ada, batch):
    for number in range(BATCHES_OFFERED):
        CorrectionBatch.objects.create(author=ada, reason=f"Upload {number}")
    assert "Batch" in staff.get(CORRECTIONS).content.decode()
    assert "Meter readings of March" not in staff.get(CORRECTIONS).content.decode()
    answer = staff.get(f"{CORRECTIONS}?batch={batch.pk}")
    assert f"Batch {batch.pk}" in answer.content.decode()
    assert len(answer.context["cl"].result_list) == 1


@pytest.mark.parametrize("asked", ["batch=x", "batch=%00", "counts=x", "review=x"])
def test_what_is_no_filter_is_no_error(staff, single, asked):
    answer = staff.get(f"{CORRECTIONS}?{asked}", follow=True)
    assert answer.status_code == 200
    assert list(answer.context["cl"].result_list) == [single]
