"""What the wind farms did produce."""

from django.db import models
from django.db.models import Q

from curtailment.fields import ExactDecimalField


class WindGeneration(models.Model):
    """Actual wind output of Great Britain in a settlement period (Elexon's AGWS).

    A null is a figure that Elexon has not published.
    """

    settlement_date = models.DateField()
    settlement_period = models.SmallIntegerField()
    onshore_mwh = ExactDecimalField(null=True, verbose_name="onshore (MWh)")
    offshore_mwh = ExactDecimalField(null=True, verbose_name="offshore (MWh)")

    class Meta:
        db_table = "wind_generation_data"
        verbose_name_plural = "wind generation"
        constraints = [
            models.UniqueConstraint(
                name="wind_generation_data_key", fields=["settlement_date", "settlement_period"]
            ),
            models.CheckConstraint(
                name="wind_generation_data_period_valid",
                condition=Q(settlement_period__gte=1, settlement_period__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} SP{self.settlement_period}"
