"""Whatever is ingested, corrected, withdrawn and recalculated in whatever order: what counts is
what is published overlaid by the active corrections, and every total the sum below it.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curtailment.corrected import CorrectedFigures, InvalidCorrection, Proposal, RecordKey
from curtailment.correction_queries import corrected_to, read_one
from curtailment.models import Correction, CurtailmentRecord
from curtailment.operations import correct, correct_batch, withdraw, withdraw_batch
from mining.operations import load_embedded_epochs
from summaries.pipeline import finish_day, finish_stale_days
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import state_of, state_of_batch
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

DAYS = (DAY, DAY + timedelta(days=1))
UNITS = ("T_SGRWO-1", "T_MOWEO-1")
PERIODS = st.integers(1, 3)

lines = st.builds(
    stack_line,
    id=st.sampled_from([*UNITS, "T_DRAXX-1"]),
    volume=st.decimals(-20, 5, places=9),
    original_price=st.decimals(-100, 50, places=4),
    so_flag=st.sampled_from([True, False, None]),
    cadl_flag=st.booleans(),
    tlm=st.sampled_from(["0.99", "0.987654321", None]),
)
energy = st.decimals(0, 50, places=12)
money = st.decimals(-900, 900, places=12)


@st.composite
def corrected_figures(draw):
    """Any six figures that can be: system operator within flagged, no payment without energy."""
    flagged = draw(energy)
    energies = (flagged, min(flagged, draw(energy)), draw(energy))
    pairs = [(mwh, draw(money) if mwh else Decimal(0)) for mwh in energies]
    return CorrectedFigures(*(figure for pair in pairs for figure in pair))


keys = st.builds(RecordKey, st.sampled_from(DAYS), PERIODS, st.sampled_from(UNITS))
actions = st.one_of(
    st.tuples(
        st.just("ingest"),
        st.sampled_from(DAYS),
        st.dictionaries(PERIODS, st.lists(lines, max_size=3), max_size=3),
    ),
    st.tuples(st.just("correct"), keys, corrected_figures()),
    st.tuples(
        st.just("correct batch"), st.dictionaries(keys, corrected_figures(), min_size=1, max_size=3)
    ),
    st.tuples(st.just("withdraw"), st.integers(0, 20)),
    st.tuples(st.just("withdraw batch"), st.integers(0, 20)),
    st.tuples(st.just("recalculate"), st.sampled_from(DAYS)),
)


class World:
    """The database, and what is known of it without looking."""

    def __init__(self):
        self.now = FETCHED
        self.author = User.objects.create(username="ada")
        self.answers = {}
        for day in DAYS:
            self.ingest(day, {})

    def do(self, name, *arguments):
        self.now += timedelta(minutes=1)
        getattr(self, name.replace(" ", "_"))(*arguments)

    def ingest(self, day, answer):
        store(fetched_day(answer, settlement_date=day, started_at=self.now))
        self.answers[day] = answer

    def correct(self, key, figures):
        try:
            correct(self.proposal(key, figures), author=self.author, now=self.now)
        except InvalidCorrection as refused:
            assert "already" in str(refused)

    def correct_batch(self, figures_by_key):
        # What changes nothing is refused, and with it the batch.
        proposals = [
            self.proposal(key, figures)
            for key, figures in figures_by_key.items()
            if figures.values != (read_one(key).effective or (0,) * 6)
        ]
        if proposals:
            correct_batch(proposals, author=self.author, reason="b", file_name="", now=self.now)

    def withdraw(self, number):
        active = list(Correction.objects.filter(withdrawn_at=None).order_by("id"))
        if active:
            chosen = active[number % len(active)]
            withdraw(
                chosen.pk, author=self.author, reason="Wrong", seen=state_of(chosen), now=self.now
            )

    def withdraw_batch(self, number):
        active = Correction.objects.filter(withdrawn_at=None, batch__isnull=False)
        batches = sorted(set(active.values_list("batch_id", flat=True)))
        if batches:
            chosen = batches[number % len(batches)]
            withdraw_batch(
                chosen,
                author=self.author,
                reason="Wrong",
                seen=state_of_batch(chosen),
                now=self.now,
            )

    def recalculate(self, day):
        finish_day(day, now=self.now)

    def proposal(self, key, figures):
        return Proposal(key, figures, "Metering fault", read_one(key).state)

    def published(self):
        """The six figures and the flagged loss-adjusted payment that the answers come to."""
        by_key = defaultdict(list)
        for day, answer in self.answers.items():
            for period, rows in answer.items():
                for line in rows:
                    if line.id in UNITS:
                        by_key[RecordKey(day, period, line.id)].append(line)
        return {key: naive(rows) for key, rows in by_key.items()}


def naive(rows):
    bids = [row for row in rows if row.volume < 0]
    flagged = [row for row in bids if row.so_flag or row.cadl_flag]
    so = [row for row in bids if row.so_flag]
    other = [row for row in bids if row not in flagged]
    figures = tuple(
        figure
        for part in (flagged, so, other)
        for figure in (
            sum((-row.volume for row in part), Decimal(0)),
            sum((row.volume * row.original_price for row in part), Decimal(0)),
        )
    )
    multipliers = [row.transmission_loss_multiplier for row in flagged]
    adjusted = (
        None
        if None in multipliers
        else sum(
            (row.volume * row.original_price * row.transmission_loss_multiplier for row in flagged),
            Decimal(0),
        )
    )
    return figures, adjusted


def assert_published_overlaid_by_active_corrections(published):
    active = {
        RecordKey(c.settlement_date, c.settlement_period, c.bmu_id): c
        for c in Correction.objects.filter(withdrawn_at=None)
    }
    records = {
        RecordKey(r.settlement_date, r.settlement_period, r.bmu_id): r
        for r in CurtailmentRecord.objects.all()
    }
    assert records.keys() == published.keys() | active.keys()
    for key, record in records.items():
        stored, correction = read_one(key), active.get(key)
        figures, adjusted = published.get(key, (None, None))
        assert stored.published == figures
        assert stored.effective == (corrected_to(correction) if correction else figures)
        assert record.correction_id == (correction.pk if correction else None)
        if correction is None:
            assert record.loss_adjusted_payment_gbp == adjusted


@pytest.fixture(autouse=True)
def register(db):
    load_embedded_epochs(now=FETCHED)
    add_wind_units(*UNITS)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(actions, max_size=12))
def test_no_correction_is_lost_and_none_outlives_its_withdrawal(sequence):
    with transaction.atomic():
        world = World()
        for name, *arguments in sequence:
            world.do(name, *arguments)
            assert_published_overlaid_by_active_corrections(world.published())
        finish_stale_days(clock=lambda: world.now)
        assert_summaries_equal_naive_sums()
        transaction.set_rollback(True)
