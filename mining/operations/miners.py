"""What follows from a miner model that was added or changed."""

from datetime import datetime

from curtailment.models import IngestionProgress
from curtailment.operations import mark_stale
from mining.models import MinerModel


def recalculate_for(miner: MinerModel, *, now: datetime) -> int:
    """This will mark every day with data as stale, so that its bitcoin follows from the model.

    Call it in the transaction that saves the model: no reader then sees one without the other.
    Returns how many days it marked.
    """
    days = IngestionProgress.objects.values_list("settlement_date", flat=True)
    return mark_stale(days, reason=f"Miner model {miner.key} was changed.", now=now)
