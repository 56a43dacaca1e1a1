"""Tables of what was curtailed."""

from curtailment.models.corrections import Correction, CorrectionBatch
from curtailment.models.generation import WindGeneration
from curtailment.models.ledger import ArchivedYear, Backfill, IngestionProgress, SuspectDay
from curtailment.models.records import CurtailmentRecord
from curtailment.models.revisions import ReferenceRevision
from curtailment.models.units import BMUnit

__all__ = [
    "ArchivedYear",
    "BMUnit",
    "Backfill",
    "Correction",
    "CorrectionBatch",
    "CurtailmentRecord",
    "IngestionProgress",
    "ReferenceRevision",
    "SuspectDay",
    "WindGeneration",
]
