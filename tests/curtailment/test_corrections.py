"""Staff's corrections: append-only, in force at once, and back to the penny when withdrawn."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection

from curtailment.corrected import Conflict, InvalidCorrection, Proposal, RecordKey
from curtailment.correction_queries import read_one, superseded_by_batch
from curtailment.models import (
    BMUnit,
    Correction,
    CorrectionBatch,
    CurtailmentRecord,
    IngestionProgress,
)
from curtailment.operations import (
    RefusedProposals,
    clear_stale,
    correct,
    correct_batch,
    withdraw,
    withdraw_batch,
)
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import KEY, figures, proposal, state_of, state_of_batch

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)
NOW = FETCHED + 2 * LATER
OTHER = RecordKey(DAY, 1, "T_MOWEO-1")
LACKING = RecordKey(DAY, 5, "T_SGRWO-1")


LINES = {
    1: [
        stack_line(volume="-10.123456789012345", so_flag=True),
        stack_line(volume="-3.25", original_price="12.34", cadl_flag=True, tlm="0.987654321"),
        stack_line(volume="-1.5", tlm="1E-1", final_price="-49.5"),
        stack_line(volume="2"),
        stack_line(id="T_MOWEO-1", volume="-100", so_flag=True),
    ],
    2: [stack_line(volume="-4", so_flag=True, tlm=None)],
}


@pytest.fixture(autouse=True)
def stored_day(db):
    add_wind_units()
    store(fetched_day(LINES))
    clear_stale(DAY)


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada")


def rows(without=("id", "updated_at")):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(r) - %s::text[] FROM curtailment_records AS r"
            " ORDER BY settlement_period, bmu_id",
            [list(without)],
        )
        return [row for (row,) in cursor.fetchall()]


def record(key=KEY):
    return read_one(key).record


class TestCorrecting:
    def test_the_record_has_the_corrected_figures_at_once_beside_the_published_ones(self, ada):
        before = record()
        correction = correct(proposal(), author=ada, now=NOW)
        after = record()
        assert (after.curtailed_mwh, after.payment_gbp, after.so_mwh) == (7, 420, 0)
        assert after.published_curtailed_mwh == before.curtailed_mwh
        assert after.published_other_payment_gbp == before.other_payment_gbp
        assert after.correction_id == correction.pk
        assert after.updated_at == NOW
        kept = ("id", "created_at", "lead_party_name", "original_price_gbp_per_mwh", "so_flag")
        assert all(getattr(after, name) == getattr(before, name) for name in kept)

    def test_it_says_who_why_and_what_was_published(self, ada):
        correction = Correction.objects.get(pk=correct(proposal(), author=ada, now=NOW).pk)
        assert (correction.author, correction.reason) == (ada, "Metering fault")
        assert correction.published_curtailed_mwh == Decimal("13.373456789012345")
        assert correction.withdrawn_at is None

    def test_the_day_is_stale_and_has_another_revision(self, ada):
        before = IngestionProgress.objects.get(pk=DAY)
        correct(proposal(), author=ada, now=NOW)
        after = IngestionProgress.objects.get(pk=DAY)
        assert (after.stale_since, after.stale_reason) == (NOW, "Records were corrected.")
        assert after.revision > before.revision
        assert after.curtailed_mwh == before.curtailed_mwh, "the ledger keeps published figures"

    def test_other_records_are_not_written(self, ada):
        correct(proposal(OTHER), author=ada, now=NOW)
        before = record(OTHER)
        correct(proposal(), author=ada, now=NOW + LATER)
        after = record(OTHER)
        assert after.updated_at == before.updated_at == NOW
        assert (after.curtailed_mwh, after.published_curtailed_mwh) == (7, 100)

    def test_zero_is_a_correction_too(self, ada):
        correct(proposal(mwh="0", gbp="0"), author=ada, now=NOW)
        assert (record().curtailed_mwh, record().loss_adjusted_payment_gbp) == (0, 0)

    def test_a_record_that_elexon_lacks_is_added(self, ada):
        correction = correct(proposal(LACKING), author=ada, now=NOW)
        added = record(LACKING)
        assert (added.curtailed_mwh, added.published_curtailed_mwh) == (7, None)
        assert (added.lines, added.lead_party_name) == ([], "A Company")
        assert Correction.objects.get(pk=correction.pk).published_curtailed_mwh is None

    def test_a_second_one_supersedes_the_first_and_is_named_by_it(self, ada):
        bob = User.objects.create_user("bob")
        first = correct(proposal(), author=ada, now=NOW)
        second = correct(proposal(mwh="8", gbp="480"), author=bob, now=NOW + LATER)
        first.refresh_from_db()
        assert first.withdrawn_by == bob
        assert first.withdrawal_reason == f"Superseded by correction {second.pk}."
        assert (record().curtailed_mwh, record().correction_id) == (8, second.pk)
        assert second.published_curtailed_mwh == first.published_curtailed_mwh

    def test_reingestion_moves_what_is_published_and_keeps_the_correction(self, ada):
        correct(proposal(), author=ada, now=NOW)
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW + LATER))
        assert (record().curtailed_mwh, record().published_other_mwh) == (7, 12)


class TestRefusals:
    def refused(self, ada, **kwargs):
        before = rows()
        with pytest.raises(InvalidCorrection) as caught:
            correct(proposal(**kwargs), author=ada, now=NOW)
        assert rows() == before
        assert not Correction.objects.exists()
        assert IngestionProgress.objects.get(pk=DAY).stale_since is None
        return caught.value.errors

    def test_a_unit_that_does_not_exist(self, ada):
        assert self.refused(ada, key=replace(KEY, bmu_id="T_NONE-1")) == {
            "bmu_id": "There is no BM Unit T_NONE-1."
        }

    def test_a_unit_that_is_not_wind(self, ada):
        BMUnit.objects.create(pk="T_DRAXX-1", fuel_type="BIOMASS", register_is_wind=False)
        assert "not wind" in self.refused(ada, key=replace(KEY, bmu_id="T_DRAXX-1"))["bmu_id"]

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (date(1999, 12, 31), "is before 2001-03-27"),
            (date(2024, 3, 8), "is after today, 2024-03-07"),
            (date(9999, 12, 31), "is after today"),
            (date(2024, 3, 4), "Nothing is stored of 2024-03-04 yet: fetch the day first."),
        ],
    )
    def test_a_day_that_has_no_data(self, ada, day, said):
        errors = self.refused(ada, key=replace(KEY, settlement_date=day))
        assert said in errors["settlement_date"]

    def test_a_day_whose_fetch_failed_has_no_data(self, ada):
        other = DAY - timedelta(days=1)
        IngestionProgress.objects.create(settlement_date=other, periods_expected=48)
        errors = self.refused(ada, key=replace(KEY, settlement_date=other))
        assert "fetch the day first" in errors["settlement_date"]

    @pytest.mark.parametrize(
        ("day", "period"),
        [
            (DAY, 0),
            (DAY, 49),
            (date(2023, 3, 26), 47),
            (date(2023, 10, 29), 51),
            (date(2024, 3, 7), 48),
        ],
    )
    def test_a_period_that_the_day_does_not_have_or_not_yet(self, ada, day, period):
        key = replace(KEY, settlement_date=day, settlement_period=period)
        assert self.refused(ada, key=key).keys() == {"settlement_period"}

    def test_what_changes_nothing(self, ada):
        assert "already" in self.refused(ada, key=LACKING, mwh="0", gbp="0")["record"]

    def test_a_record_that_is_not_the_sum_of_its_evidence(self, ada):
        CurtailmentRecord.objects.filter(pk=record().pk).update(other_mwh=99)
        assert "Fetch the day anew first" in self.refused(ada)["record"]

    def test_what_was_seen_has_changed(self, ada):
        seen = read_one(KEY).state
        first = correct(proposal(), author=ada, now=NOW)
        with pytest.raises(Conflict, match="2024-03-05 SP1 T_SGRWO-1 changed meanwhile"):
            correct(proposal(mwh="8", gbp="480", seen=seen), author=ada, now=NOW)
        assert record().correction_id == first.pk

    def test_elexon_published_something_else_meanwhile(self, ada):
        seen = read_one(KEY).state
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW))
        with pytest.raises(Conflict):
            correct(proposal(seen=seen), author=ada, now=NOW)

    def test_the_same_figures_confirm_a_correction_once_elexon_has_moved(self, ada):
        correct(proposal(), author=ada, now=NOW)
        with pytest.raises(InvalidCorrection, match="already"):
            correct(proposal(), author=ada, now=NOW)
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW + LATER))
        confirmed = correct(proposal(), author=ada, now=NOW + 2 * LATER)
        assert confirmed.published_other_mwh == 12


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"mwh": "-1"}, {"curtailed_mwh"}),
        ({"mwh": "NaN", "gbp": "Infinity"}, {"curtailed_mwh", "payment_gbp"}),
        ({"mwh": "1e400"}, {"curtailed_mwh"}),
        ({"mwh": "1e-31"}, {"curtailed_mwh"}),
        ({"gbp": "-100000001"}, {"payment_gbp"}),
        ({"mwh": "0"}, {"payment_gbp"}),
        ({"so": ("8", "1")}, {"so_mwh"}),
        ({"so": ("0", "1"), "other": ("-1", "1")}, {"so_payment_gbp", "other_mwh"}),
    ],
)
def test_figures_that_cannot_be_name_their_fields(changes, fields):
    with pytest.raises(InvalidCorrection) as caught:
        figures(**changes)
    assert caught.value.errors.keys() == fields


@pytest.mark.parametrize("reason", ["", " \n\t", "x" * 501, "a\0b"])
def test_a_reason_is_needed(reason):
    with pytest.raises(InvalidCorrection, match="reason"):
        Proposal(KEY, figures(), reason, "")


def test_the_farm_may_have_to_pay():
    assert figures(gbp="-420").payment_gbp == -420


class TestWithdrawing:
    @pytest.mark.parametrize("key", [KEY, OTHER, replace(KEY, settlement_period=2), LACKING])
    def test_everything_is_back_to_the_last_digit(self, ada, key):
        before = rows()
        correction = correct(proposal(key), author=ada, now=NOW)
        assert rows() != before
        withdrawn = withdraw(
            correction.pk,
            author=ada,
            reason="Wrong unit",
            seen=state_of(correction),
            now=NOW + LATER,
        )
        assert rows() == before
        assert (withdrawn.withdrawn_by, withdrawn.withdrawn_at) == (ada, NOW + LATER)
        assert withdrawn.withdrawal_reason == "Wrong unit"

    def test_the_day_is_stale(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        clear_stale(DAY)
        withdraw(
            correction.pk,
            author=ada,
            reason="Wrong unit",
            seen=state_of(correction),
            now=NOW + LATER,
        )
        assert IngestionProgress.objects.get(pk=DAY).stale_since == NOW + LATER

    def test_what_elexon_published_meanwhile_stands(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW + LATER))
        withdraw(
            correction.pk,
            author=ada,
            reason="Wrong unit",
            seen=state_of(correction),
            now=NOW + LATER,
        )
        assert (record().other_mwh, record().loss_adjusted_payment_gbp) == (12, 0)

    def test_what_elexon_dropped_meanwhile_disappears(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        store(fetched_day({}, started_at=NOW + LATER))
        withdraw(
            correction.pk,
            author=ada,
            reason="Wrong unit",
            seen=state_of(correction),
            now=NOW + LATER,
        )
        assert record() is None

    def test_it_is_done_once(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        withdraw(correction.pk, author=ada, reason="Wrong unit", seen=state_of(correction), now=NOW)
        with pytest.raises(Conflict, match="withdrawn or superseded already"):
            withdraw(correction.pk, author=ada, reason="Again", seen=state_of(correction), now=NOW)

    def test_a_superseded_one_is_not_withdrawn_and_its_successor_stays(self, ada):
        first = correct(proposal(), author=ada, now=NOW)
        second = correct(proposal(mwh="8", gbp="480"), author=ada, now=NOW)
        with pytest.raises(Conflict):
            withdraw(first.pk, author=ada, reason="Wrong unit", seen=state_of(first), now=NOW)
        assert record().correction_id == second.pk

    def test_it_is_refused_once_elexon_has_published_anew(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        seen = state_of(correction)
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW + LATER))
        with pytest.raises(Conflict, match="2024-03-05 SP1 T_SGRWO-1 changed meanwhile"):
            withdraw(correction.pk, author=ada, reason="Wrong unit", seen=seen, now=NOW + LATER)
        assert record().correction_id == correction.pk

    def test_it_needs_a_reason(self, ada):
        correction = correct(proposal(), author=ada, now=NOW)
        with pytest.raises(InvalidCorrection, match="reason"):
            withdraw(correction.pk, author=ada, reason=" ", seen=state_of(correction), now=NOW)
        assert record().correction_id == correction.pk


class TestBatches:
    def batch(self, ada, *proposals, reason="Audit"):
        return correct_batch(proposals, author=ada, reason=reason, file_name="a.csv", now=NOW)

    def test_all_are_made_at_once_over_several_days(self, ada):
        day = DAY - timedelta(days=1)
        store(fetched_day(settlement_date=day))
        keys = (KEY, OTHER, LACKING, replace(KEY, settlement_date=day))
        batch = self.batch(ada, *map(proposal, keys))
        assert all(record(key).curtailed_mwh == 7 for key in keys)
        assert Correction.objects.filter(batch=batch).count() == 4
        assert IngestionProgress.objects.filter(stale_since__isnull=False).count() == 2

    def test_or_none_with_all_that_is_wrong(self, ada):
        before = rows()
        wrong = [replace(KEY, bmu_id="T_NONE-1"), replace(KEY, settlement_period=49)]
        with pytest.raises(RefusedProposals) as caught:
            self.batch(ada, proposal(), *map(proposal, wrong))
        assert caught.value.errors.keys() == set(wrong)
        assert rows() == before
        assert not CorrectionBatch.objects.exists()

    def test_a_record_is_in_it_once(self, ada):
        with pytest.raises(RefusedProposals, match="corrected twice"):
            self.batch(ada, proposal(), proposal(mwh="8", gbp="480"))

    def test_it_is_withdrawn_as_a_whole(self, ada):
        before = rows()
        batch = self.batch(ada, proposal(), proposal(OTHER), proposal(LACKING))
        assert (
            withdraw_batch(
                batch.pk,
                author=ada,
                reason="Wrong file",
                seen=state_of_batch(batch.pk),
                now=NOW + LATER,
            )
            == 3
        )
        assert rows() == before
        with pytest.raises(Conflict, match="withdrawn or superseded already"):
            withdraw_batch(
                batch.pk, author=ada, reason="Again", seen=state_of_batch(batch.pk), now=NOW
            )

    def test_what_was_corrected_again_keeps_its_later_correction(self, ada):
        batch = self.batch(ada, proposal(), proposal(OTHER))
        later = correct(proposal(mwh="8", gbp="480"), author=ada, now=NOW)
        assert (
            withdraw_batch(
                batch.pk, author=ada, reason="Wrong file", seen=state_of_batch(batch.pk), now=NOW
            )
            == 1
        )
        assert record().correction_id == later.pk
        assert record(OTHER).correction_id is None

    @pytest.mark.parametrize("key", [KEY, OTHER, LACKING])
    def test_it_is_not_withdrawn_once_any_of_its_records_changed(self, ada, key):
        batch = self.batch(ada, proposal(), proposal(OTHER), proposal(LACKING))
        seen = state_of_batch(batch.pk)
        correct(proposal(key, mwh="8", gbp="480"), author=ada, now=NOW)
        before = rows()
        with pytest.raises(Conflict, match="changed meanwhile"):
            withdraw_batch(batch.pk, author=ada, reason="Wrong file", seen=seen, now=NOW + LATER)
        assert rows() == before

    def test_it_is_not_withdrawn_once_elexon_has_published_anew(self, ada):
        batch = self.batch(ada, proposal(), proposal(OTHER))
        seen = state_of_batch(batch.pk)
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=NOW + LATER))
        with pytest.raises(Conflict, match="changed meanwhile"):
            withdraw_batch(batch.pk, author=ada, reason="Wrong file", seen=seen, now=NOW + LATER)
        assert record().correction_id is not None

    def test_it_is_known_what_it_took_the_place_of(self, ada):
        first = correct(proposal(), author=ada, now=NOW)
        second = correct(proposal(LACKING), author=ada, now=NOW)
        by_hand = correct(proposal(OTHER), author=ada, now=NOW)
        batch = self.batch(ada, proposal(mwh="8", gbp="480"), proposal(LACKING, mwh="8", gbp="480"))
        reason = f"Superseded by correction {Correction.objects.latest('pk').pk}."
        seen = state_of(by_hand)
        withdraw(by_hand.pk, author=ada, reason=reason, seen=seen, now=NOW)
        assert set(superseded_by_batch(batch.pk)) == {first, second}
        correct(proposal(LACKING), author=ada, now=NOW)
        assert superseded_by_batch(batch.pk) == [first]
