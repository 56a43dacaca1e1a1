"""Questions about what was curtailed and what is known of a day."""

from datetime import date

from curtailment.models import BMUnit, IngestionProgress
from curtailment.sources import SettlementSource


def progress_of(settlement_date: date) -> IngestionProgress | None:
    """The ledger's line of a date, if there is one."""
    return IngestionProgress.objects.filter(settlement_date=settlement_date).first()


def has_wind_units_for(source: SettlementSource) -> bool:
    """Whether the register can tell wind from the rest in this source's answers.

    The few units of the sample do not serve for Elexon's: all others would be lost in silence.
    """
    units = BMUnit.objects.filter(is_wind=True)
    if source.name == IngestionProgress.Source.ELEXON:
        units = units.exclude(source=BMUnit.Source.SAMPLE)
    return units.exists()
