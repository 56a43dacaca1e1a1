"""The slices by day and BM Unit that rankings, farm and company pages are sums of."""

from django.db import models

from curtailment.fields import ExactDecimalField
from curtailment.models import BMUnit
from mining.models import MinerModel


class FarmDailySummary(models.Model):
    """A BM Unit's settlement date.

    Bit n - 1 of a bitmap is set when the unit had curtailed energy in settlement period n.
    """

    settlement_date = models.DateField()
    bmu = models.ForeignKey(
        BMUnit, on_delete=models.PROTECT, db_index=False, verbose_name="BM Unit"
    )
    lead_party_name = models.CharField()
    curtailed_mwh = ExactDecimalField()
    payment_gbp = ExactDecimalField()
    loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    so_mwh = ExactDecimalField()
    so_payment_gbp = ExactDecimalField()
    so_loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    all_mwh = ExactDecimalField()
    all_payment_gbp = ExactDecimalField()
    all_loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    period_bitmap = models.BigIntegerField()
    so_period_bitmap = models.BigIntegerField()
    all_period_bitmap = models.BigIntegerField()
    has_corrections = models.BooleanField()

    class Meta:
        db_table = "farm_daily_summaries"
        verbose_name_plural = "farm daily summaries"
        indexes = [
            # A farm's history.
            models.Index(fields=["bmu", "settlement_date"], name="farm_daily_summaries_bmu_date"),
            # A company's history.
            models.Index(
                fields=["lead_party_name", "settlement_date"], name="farm_daily_summaries_party"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="farm_daily_summaries_key", fields=["settlement_date", "bmu"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} {self.bmu_id}"


class BitcoinFarmDailySummary(models.Model):
    """Bitcoin of a BM Unit's settlement date, by miner model."""

    settlement_date = models.DateField()
    bmu = models.ForeignKey(
        BMUnit, on_delete=models.PROTECT, db_index=False, verbose_name="BM Unit"
    )
    miner_model = models.ForeignKey(MinerModel, on_delete=models.PROTECT, db_index=False)
    bitcoin_mined = ExactDecimalField(null=True)
    so_bitcoin_mined = ExactDecimalField(null=True)
    all_bitcoin_mined = ExactDecimalField(null=True)
    difficulty_mwh = ExactDecimalField(null=True)
    so_difficulty_mwh = ExactDecimalField(null=True)
    all_difficulty_mwh = ExactDecimalField(null=True)

    class Meta:
        db_table = "bitcoin_farm_daily_summaries"
        verbose_name_plural = "bitcoin farm daily summaries"
        indexes = [
            # A farm's history.
            models.Index(fields=["bmu", "settlement_date"], name="bitcoin_farm_daily_bmu_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="bitcoin_farm_daily_key", fields=["settlement_date", "bmu", "miner_model"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} {self.bmu_id} {self.miner_model_id}"
