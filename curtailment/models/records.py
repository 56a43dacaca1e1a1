"""What was curtailed, by unit and settlement period."""

from django.db import models
from django.db.models import F, Q

from curtailment.fields import ExactDecimalField

# The figures that a correction can change, in the order of their columns.
FIGURES = (
    "curtailed_mwh",
    "payment_gbp",
    "so_mwh",
    "so_payment_gbp",
    "other_mwh",
    "other_payment_gbp",
)


class CurtailmentRecord(models.Model):
    """Curtailed energy and payment of a BM Unit in a settlement period.

    `curtailed_mwh` and `payment_gbp` are the flagged lines', the `so_` figures the part of them
    with the system operator's flag, the `other_` figures the unflagged lines'. While a correction
    is active these are its figures, and the published ones stand in the `published_` columns
    (null where Elexon has no such record).

    The table is partitioned by year of settlement_date. Its primary key in the database is
    (settlement_date, settlement_period, bmu_id); `id` is for Django, and set by the database.
    """

    id = models.BigAutoField(primary_key=True)
    settlement_date = models.DateField()
    settlement_period = models.SmallIntegerField()
    bmu = models.ForeignKey(
        "curtailment.BMUnit", on_delete=models.PROTECT, db_index=False, verbose_name="BM Unit"
    )
    lead_party_name = models.CharField(help_text="The lead party when the record was first stored.")

    curtailed_mwh = ExactDecimalField(verbose_name="flagged (MWh)")
    payment_gbp = ExactDecimalField(verbose_name="flagged (GBP)")
    loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    so_mwh = ExactDecimalField(verbose_name="of it system operator (MWh)")
    so_payment_gbp = ExactDecimalField(verbose_name="of it system operator (GBP)")
    so_loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    other_mwh = ExactDecimalField(verbose_name="unflagged (MWh)")
    other_payment_gbp = ExactDecimalField(verbose_name="unflagged (GBP)")
    other_loss_adjusted_payment_gbp = ExactDecimalField(null=True)

    original_price_gbp_per_mwh = ExactDecimalField(null=True)
    final_price_gbp_per_mwh = ExactDecimalField(null=True)
    transmission_loss_multiplier = ExactDecimalField(null=True)
    so_flag = models.BooleanField()
    cadl_flag = models.BooleanField()
    lines = models.JSONField(help_text="The stack lines that the published figures are sums of.")

    correction = models.ForeignKey(
        "curtailment.Correction",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    published_curtailed_mwh = ExactDecimalField(null=True)
    published_payment_gbp = ExactDecimalField(null=True)
    published_so_mwh = ExactDecimalField(null=True)
    published_so_payment_gbp = ExactDecimalField(null=True)
    published_other_mwh = ExactDecimalField(null=True)
    published_other_payment_gbp = ExactDecimalField(null=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "curtailment_records"
        indexes = [
            # One unit over a range of dates: a unit's history in the admin.
            models.Index(fields=["bmu", "settlement_date"], name="curtailment_records_bmu_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="curtailment_records_pkey",
                fields=["settlement_date", "settlement_period", "bmu"],
            ),
            models.CheckConstraint(
                name="curtailment_records_period_valid",
                condition=Q(settlement_period__gte=1, settlement_period__lte=50),
            ),
            models.CheckConstraint(
                name="curtailment_records_energy_valid",
                condition=Q(so_mwh__gte=0, curtailed_mwh__gte=F("so_mwh"), other_mwh__gte=0),
            ),
            models.CheckConstraint(
                name="curtailment_records_published_only_if_corrected",
                condition=Q(correction__isnull=False)
                | Q(**{f"published_{figure}__isnull": True for figure in FIGURES}),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date} SP{self.settlement_period} {self.bmu_id}"
