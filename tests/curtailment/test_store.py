from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from curtailment.models import (
    BMUnit,
    Correction,
    CurtailmentRecord,
    IngestionProgress,
    SuspectDay,
    WindGeneration,
)
from curtailment.operations import Outcome, fail_attempt
from curtailment.sources import MalformedAnswer
from tests.curtailment.days import DAY, FETCHED, RUN, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def register(db):
    add_wind_units()


def progress():
    return IngestionProgress.objects.get(pk=DAY)


def snapshot(table, key):
    """Every row with its version: what changes when anything writes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, ctid::text, t.* FROM {table} AS t ORDER BY {key}")
        return cursor.fetchall()


def big_bid(mwh, **kwargs):
    return stack_line(volume=f"-{mwh}", so_flag=True, **kwargs)


def test_a_day_is_stored_with_its_evidence_and_its_line_in_the_ledger():
    stored = store(
        fetched_day(
            {
                1: [stack_line(volume="-10", so_flag=True), stack_line(volume="-5")],
                48: [stack_line(id="T_MOWEO-1", volume="-2", cadl_flag=True)],
            }
        )
    )
    assert (stored.outcome, stored.rows_written, stored.rows_removed) == (Outcome.WRITTEN, 2, 0)
    first = CurtailmentRecord.objects.get(settlement_period=1)
    assert (first.curtailed_mwh, first.so_mwh, first.other_mwh) == (10, 10, 5)
    assert (first.payment_gbp, first.other_payment_gbp) == (500, 250)
    assert first.lead_party_name == "A Company"
    assert len(first.lines) == 2
    row = progress()
    assert (row.data_state, row.attempt_state, row.source) == ("final", "ok", "elexon")
    assert (row.periods_expected, row.periods_fetched) == (48, 48)
    assert (row.line_count, row.record_count) == (3, 2)
    assert (row.curtailed_mwh, row.payment_gbp) == (12, 600)
    assert (row.all_mwh, row.all_payment_gbp) == (17, 850)
    assert row.run_created_at == RUN
    assert row.stale_since == FETCHED
    assert row.attempts == 1
    assert WindGeneration.objects.filter(settlement_date=DAY).count() == 48


def test_a_day_without_any_bid_is_a_zero_that_was_looked_at():
    store(fetched_day())
    assert progress().data_state == "final"
    assert progress().curtailed_mwh == 0
    assert not CurtailmentRecord.objects.exists()


def test_a_day_that_is_over_is_not_replaced_by_a_part_of_it_when_the_clock_was_set_back():
    store(fetched_day({1: [stack_line(so_flag=True)], 40: [stack_line(so_flag=True)]}))
    part = {1: [stack_line(so_flag=True, created_at=RUN + LATER)]}
    offered = fetched_day(part, periods=[1, 2], is_final=False, is_running_day=True)
    assert store(offered).outcome == Outcome.OUTDATED
    assert progress().data_state == "final"
    assert CurtailmentRecord.objects.count() == 2


def test_an_unchanged_answer_writes_no_row():
    lines = {1: [stack_line(so_flag=True), stack_line(so_flag=True)], 2: [stack_line()]}
    store(fetched_day(lines))
    IngestionProgress.objects.update(stale_since=None)
    before = snapshot("curtailment_records", "id"), snapshot("wind_generation_data", "id")
    revision = progress().revision
    stored = store(fetched_day(lines, started_at=FETCHED + LATER))
    assert stored.outcome == Outcome.UNCHANGED
    assert (snapshot("curtailment_records", "id"), snapshot("wind_generation_data", "id")) == before
    assert progress().revision == revision
    assert progress().stale_since is None
    assert progress().attempts == 2


def test_the_time_of_the_run_and_the_place_in_the_stack_change_nothing():
    store(fetched_day({1: [stack_line(so_flag=True)]}))
    newer = [stack_line(so_flag=True, created_at=RUN + LATER)]
    assert store(fetched_day({1: newer}, started_at=FETCHED + LATER)).outcome == "unchanged"
    assert progress().run_created_at == RUN + LATER


def test_a_forced_answer_mends_a_damaged_row_and_touches_no_other():
    lines = {1: [stack_line(so_flag=True)], 2: [stack_line(so_flag=True)]}
    store(fetched_day(lines))
    CurtailmentRecord.objects.filter(settlement_period=1).update(curtailed_mwh=99)
    sound = CurtailmentRecord.objects.get(settlement_period=2)
    stored = store(fetched_day(lines, started_at=FETCHED + LATER), force=True)
    assert stored.rows_written == 1
    assert CurtailmentRecord.objects.get(settlement_period=1).curtailed_mwh == 10
    assert CurtailmentRecord.objects.get(settlement_period=2).updated_at == sound.updated_at


def test_a_revised_day_has_lines_changed_added_and_gone():
    store(fetched_day({1: [stack_line(so_flag=True)], 2: [stack_line(so_flag=True)]}))
    created = CurtailmentRecord.objects.get(settlement_period=1).created_at
    revised = {
        1: [stack_line(volume="-11", so_flag=True, created_at=RUN + LATER)],
        3: [stack_line(id="T_MOWEO-1", cadl_flag=True, created_at=RUN + LATER)],
    }
    stored = store(fetched_day(revised, started_at=FETCHED + LATER))
    assert (stored.rows_written, stored.rows_removed) == (2, 1)
    rows = CurtailmentRecord.objects.order_by("settlement_period")
    assert [(r.settlement_period, r.curtailed_mwh) for r in rows] == [(1, 11), (3, 10)]
    assert rows[0].created_at == created
    assert rows[0].updated_at == FETCHED + LATER


def test_an_older_run_never_replaces_a_newer_one():
    store(fetched_day({1: [big_bid(10)]}))
    older = {1: [big_bid(20, created_at=RUN - LATER)]}
    stored = store(fetched_day(older, started_at=FETCHED + LATER))
    assert stored.outcome == Outcome.OUTDATED
    assert CurtailmentRecord.objects.get().curtailed_mwh == 10


def test_of_equal_runs_the_fetch_that_began_later_wins():
    store(fetched_day({1: [big_bid(10)]}))
    assert store(fetched_day({1: [big_bid(20)]}, started_at=FETCHED - LATER)).outcome == "outdated"
    assert store(fetched_day({1: [big_bid(30)]}, started_at=FETCHED + LATER)).outcome == "written"
    assert CurtailmentRecord.objects.get().curtailed_mwh == 30


def test_a_failed_try_never_makes_good_rows_look_bad():
    store(fetched_day({1: [big_bid(10)]}))
    fail_attempt(DAY, error="GET /x: no answer", now=FETCHED + LATER)
    row = progress()
    assert (row.data_state, row.attempt_state) == ("final", "failed")
    assert row.error == "GET /x: no answer"
    assert (row.periods_fetched, row.curtailed_mwh) == (48, 10)


def test_real_data_replace_sample_data_and_never_the_other_way():
    store(fetched_day({1: [big_bid(900)], 2: [big_bid(900)]}, source="sample"))
    stored = store(fetched_day({1: [big_bid(1, created_at=RUN - LATER)]}, wind=False))
    assert stored.outcome == Outcome.WRITTEN
    assert progress().source == "elexon"
    assert not WindGeneration.objects.exists(), "the sample's wind is no wind of the real day"
    assert store(fetched_day({1: [big_bid(5)]}, source="sample")).outcome == Outcome.OUTDATED
    assert CurtailmentRecord.objects.get().curtailed_mwh == 1


def test_wind_generation_that_did_not_arrive_does_not_hold_up_the_energy():
    store(fetched_day({1: [big_bid(10)]}, wind=False))
    assert progress().data_state == "final"
    assert progress().wind_generation_fetched_at is None
    assert progress().error == "no answer"


def test_a_day_is_provisional_until_its_recalculation_was_due():
    lines = {1: [big_bid(10)]}
    store(fetched_day(lines, is_final=False))
    assert progress().data_state == "provisional"
    before = snapshot("curtailment_records", "id")
    store(fetched_day(lines, started_at=FETCHED + LATER))
    assert progress().data_state == "final"
    assert snapshot("curtailment_records", "id") == before


def test_a_running_day_is_never_complete():
    store(fetched_day({1: [big_bid(10)]}, is_running_day=True, is_final=False, periods=[1, 2, 3]))
    row = progress()
    assert (row.data_state, row.periods_expected, row.periods_fetched) == ("running_day", 48, 3)
    assert not row.is_complete


def test_ids_that_the_register_lacks_are_brought_to_attention():
    store(fetched_day({1: [stack_line(id="T_NEWWF-1"), stack_line(id="123"), stack_line(id=None)]}))
    unit = BMUnit.objects.get(source="stack")
    assert (unit.elexon_bmu_id, unit.register_is_wind, unit.is_wind) == ("T_NEWWF-1", None, False)


def test_a_unit_that_staff_mark_as_wind_counts_from_the_next_fetch():
    store(fetched_day({1: [stack_line(id="T_NEWWF-1", so_flag=True)]}))
    BMUnit.objects.filter(pk="T_NEWWF-1").update(staff_is_wind=True)
    again = fetched_day({1: [stack_line(id="T_NEWWF-1", so_flag=True)]}, started_at=FETCHED + LATER)
    assert store(again).outcome == Outcome.WRITTEN
    assert CurtailmentRecord.objects.get().bmu_id == "T_NEWWF-1"


def test_a_bid_without_a_price_refuses_the_whole_day():
    store(fetched_day({1: [big_bid(10)]}))
    with pytest.raises(MalformedAnswer, match="2024-03-05 SP2.*originalPrice"):
        store(
            fetched_day(
                {1: [big_bid(20)], 2: [stack_line(original_price=None)]},
                started_at=FETCHED + LATER,
            )
        )
    assert CurtailmentRecord.objects.get().curtailed_mwh == 10


class TestSuspectDays:
    def test_an_answer_that_lost_more_than_half_of_the_energy_is_kept_aside(self):
        store(fetched_day({1: [big_bid(600)], 2: [big_bid(400)]}))
        stored = store(fetched_day({1: [big_bid(499)]}, started_at=FETCHED + LATER))
        assert stored.outcome == Outcome.SUSPECT
        suspect = SuspectDay.objects.get()
        assert (suspect.stored_mwh, suspect.offered_mwh) == (1000, 499)
        assert suspect.difference == [
            {"bmu": "T_SGRWO-1", "stored_mwh": "1000", "offered_mwh": "499"}
        ]
        assert CurtailmentRecord.objects.count() == 2
        assert (progress().data_state, progress().attempt_state) == ("final", "suspect")

    def test_the_same_answer_is_kept_aside_once(self):
        store(fetched_day({1: [big_bid(1000)]}))
        for hours in (1, 2):
            store(fetched_day({}, started_at=FETCHED + hours * LATER))
        assert SuspectDay.objects.count() == 1

    def test_force_does_not_skip_the_rule(self):
        store(fetched_day({1: [big_bid(1000)]}))
        assert store(fetched_day({}, started_at=FETCHED + LATER), force=True).outcome == "suspect"

    def test_half_is_not_more_than_half(self):
        store(fetched_day({1: [big_bid(1000)]}))
        answer = fetched_day({1: [big_bid(500)]}, started_at=FETCHED + LATER)
        assert store(answer).outcome == Outcome.WRITTEN

    def test_a_small_day_may_lose_all(self):
        store(fetched_day({1: [big_bid(499)]}))
        assert store(fetched_day({}, started_at=FETCHED + LATER)).outcome == Outcome.WRITTEN

    def test_an_accepted_answer_is_taken(self):
        store(fetched_day({1: [big_bid(1000)]}))
        store(fetched_day({}, started_at=FETCHED + LATER))
        SuspectDay.objects.update(state="accepted")
        assert store(fetched_day({}, started_at=FETCHED + 2 * LATER)).outcome == Outcome.WRITTEN
        assert not CurtailmentRecord.objects.exists()


class TestCorrections:
    @pytest.fixture
    def correct(self):
        author = get_user_model().objects.create_user("ada")

        def correct(period, mwh, bmu_id="T_SGRWO-1"):
            return Correction.objects.create(
                bmu_id=bmu_id,
                settlement_date=DAY,
                settlement_period=period,
                curtailed_mwh=mwh,
                payment_gbp=mwh * 60,
                so_mwh=0,
                so_payment_gbp=0,
                other_mwh=0,
                other_payment_gbp=0,
                reason="Metering fault",
                author=author,
            )

        return correct

    def test_a_correction_is_laid_over_what_is_published(self, correct):
        correct(1, 7)
        store(fetched_day({1: [big_bid(10)]}))
        record = CurtailmentRecord.objects.get()
        assert (record.curtailed_mwh, record.payment_gbp) == (7, 420)
        assert (record.published_curtailed_mwh, record.published_payment_gbp) == (10, 500)
        assert record.loss_adjusted_payment_gbp == Decimal("415.80")
        assert progress().curtailed_mwh == 10, "the ledger keeps what Elexon published"

    def test_reingestion_updates_the_published_figures_under_it(self, correct):
        correct(1, 7)
        store(fetched_day({1: [big_bid(10)]}))
        store(fetched_day({1: [big_bid(12)]}, started_at=FETCHED + LATER))
        record = CurtailmentRecord.objects.get()
        assert (record.curtailed_mwh, record.published_curtailed_mwh) == (7, 12)

    def test_a_row_that_exists_only_by_correction_stays(self, correct):
        correct(5, 3)
        store(fetched_day({1: [big_bid(10)]}))
        store(fetched_day({1: [big_bid(12)]}, started_at=FETCHED + LATER))
        record = CurtailmentRecord.objects.get(settlement_period=5)
        assert (record.curtailed_mwh, record.published_curtailed_mwh) == (3, None)
        assert record.lines == []

    def test_a_row_that_elexon_drops_stays_while_it_is_corrected(self, correct):
        correct(1, 7)
        store(fetched_day({1: [big_bid(10)]}))
        store(fetched_day({}, started_at=FETCHED + LATER))
        record = CurtailmentRecord.objects.get()
        assert (record.curtailed_mwh, record.published_curtailed_mwh) == (7, None)

    def test_after_its_withdrawal_the_published_figures_stand(self, correct):
        correction = correct(1, 7)
        store(fetched_day({1: [big_bid(10)]}))
        Correction.objects.filter(pk=correction.pk).update(
            withdrawn_by=correction.author, withdrawn_at=FETCHED, withdrawal_reason="Wrong unit"
        )
        store(fetched_day({1: [big_bid(10)]}, started_at=FETCHED + LATER), force=True)
        record = CurtailmentRecord.objects.get()
        assert (record.curtailed_mwh, record.published_curtailed_mwh) == (10, None)
        assert record.correction_id is None
