"""What staff corrected: append-only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from curtailment.fields import ExactDecimalField


class CorrectionBatch(models.Model):
    """Corrections that were uploaded together, and can be withdrawn together."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    reason = models.CharField()
    file_name = models.CharField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "correction_batches"
        verbose_name_plural = "correction batches"

    def __str__(self) -> str:
        return f"Batch {self.pk}: {self.reason}"


class Correction(models.Model):
    """The figures that staff say a unit's settlement period has, and why.

    A row is never edited or deleted; the database refuses it. Withdrawing it fills the three
    `withdrawn` columns, once. At most one correction of a record is active.
    """

    bmu = models.ForeignKey(
        "curtailment.BMUnit", on_delete=models.PROTECT, db_index=False, verbose_name="BM Unit"
    )
    settlement_date = models.DateField()
    settlement_period = models.SmallIntegerField()
    curtailed_mwh = ExactDecimalField(verbose_name="flagged (MWh)")
    payment_gbp = ExactDecimalField(verbose_name="flagged (GBP)")
    so_mwh = ExactDecimalField(verbose_name="of it system operator (MWh)")
    so_payment_gbp = ExactDecimalField(verbose_name="of it system operator (GBP)")
    other_mwh = ExactDecimalField(verbose_name="unflagged (MWh)")
    other_payment_gbp = ExactDecimalField(verbose_name="unflagged (GBP)")
    # What Elexon had published when the correction was made; null where it had no record.
    published_curtailed_mwh = ExactDecimalField(null=True)
    published_payment_gbp = ExactDecimalField(null=True)
    published_so_mwh = ExactDecimalField(null=True)
    published_so_payment_gbp = ExactDecimalField(null=True)
    published_other_mwh = ExactDecimalField(null=True)
    published_other_payment_gbp = ExactDecimalField(null=True)
    reason = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="corrections"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    batch = models.ForeignKey(CorrectionBatch, null=True, blank=True, on_delete=models.PROTECT)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="withdrawals",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "corrections"
        permissions = [
            ("correct_record", "Can correct records"),
            ("withdraw_correction", "Can withdraw corrections"),
        ]
        constraints = [
            # Also the index by which ingestion finds the active corrections of a date.
            models.UniqueConstraint(
                name="corrections_one_active",
                fields=["settlement_date", "settlement_period", "bmu"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="corrections_period_valid",
                condition=Q(settlement_period__gte=1, settlement_period__lte=50),
            ),
            models.CheckConstraint(
                name="corrections_energy_valid",
                condition=Q(so_mwh__gte=0, curtailed_mwh__gte=F("so_mwh"), other_mwh__gte=0),
            ),
            models.CheckConstraint(
                name="corrections_reason_given", condition=~Q(reason__regex=r"^\s*$")
            ),
            models.CheckConstraint(
                name="corrections_withdrawn_whole",
                condition=Q(
                    withdrawn_by__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawal_reason__isnull=True,
                )
                | Q(
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                    # A comparison with null is not false, so it would pass.
                    withdrawal_reason__isnull=False,
                    withdrawal_reason__regex=r"\S",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} SP{self.settlement_period} {self.bmu_id}: {self.reason}"
