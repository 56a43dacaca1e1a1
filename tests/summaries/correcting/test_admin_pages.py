"""A correction's page says who, when, why, what before and what after; a batch leads to its own."""

import re

import pytest

from curtailment.models import Correction
from curtailment.operations import correct, correct_batch, withdraw
from tests.curtailment.days import FETCHED
from tests.curtailment.proposals import at_price_of_50, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]

CORRECTIONS = "/admin/curtailment/correction/"


def words(answer):
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(staff, correction):
    return words(staff.get(f"{CORRECTIONS}{correction.pk}/change/"))


def test_a_correction_says_who_when_why_before_and_after(staff, ada):
    page = page_of(staff, correct(at_price_of_50(7), author=ada, now=FETCHED))
    assert "Author: ada" in page
    assert re.search(r"Created at: [^:]*\d{4}", page)
    assert "Reason: Metering fault" in page
    assert "Published then Corrected to flagged (MWh) 10.333333333333333 7 " in page
    assert "flagged (GBP) 495.8333333333333375 350 " in page
    assert "of it system operator (MWh) 10 7 " in page
    assert "unflagged (MWh) 5 0 " in page


def test_a_correction_that_adds_a_record_says_that_there_was_none(staff, ada):
    correction = correct(at_price_of_50(7), author=ada, now=FETCHED)
    added = Correction.objects.create(
        bmu_id=correction.bmu_id,
        settlement_date=correction.settlement_date,
        settlement_period=9,
        reason="Missing",
        author=ada,
        **dict.fromkeys(("so_mwh", "so_payment_gbp", "other_mwh", "other_payment_gbp"), 0),
        curtailed_mwh=7,
        payment_gbp=350,
    )
    page = page_of(staff, added)
    assert "Published then: no record Corrected to flagged (MWh) - 7 flagged (GBP) - 350" in page


def test_a_withdrawal_says_who_and_why(staff, ada):
    correction = correct(at_price_of_50(7), author=ada, now=FETCHED)
    withdraw(
        correction.pk, seen=state_of(correction), author=ada, reason="Elexon is right.", now=FETCHED
    )
    page = page_of(staff, correction)
    assert "Withdrawn by: ada" in page
    assert "Withdrawal reason: Elexon is right." in page


def test_a_batch_says_who_when_and_why_and_leads_to_its_corrections(staff, ada):
    batch = correct_batch(
        [at_price_of_50(3)], author=ada, reason="March", file_name="m.csv", now=FETCHED
    )
    answer = staff.get(f"/admin/curtailment/correctionbatch/{batch.pk}/change/")
    for said in ("Author: ada", "Created at:", "Reason: March", "File name: m.csv"):
        assert said in words(answer)
    address = f"{CORRECTIONS}?batch={batch.pk}"
    assert f'href="{address}"' in answer.content.decode()
    assert list(staff.get(address).context["cl"].result_list) == list(batch.correction_set.all())


def test_the_list_names_the_record_in_one_column_and_cuts_long_reasons(staff, ada):
    proposal = at_price_of_50(7)
    long = type(proposal)(proposal.key, proposal.figures, "Because " * 30, proposal.seen)
    correct(long, author=ada, now=FETCHED)
    page = words(staff.get(CORRECTIONS))
    assert "2024-03-05 SP1 T_SGRWO-1" in page
    assert "Because Because" in page
    assert "Because " * 10 not in page
