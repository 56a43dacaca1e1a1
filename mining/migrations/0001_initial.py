import django.db.models.deletion
from django.db import migrations, models

import curtailment.fields

# Laid out like curtailment_records, and for the same reasons.
CREATE_CALCULATIONS = """
CREATE SEQUENCE historical_bitcoin_calculations_id_seq AS bigint;
CREATE TABLE historical_bitcoin_calculations (
    id bigint NOT NULL DEFAULT nextval('historical_bitcoin_calculations_id_seq'),
    settlement_date date NOT NULL,
    settlement_period smallint NOT NULL,
    bmu_id varchar NOT NULL
        CONSTRAINT historical_bitcoin_calculations_bmu_fkey REFERENCES bm_units,
    miner_model_id varchar(50) NOT NULL
        CONSTRAINT historical_bitcoin_calculations_miner_fkey REFERENCES miner_models,
    bitcoin_mined numeric,
    so_bitcoin_mined numeric,
    other_bitcoin_mined numeric,
    difficulty numeric,
    subsidy_btc numeric,
    calculated_at timestamptz NOT NULL,
    CONSTRAINT historical_bitcoin_calculations_pkey
        PRIMARY KEY (settlement_date, settlement_period, bmu_id, miner_model_id)
) PARTITION BY RANGE (settlement_date);
ALTER SEQUENCE historical_bitcoin_calculations_id_seq
    OWNED BY historical_bitcoin_calculations.id;
-- Django looks rows up by id.
CREATE INDEX historical_bitcoin_calculations_id ON historical_bitcoin_calculations (id);
CREATE TABLE historical_bitcoin_calculations_default
    PARTITION OF historical_bitcoin_calculations DEFAULT;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("curtailment", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BitcoinPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "date",
                    models.DateField(
                        blank=True, help_text="Settlement date; empty: now.", null=True
                    ),
                ),
                ("price_gbp", curtailment.fields.ExactDecimalField(verbose_name="price (GBP)")),
                (
                    "price_usd",
                    curtailment.fields.ExactDecimalField(
                        blank=True, null=True, verbose_name="price (USD)"
                    ),
                ),
                ("quoted_at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(choices=[("node", "mempool node"), ("sample", "sample data")]),
                ),
            ],
            options={
                "db_table": "bitcoin_prices",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("date",), name="bitcoin_prices_key", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_gbp__gt", 0), ("source__in", ["node", "sample"])
                        ),
                        name="bitcoin_prices_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DifficultyEpoch",
            fields=[
                (
                    "height",
                    models.IntegerField(
                        help_text="The retarget block.", primary_key=True, serialize=False
                    ),
                ),
                ("starts_at", models.DateTimeField(unique=True)),
                ("known_until", models.DateTimeField()),
                ("difficulty", curtailment.fields.ExactDecimalField()),
            ],
            options={
                "db_table": "difficulty_epochs",
                "ordering": ["height"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("difficulty__gt", 0),
                            ("height__gte", 0),
                            ("known_until__gte", models.F("starts_at")),
                        ),
                        name="difficulty_epochs_valid",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MinerModel",
            fields=[
                (
                    "key",
                    models.SlugField(
                        help_text="e.g. S19J_PRO; used in addresses.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField()),
                (
                    "hashrate_th_s",
                    curtailment.fields.ExactDecimalField(verbose_name="hash rate (TH/s)"),
                ),
                ("power_w", curtailment.fields.ExactDecimalField(verbose_name="power (W)")),
                ("released", models.DateField(blank=True, null=True)),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="Inactive models are not calculated."
                    ),
                ),
            ],
            options={
                "db_table": "miner_models",
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hashrate_th_s__gt", 0), ("power_w__gt", 0)),
                        name="miner_models_positive",
                    )
                ],
            },
        ),
        # The table by SQL: Django cannot declare partitions, nor a composite key that the admin takes.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="BitcoinCalculation",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("settlement_date", models.DateField()),
                        ("settlement_period", models.SmallIntegerField()),
                        (
                            "bitcoin_mined",
                            curtailment.fields.ExactDecimalField(
                                null=True, verbose_name="bitcoin (flagged)"
                            ),
                        ),
                        ("so_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                        ("other_bitcoin_mined", curtailment.fields.ExactDecimalField(null=True)),
                        ("difficulty", curtailment.fields.ExactDecimalField(null=True)),
                        ("subsidy_btc", curtailment.fields.ExactDecimalField(null=True)),
                        ("calculated_at", models.DateTimeField()),
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
                        "db_table": "historical_bitcoin_calculations",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=(
                                    "settlement_date",
                                    "settlement_period",
                                    "bmu",
                                    "miner_model",
                                ),
                                name="historical_bitcoin_calculations_pkey",
                            )
                        ],
                    },
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    CREATE_CALCULATIONS, "DROP TABLE historical_bitcoin_calculations"
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="bitcoincalculation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("bitcoin_mined__gte", 0),
                        ("bitcoin_mined__isnull", False),
                        ("difficulty__gt", 0),
                        ("difficulty__isnull", False),
                        ("other_bitcoin_mined__gte", 0),
                        ("other_bitcoin_mined__isnull", False),
                        ("so_bitcoin_mined__gte", 0),
                        ("so_bitcoin_mined__isnull", False),
                        ("subsidy_btc__gt", 0),
                        ("subsidy_btc__isnull", False),
                    ),
                    models.Q(
                        ("bitcoin_mined__isnull", True),
                        ("difficulty__isnull", True),
                        ("other_bitcoin_mined__isnull", True),
                        ("so_bitcoin_mined__isnull", True),
                        ("subsidy_btc__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="historical_bitcoin_calculations_known_or_null",
            ),
        ),
    ]
