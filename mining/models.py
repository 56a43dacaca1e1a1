"""Tables of what the curtailed energy could have mined."""

from django.db import models
from django.db.models import F, Q

from curtailment.fields import ExactDecimalField
from curtailment.models import BMUnit


class MinerModel(models.Model):
    """A mining machine: how many hashes it computes, and what power it takes."""

    key = models.SlugField(primary_key=True, help_text="e.g. S19J_PRO; used in addresses.")
    name = models.CharField()
    hashrate_th_s = ExactDecimalField(verbose_name="hash rate (TH/s)")
    power_w = ExactDecimalField(verbose_name="power (W)")
    released = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True, help_text="Inactive models are not calculated.")

    class Meta:
        db_table = "miner_models"
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                name="miner_models_positive", condition=Q(hashrate_th_s__gt=0, power_w__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DifficultyEpoch(models.Model):
    """The difficulty in force from one retarget block until the next.

    It is known to hold from `starts_at` to `known_until` (excluded): the start of the next epoch,
    or for the newest one the last time that the network was asked. An epoch whose end was never
    learned holds for no instant.
    """

    height = models.IntegerField(primary_key=True, help_text="The retarget block.")
    starts_at = models.DateTimeField(unique=True)
    known_until = models.DateTimeField()
    difficulty = ExactDecimalField()

    class Meta:
        db_table = "difficulty_epochs"
        ordering = ["height"]
        constraints = [
            models.CheckConstraint(
                name="difficulty_epochs_valid",
                condition=Q(height__gte=0, difficulty__gt=0, known_until__gte=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Epoch from block {self.height}"


class BitcoinPrice(models.Model):
    """The price of a bitcoin on a settlement date; the row without a date is the price now.

    A date's price is the last quote at or before its London midnight end.
    """

    class Source(models.TextChoices):
        NODE = "node", "mempool node"
        SAMPLE = "sample", "sample data"

    date = models.DateField(null=True, blank=True, help_text="Settlement date; empty: now.")
    price_gbp = ExactDecimalField(verbose_name="price (GBP)")
    price_usd = ExactDecimalField(null=True, blank=True, verbose_name="price (USD)")
    quoted_at = models.DateTimeField()
    source = models.CharField(choices=Source)

    class Meta:
        db_table = "bitcoin_prices"
        constraints = [
            models.UniqueConstraint(
                name="bitcoin_prices_key", fields=["date"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="bitcoin_prices_valid",
                condition=Q(price_gbp__gt=0) & Q(source__in=["node", "sample"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date or 'now'}: {self.price_gbp} GBP"


# The figures of a calculation that are null together.
KNOWN_TOGETHER = (
    "bitcoin_mined",
    "so_bitcoin_mined",
    "other_bitcoin_mined",
    "difficulty",
    "subsidy_btc",
)


class BitcoinCalculation(models.Model):
    """The bitcoin that a miner model could have mined with a record's curtailed energy.

    Bitcoin, difficulty and subsidy are null together where the difficulty is not known.

    The table is partitioned by year of settlement_date. Its primary key in the database is
    (settlement_date, settlement_period, bmu_id, miner_model_id); `id` is for Django. It has no
    foreign keys there: rows are made of records and miner models by one statement only.
    """

    id = models.BigAutoField(primary_key=True)
    settlement_date = models.DateField()
    settlement_period = models.SmallIntegerField()
    bmu = models.ForeignKey(
        BMUnit,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        verbose_name="BM Unit",
    )
    miner_model = models.ForeignKey(
        MinerModel, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    bitcoin_mined = ExactDecimalField(null=True, verbose_name="bitcoin (flagged)")
    so_bitcoin_mined = ExactDecimalField(null=True)
    other_bitcoin_mined = ExactDecimalField(null=True)
    difficulty = ExactDecimalField(null=True)
    subsidy_btc = ExactDecimalField(null=True)
    calculated_at = models.DateTimeField()

    class Meta:
        db_table = "historical_bitcoin_calculations"
        constraints = [
            models.UniqueConstraint(
                name="historical_bitcoin_calculations_pkey",
                fields=["settlement_date", "settlement_period", "bmu", "miner_model"],
            ),
            models.CheckConstraint(
                name="historical_bitcoin_calculations_known_or_null",
                # A comparison with null is not false, so it would pass.
                condition=Q(
                    bitcoin_mined__gte=0,
                    so_bitcoin_mined__gte=0,
                    other_bitcoin_mined__gte=0,
                    difficulty__gt=0,
                    subsidy_btc__gt=0,
                    **{f"{figure}__isnull": False for figure in KNOWN_TOGETHER},
                )
                | Q(**{f"{figure}__isnull": True for figure in KNOWN_TOGETHER}),
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.settlement_date} SP{self.settlement_period} {self.bmu_id} {self.miner_model_id}"
        )
