"""Corrections for tests, short to write."""

from decimal import Decimal

from curtailment.corrected import CorrectedFigures, Proposal, RecordKey
from curtailment.correction_queries import active_corrections_of, joint_state, read_one, read_stored
from tests.curtailment.days import DAY

KEY = RecordKey(DAY, 1, "T_SGRWO-1")


def figures(mwh="7", gbp="420", so=("0", "0"), other=("0", "0")):
    """Flagged MWh and GBP, of it the system operator's, and unflagged."""
    return CorrectedFigures(*map(Decimal, (mwh, gbp, *so, *other)))


def proposal(key=KEY, reason="Metering fault", seen=None, **changes):
    """A correction of a record as it is now, unless it was seen in another state."""
    state = read_one(key).state if seen is None else seen
    return Proposal(key, figures(**changes), reason, state)


def state_of(correction):
    """The state of a correction's record, for withdrawing it."""
    key = (correction.settlement_date, correction.settlement_period, correction.bmu_id)
    return read_one(RecordKey(*key)).state


def state_of_batch(batch_id):
    """That of all records that a batch has in force, for withdrawing it."""
    keys = (
        RecordKey(c.settlement_date, c.settlement_period, c.bmu_id)
        for c in active_corrections_of(batch_id)
    )
    return joint_state(read_stored(list(keys)).values())


def at_price_of_50(mwh, key=KEY):
    """A correction to so many MWh, all by the system operator's flag."""
    pair = (str(mwh), str(mwh * 50))
    return proposal(key, mwh=pair[0], gbp=pair[1], so=pair)
