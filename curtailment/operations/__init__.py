"""What changes the tables of this app, one idea a file."""

from curtailment.operations.classification import reclassify_days
from curtailment.operations.corrections import (
    correct,
    correct_batch,
    withdraw,
    withdraw_batch,
)
from curtailment.operations.fetch import FetchedDay, fetch_day
from curtailment.operations.lead_parties import name_lead_parties
from curtailment.operations.ledger import (
    end_attempt,
    fail_attempt,
    fail_if_abandoned_again,
    postpone_attempt,
    start_attempt,
)
from curtailment.operations.proposals import RefusedProposals, errors_of_keys
from curtailment.operations.staleness import (
    clear_stale,
    mark_for_refetch,
    mark_stale,
    raise_revision,
)
from curtailment.operations.store import Outcome, StoredDay, store_day
from curtailment.operations.verify import NotVerifiable, verify_day
from curtailment.operations.wind import refresh_wind_generation

__all__ = [
    "FetchedDay",
    "NotVerifiable",
    "Outcome",
    "RefusedProposals",
    "StoredDay",
    "clear_stale",
    "correct",
    "correct_batch",
    "end_attempt",
    "errors_of_keys",
    "fail_attempt",
    "fail_if_abandoned_again",
    "fetch_day",
    "mark_for_refetch",
    "mark_stale",
    "name_lead_parties",
    "postpone_attempt",
    "raise_revision",
    "reclassify_days",
    "refresh_wind_generation",
    "start_attempt",
    "store_day",
    "verify_day",
    "withdraw",
    "withdraw_batch",
]
