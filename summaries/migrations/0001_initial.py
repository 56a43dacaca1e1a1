import django.db.models.deletion
from django.db import migrations, models

import curtailment.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("curtailment", "0001_initial"),
        ("mining", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailySummary",
            fields=[
                ("curtailed_mwh", curtailment.fields.ExactDecimalField()),
                ("payment_gbp", curtailment.fields.ExactDecimalField()),
                ("loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_mwh", curtailment.fields.ExactDecimalField()),
                ("so_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("so_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_mwh", curtailment.fields.ExactDecimalField()),
                ("all_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("all_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("farm_count", models.IntegerField()),
                ("so_farm_count", models.IntegerField()),
                ("all_farm_count", models.IntegerField()),
                ("record_count", models.IntegerField()),
                ("so_record_count", models.IntegerField()),
                ("all_record_count", models.IntegerField()),
                ("period_count", models.IntegerField()),
                ("so_period_count", models.IntegerField()),
                ("all_period_count", models.IntegerField()),
                ("wind_generation_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("so_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("all_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("periods_expected", models.IntegerField()),
                ("periods_fetched", models.IntegerField()),
                ("is_complete", models.BooleanField()),
                ("is_provisional", models.BooleanField()),
                ("is_sample", models.BooleanField()),
                ("has_corrections", models.BooleanField()),
                ("revision", models.BigIntegerField()),
                ("settlement_date", models.DateField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name_plural": "daily summaries",
                "db_table": "daily_summaries",
            },
        ),
        migrations.CreateModel(
            name="MonthlySummary",
            fields=[
                ("curtailed_mwh", curtailment.fields.ExactDecimalField()),
                ("payment_gbp", curtailment.fields.ExactDecimalField()),
                ("loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_mwh", curtailment.fields.ExactDecimalField()),
                ("so_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("so_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_mwh", curtailment.fields.ExactDecimalField()),
                ("all_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("all_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("farm_count", models.IntegerField()),
                ("so_farm_count", models.IntegerField()),
                ("all_farm_count", models.IntegerField()),
                ("record_count", models.IntegerField()),
                ("so_record_count", models.IntegerField()),
                ("all_record_count", models.IntegerField()),
                ("period_count", models.IntegerField()),
                ("so_period_count", models.IntegerField()),
                ("all_period_count", models.IntegerField()),
                ("wind_generation_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("so_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("all_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("periods_expected", models.IntegerField()),
                ("periods_fetched", models.IntegerField()),
                ("is_complete", models.BooleanField()),
                ("is_provisional", models.BooleanField()),
                ("is_sample", models.BooleanField()),
                ("has_corrections", models.BooleanField()),
                ("revision", models.BigIntegerField()),
                ("days_expected", models.IntegerField()),
                ("day_count", models.IntegerField(help_text="Days with data.")),
                ("complete_day_count", models.IntegerField()),
                ("provisional_day_count", models.IntegerField()),
                ("sample_day_count", models.IntegerField()),
                (
                    "month",
                    models.DateField(
                        help_text="The first day of the month.", primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "monthly summaries",
                "db_table": "monthly_summaries",
            },
        ),
        migrations.CreateModel(
            name="YearlySummary",
            fields=[
                ("curtailed_mwh", curtailment.fields.ExactDecimalField()),
                ("payment_gbp", curtailment.fields.ExactDecimalField()),
                ("loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_mwh", curtailment.fields.ExactDecimalField()),
                ("so_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("so_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_mwh", curtailment.fields.ExactDecimalField()),
                ("all_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("all_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("farm_count", models.IntegerField()),
                ("so_farm_count", models.IntegerField()),
                ("all_farm_count", models.IntegerField()),
                ("record_count", models.IntegerField()),
                ("so_record_count", models.IntegerField()),
                ("all_record_count", models.IntegerField()),
                ("period_count", models.IntegerField()),
                ("so_period_count", models.IntegerField()),
                ("all_period_count", models.IntegerField()),
                ("wind_generation_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("so_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("all_curtailment_percent", curtailment.fields.ExactDecimalField(null=True)),
                ("periods_expected", models.IntegerField()),
                ("periods_fetched", models.IntegerField()),
                ("is_complete", models.BooleanField()),
                ("is_provisional", models.BooleanField()),
                ("is_sample", models.BooleanField()),
                ("has_corrections", models.BooleanField()),
                ("revision", models.BigIntegerField()),
                ("days_expected", models.IntegerField()),
                ("day_count", models.IntegerField(help_text="Days with data.")),
                ("complete_day_count", models.IntegerField()),
                ("provisional_day_count", models.IntegerField()),
                ("sample_day_count", models.IntegerField()),
                ("year", models.SmallIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name_plural": "yearly summaries",
                "db_table": "yearly_summaries",
            },
        ),
        migrations.CreateModel(
            name="BitcoinDailySummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("so_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("all_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("so_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("all_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("latest_difficulty", curtailment.fields.ExactDecimalField(null=True)),
                ("settlement_date", models.DateField()),
                (
                    "price_gbp",
                    curtailment.fields.ExactDecimalField(
                        help_text="The day's price that was used.", null=True
                    ),
                ),
                (
                    "miner_model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="mining.minermodel",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bitcoin daily summaries",
                "db_table": "bitcoin_daily_summaries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement_date", "miner_model"),
                        name="bitcoin_daily_summaries_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BitcoinFarmDailySummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_date", models.DateField()),
                ("bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("so_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("all_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("so_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("all_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                (
                    "bmu",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="curtailment.bmunit",
                        verbose_name="BM Unit",
                    ),
                ),
                (
                    "miner_model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="mining.minermodel",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bitcoin farm daily summaries",
                "db_table": "bitcoin_farm_daily_summaries",
                "indexes": [
                    models.Index(
                        fields=["bmu", "settlement_date"], name="bitcoin_farm_daily_bmu_date"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement_date", "bmu", "miner_model"),
                        name="bitcoin_farm_daily_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BitcoinMonthlySummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("so_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("all_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("so_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("all_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("latest_difficulty", curtailment.fields.ExactDecimalField(null=True)),
                ("month", models.DateField(help_text="The first day of the month.")),
                (
                    "miner_model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="mining.minermodel",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bitcoin monthly summaries",
                "db_table": "bitcoin_monthly_summaries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "miner_model"), name="bitcoin_monthly_summaries_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BitcoinYearlySummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("so_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("all_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                ("value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_value_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("so_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("all_difficulty_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("latest_difficulty", curtailment.fields.ExactDecimalField(null=True)),
                ("year", models.SmallIntegerField()),
                (
                    "miner_model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="mining.minermodel",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bitcoin yearly summaries",
                "db_table": "bitcoin_yearly_summaries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "miner_model"), name="bitcoin_yearly_summaries_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FarmDailySummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_date", models.DateField()),
                ("lead_party_name", models.CharField()),
                ("curtailed_mwh", curtailment.fields.ExactDecimalField()),
                ("payment_gbp", curtailment.fields.ExactDecimalField()),
                ("loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("so_mwh", curtailment.fields.ExactDecimalField()),
                ("so_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("so_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_mwh", curtailment.fields.ExactDecimalField()),
                ("all_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("all_loss_adjusted_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("period_bitmap", models.BigIntegerField()),
                ("so_period_bitmap", models.BigIntegerField()),
                ("all_period_bitmap", models.BigIntegerField()),
                ("has_corrections", models.BooleanField()),
                (
                    "bmu",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="curtailment.bmunit",
                        verbose_name="BM Unit",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "farm daily summaries",
                "db_table": "farm_daily_summaries",
                "indexes": [
                    models.Index(
                        fields=["bmu", "settlement_date"], name="farm_daily_summaries_bmu_date"
                    ),
                    models.Index(
                        fields=["lead_party_name", "settlement_date"],
                        name="farm_daily_summaries_party",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement_date", "bmu"), name="farm_daily_summaries_key"
                    )
                ],
            },
        ),
    ]
