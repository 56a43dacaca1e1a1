"""Bitcoin of a day, a month and a year, by miner model.

A bitcoin or value is null unless it is known for every record or day that it is the sum of.
"""

from django.db import models

from curtailment.fields import ExactDecimalField
from mining.models import MinerModel


class BitcoinSummary(models.Model):
    """What the bitcoin summaries of a day, a month and a year have in common."""

    miner_model = models.ForeignKey(MinerModel, on_delete=models.PROTECT, db_index=False)
    bitcoin_mined = ExactDecimalField(null=True)
    so_bitcoin_mined = ExactDecimalField(null=True)
    all_bitcoin_mined = ExactDecimalField(null=True)
    # At each day's price.
    value_gbp = ExactDecimalField(null=True)
    so_value_gbp = ExactDecimalField(null=True)
    all_value_gbp = ExactDecimalField(null=True)
    # Sums of MWh x difficulty: divided by the MWh, the average difficulty.
    difficulty_mwh = ExactDecimalField(null=True)
    so_difficulty_mwh = ExactDecimalField(null=True)
    all_difficulty_mwh = ExactDecimalField(null=True)
    # That of the last period with a record.
    latest_difficulty = ExactDecimalField(null=True)

    class Meta:
        abstract = True


class BitcoinDailySummary(BitcoinSummary):
    """Bitcoin of a settlement date."""

    settlement_date = models.DateField()
    price_gbp = ExactDecimalField(null=True, help_text="The day's price that was used.")

    class Meta:
        db_table = "bitcoin_daily_summaries"
        verbose_name_plural = "bitcoin daily summaries"
        constraints = [
            models.UniqueConstraint(
                name="bitcoin_daily_summaries_key", fields=["settlement_date", "miner_model"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} {self.miner_model_id}"


class BitcoinMonthlySummary(BitcoinSummary):
    """Bitcoin of a month."""

    month = models.DateField(help_text="The first day of the month.")

    class Meta:
        db_table = "bitcoin_monthly_summaries"
        verbose_name_plural = "bitcoin monthly summaries"
        constraints = [
            models.UniqueConstraint(
                name="bitcoin_monthly_summaries_key", fields=["month", "miner_model"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.miner_model_id}"


class BitcoinYearlySummary(BitcoinSummary):
    """Bitcoin of a year."""

    year = models.SmallIntegerField()

    class Meta:
        db_table = "bitcoin_yearly_summaries"
        verbose_name_plural = "bitcoin yearly summaries"
        constraints = [
            models.UniqueConstraint(
                name="bitcoin_yearly_summaries_key", fields=["year", "miner_model"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.miner_model_id}"
