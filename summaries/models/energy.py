"""Energy, payment and coverage of a day, a month and a year.

Columns without a prefix follow the definition `flagged`, those with `so_` and `all_` the other
two. Money and energy of corrected records are the corrected ones.
"""

from django.db import models

from curtailment.fields import ExactDecimalField


class EnergySummary(models.Model):
    """What the summaries of a day, a month and a year have in common."""

    curtailed_mwh = ExactDecimalField()
    payment_gbp = ExactDecimalField()
    loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    so_mwh = ExactDecimalField()
    so_payment_gbp = ExactDecimalField()
    so_loss_adjusted_payment_gbp = ExactDecimalField(null=True)
    all_mwh = ExactDecimalField()
    all_payment_gbp = ExactDecimalField()
    all_loss_adjusted_payment_gbp = ExactDecimalField(null=True)

    # Units, records and settlement periods with curtailed energy.
    farm_count = models.IntegerField()
    so_farm_count = models.IntegerField()
    all_farm_count = models.IntegerField()
    record_count = models.IntegerField()
    so_record_count = models.IntegerField()
    all_record_count = models.IntegerField()
    period_count = models.IntegerField()
    so_period_count = models.IntegerField()
    all_period_count = models.IntegerField()

    # Null unless every stored day has all its wind generation figures.
    wind_generation_mwh = ExactDecimalField(null=True)
    # Null unless energy and wind generation are both complete.
    curtailment_percent = ExactDecimalField(null=True)
    so_curtailment_percent = ExactDecimalField(null=True)
    all_curtailment_percent = ExactDecimalField(null=True)

    periods_expected = models.IntegerField()
    periods_fetched = models.IntegerField()
    is_complete = models.BooleanField()
    is_provisional = models.BooleanField()
    is_sample = models.BooleanField()
    has_corrections = models.BooleanField()
    revision = models.BigIntegerField()

    class Meta:
        abstract = True


class LongSummary(EnergySummary):
    """What the summaries of a month and a year have beyond a day's."""

    days_expected = models.IntegerField()
    day_count = models.IntegerField(help_text="Days with data.")
    complete_day_count = models.IntegerField()
    provisional_day_count = models.IntegerField()
    sample_day_count = models.IntegerField()

    class Meta:
        abstract = True


class DailySummary(EnergySummary):
    """A settlement date that has data."""

    settlement_date = models.DateField(primary_key=True)

    class Meta:
        db_table = "daily_summaries"
        verbose_name_plural = "daily summaries"

    def __str__(self) -> str:
        return str(self.settlement_date)


class MonthlySummary(LongSummary):
    """A month in which at least one day has data."""

    month = models.DateField(primary_key=True, help_text="The first day of the month.")

    class Meta:
        db_table = "monthly_summaries"
        verbose_name_plural = "monthly summaries"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class YearlySummary(LongSummary):
    """A year in which at least one day has data."""

    year = models.SmallIntegerField(primary_key=True)

    class Meta:
        db_table = "yearly_summaries"
        verbose_name_plural = "yearly summaries"

    def __str__(self) -> str:
        return str(self.year)
