import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import curtailment.fields

# The primary key begins with the date, so it serves every look-up by date too. `id` comes from a
# sequence, not an identity column, and foreign keys are declared at once, so that the table can
# be distributed later. The default partition refuses no date.
CREATE_RECORDS = """
CREATE SEQUENCE curtailment_records_id_seq AS bigint;
CREATE TABLE curtailment_records (
    id bigint NOT NULL DEFAULT nextval('curtailment_records_id_seq'),
    settlement_date date NOT NULL,
    settlement_period smallint NOT NULL,
    bmu_id varchar NOT NULL CONSTRAINT curtailment_records_bmu_fkey REFERENCES bm_units,
    lead_party_name varchar NOT NULL,
    curtailed_mwh numeric NOT NULL,
    payment_gbp numeric NOT NULL,
    loss_adjusted_payment_gbp numeric,
    so_mwh numeric NOT NULL,
    so_payment_gbp numeric NOT NULL,
    so_loss_adjusted_payment_gbp numeric,
    other_mwh numeric NOT NULL,
    other_payment_gbp numeric NOT NULL,
    other_loss_adjusted_payment_gbp numeric,
    original_price_gbp_per_mwh numeric,
    final_price_gbp_per_mwh numeric,
    transmission_loss_multiplier numeric,
    so_flag boolean NOT NULL,
    cadl_flag boolean NOT NULL,
    lines jsonb NOT NULL,
    correction_id bigint,
    published_curtailed_mwh numeric,
    published_payment_gbp numeric,
    published_so_mwh numeric,
    published_so_payment_gbp numeric,
    published_other_mwh numeric,
    published_other_payment_gbp numeric,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT curtailment_records_pkey
        PRIMARY KEY (settlement_date, settlement_period, bmu_id)
) PARTITION BY RANGE (settlement_date);
ALTER SEQUENCE curtailment_records_id_seq OWNED BY curtailment_records.id;
-- Django looks rows up by id.
CREATE INDEX curtailment_records_id ON curtailment_records (id);
CREATE TABLE curtailment_records_default PARTITION OF curtailment_records DEFAULT;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backfill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_date", models.DateField()),
                ("last_date", models.DateField()),
                ("force", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "ended with failed days"),
                            ("interrupted", "interrupted"),
                        ],
                        default="running",
                    ),
                ),
                ("days_total", models.IntegerField()),
                ("days_done", models.IntegerField(default=0)),
                ("days_failed", models.IntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "backfills",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_date__gte", models.F("first_date"))),
                        name="backfills_range_forward",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BMUnit",
            fields=[
                (
                    "elexon_bmu_id",
                    models.CharField(
                        help_text="e.g. T_SGRWO-1",
                        primary_key=True,
                        serialize=False,
                        verbose_name="Elexon id",
                    ),
                ),
                (
                    "national_grid_bmu_id",
                    models.CharField(blank=True, verbose_name="National Grid id"),
                ),
                ("name", models.CharField(blank=True)),
                (
                    "farm_name",
                    models.CharField(
                        blank=True,
                        help_text="The wind farm that the unit is part of; units of one farm share it.",
                    ),
                ),
                ("fuel_type", models.CharField(blank=True)),
                ("lead_party_name", models.CharField(blank=True)),
                ("lead_party_id", models.CharField(blank=True)),
                ("bm_unit_type", models.CharField(blank=True)),
                ("area", models.CharField(blank=True, help_text="GSP group of an embedded unit.")),
                (
                    "capacity_mw",
                    curtailment.fields.ExactDecimalField(
                        blank=True, null=True, verbose_name="capacity (MW)"
                    ),
                ),
                (
                    "register_is_wind",
                    models.BooleanField(
                        help_text="What the register says; empty where it lacks the unit.",
                        null=True,
                    ),
                ),
                (
                    "staff_is_wind",
                    models.BooleanField(
                        blank=True, help_text="What staff say; wins over the register.", null=True
                    ),
                ),
                (
                    "is_wind",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "staff_is_wind", "register_is_wind", models.Value(False)
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("register", "Elexon's register"),
                            ("stack", "seen in a settlement stack"),
                            ("sample", "sample data"),
                        ],
                        default="register",
                    ),
                ),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "BM Unit",
                "db_table": "bm_units",
                "ordering": ["elexon_bmu_id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_wind", True)),
                        fields=["elexon_bmu_id"],
                        name="bm_units_wind",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["register", "stack", "sample"])),
                        name="bm_units_source_valid",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField()),
                ("file_name", models.CharField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "correction batches",
                "db_table": "correction_batches",
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_date", models.DateField()),
                ("settlement_period", models.SmallIntegerField()),
                ("curtailed_mwh", curtailment.fields.ExactDecimalField()),
                ("payment_gbp", curtailment.fields.ExactDecimalField()),
                ("so_mwh", curtailment.fields.ExactDecimalField()),
                ("so_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("other_mwh", curtailment.fields.ExactDecimalField()),
                ("other_payment_gbp", curtailment.fields.ExactDecimalField()),
                ("published_curtailed_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("published_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("published_so_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("published_so_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("published_other_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("published_other_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawal_reason", models.TextField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bmu",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="curtailment.bmunit",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="curtailment.correctionbatch",
                    ),
                ),
            ],
            options={
                "db_table": "corrections",
            },
        ),
        # The table by SQL: Django cannot declare partitions, nor a composite key that the admin takes.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="CurtailmentRecord",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("settlement_date", models.DateField()),
                        ("settlement_period", models.SmallIntegerField()),
                        (
                            "lead_party_name",
                            models.CharField(
                                help_text="The lead party when the record was first stored."
                            ),
                        ),
                        (
                            "curtailed_mwh",
                            curtailment.fields.ExactDecimalField(verbose_name="flagged (MWh)"),
                        ),
                        (
                            "payment_gbp",
                            curtailment.fields.ExactDecimalField(verbose_name="flagged (GBP)"),
                        ),
                        (
                            "loss_adjusted_payment_gbp",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        (
                            "so_mwh",
                            curtailment.fields.ExactDecimalField(
                                verbose_name="of it system operator (MWh)"
                            ),
                        ),
                        (
                            "so_payment_gbp",
                            curtailment.fields.ExactDecimalField(
                                verbose_name="of it system operator (GBP)"
                            ),
                        ),
                        (
                            "so_loss_adjusted_payment_gbp",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        (
                            "other_mwh",
                            curtailment.fields.ExactDecimalField(verbose_name="unflagged (MWh)"),
                        ),
                        (
                            "other_payment_gbp",
                            curtailment.fields.ExactDecimalField(verbose_name="unflagged (GBP)"),
                        ),
                        (
                            "other_loss_adjusted_payment_gbp",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        (
                            "original_price_gbp_per_mwh",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        (
                            "final_price_gbp_per_mwh",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        (
                            "transmission_loss_multiplier",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        ("so_flag", models.BooleanField()),
                        ("cadl_flag", models.BooleanField()),
                        (
                            "lines",
                            models.JSONField(
                                help_text="The stack lines that the published figures are sums of."
                            ),
                        ),
                        (
                            "published_curtailed_mwh",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        ("published_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                        ("published_so_mwh", curtailment.fields.ExactDecimalField(null=True)),
                        (
                            "published_so_payment_gbp",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        ("published_other_mwh", curtailment.fields.ExactDecimalField(null=True)),
                        (
                            "published_other_payment_gbp",
                            curtailment.fields.ExactDecimalField(null=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
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
                            "correction",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="curtailment.correction",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "curtailment_records",
                    },
                ),
                migrations.AddConstraint(
                    model_name="curtailmentrecord",
                    constraint=models.UniqueConstraint(
                        fields=("settlement_date", "settlement_period", "bmu"),
                        name="curtailment_records_pkey",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(CREATE_RECORDS, "DROP TABLE curtailment_records"),
            ],
        ),
        migrations.CreateModel(
            name="IngestionProgress",
            fields=[
                ("settlement_date", models.DateField(primary_key=True, serialize=False)),
                (
                    "data_state",
                    models.CharField(
                        choices=[
                            ("none", "nothing stored"),
                            ("running_day", "running day"),
                            ("provisional", "complete, provisional"),
                            ("final", "complete, final"),
                        ],
                        default="none",
                    ),
                ),
                (
                    "attempt_state",
                    models.CharField(
                        choices=[
                            ("pending", "not tried"),
                            ("running", "running"),
                            ("ok", "ok"),
                            ("failed", "failed"),
                            ("suspect", "suspect answer kept aside"),
                        ],
                        default="pending",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, choices=[("elexon", "Elexon"), ("sample", "sample data")]
                    ),
                ),
                ("periods_expected", models.SmallIntegerField()),
                ("periods_fetched", models.SmallIntegerField(default=0)),
                (
                    "line_count",
                    models.IntegerField(default=0, help_text="Stack lines kept as evidence."),
                ),
                ("record_count", models.IntegerField(default=0)),
                ("curtailed_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                ("all_mwh", curtailment.fields.ExactDecimalField(null=True)),
                ("all_payment_gbp", curtailment.fields.ExactDecimalField(null=True)),
                (
                    "digest",
                    models.CharField(blank=True, help_text="SHA-256 of the evidence lines."),
                ),
                (
                    "run_created_at",
                    models.DateTimeField(
                        help_text="The newest createdDateTime of the stored answer's lines.",
                        null=True,
                    ),
                ),
                (
                    "fetch_started_at",
                    models.DateTimeField(
                        help_text="When the fetch of the stored answer began.", null=True
                    ),
                ),
                (
                    "fetched_at",
                    models.DateTimeField(
                        help_text="When the answer was last confirmed.", null=True
                    ),
                ),
                ("wind_generation_fetched_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("attempt_started_at", models.DateTimeField(null=True)),
                ("attempt_ended_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("verification", models.CharField(blank=True)),
                ("verification_details", models.JSONField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("stale_since", models.DateTimeField(null=True)),
                ("stale_reason", models.TextField(blank=True)),
                ("revision", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "day",
                "verbose_name_plural": "ingestion ledger",
                "db_table": "ingestion_progress",
                "indexes": [
                    models.Index(
                        condition=models.Q(("stale_since__isnull", False)),
                        fields=["stale_since"],
                        name="ingestion_progress_stale",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("data_state__in", ["none", "running_day", "provisional", "final"]),
                            (
                                "attempt_state__in",
                                ["pending", "running", "ok", "failed", "suspect"],
                            ),
                            ("source__in", ["", "elexon", "sample"]),
                        ),
                        name="ingestion_progress_states_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("data_state__in", ["provisional", "final"]), _negated=True),
                            ("periods_fetched", models.F("periods_expected")),
                            _connector="OR",
                        ),
                        name="ingestion_progress_complete_has_all_periods",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("data_state", "none"),
                            models.Q(("source", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ingestion_progress_data_has_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspectDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_date", models.DateField()),
                ("digest", models.CharField()),
                ("fetched_at", models.DateTimeField()),
                ("stored_mwh", curtailment.fields.ExactDecimalField()),
                ("offered_mwh", curtailment.fields.ExactDecimalField()),
                ("difference", models.JSONField(help_text="By unit: stored and offered MWh.")),
                (
                    "answer",
                    models.JSONField(
                        help_text="The refused answer's evidence lines, by period and unit."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                        ],
                        default="open",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.TextField(blank=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "suspect_days",
            },
        ),
        migrations.CreateModel(
            name="WindGeneration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settlement_date", models.DateField()),
                ("settlement_period", models.SmallIntegerField()),
                (
                    "onshore_mwh",
                    curtailment.fields.ExactDecimalField(null=True, verbose_name="onshore (MWh)"),
                ),
                (
                    "offshore_mwh",
                    curtailment.fields.ExactDecimalField(null=True, verbose_name="offshore (MWh)"),
                ),
            ],
            options={
                "verbose_name_plural": "wind generation",
                "db_table": "wind_generation_data",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement_date", "settlement_period"),
                        name="wind_generation_data_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settlement_period__gte", 1), ("settlement_period__lte", 50)
                        ),
                        name="wind_generation_data_period_valid",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("settlement_date", "settlement_period", "bmu"),
                name="corrections_one_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("settlement_period__gte", 1), ("settlement_period__lte", 50)),
                name="corrections_period_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("curtailed_mwh__gte", models.F("so_mwh")),
                    ("other_mwh__gte", 0),
                    ("so_mwh__gte", 0),
                ),
                name="corrections_energy_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "^\\s*$"), _negated=True),
                name="corrections_reason_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawal_reason__isnull", True),
                        ("withdrawn_at__isnull", True),
                        ("withdrawn_by__isnull", True),
                    ),
                    models.Q(
                        ("withdrawal_reason__isnull", False),
                        ("withdrawal_reason__regex", "\\S"),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="corrections_withdrawn_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="curtailmentrecord",
            index=models.Index(
                fields=["bmu", "settlement_date"], name="curtailment_records_bmu_date"
            ),
        ),
        migrations.AddConstraint(
            model_name="curtailmentrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("settlement_period__gte", 1), ("settlement_period__lte", 50)),
                name="curtailment_records_period_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="curtailmentrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("curtailed_mwh__gte", models.F("so_mwh")),
                    ("other_mwh__gte", 0),
                    ("so_mwh__gte", 0),
                ),
                name="curtailment_records_energy_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="curtailmentrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("correction__isnull", False),
                    models.Q(
                        ("published_curtailed_mwh__isnull", True),
                        ("published_other_mwh__isnull", True),
                        ("published_other_payment_gbp__isnull", True),
                        ("published_payment_gbp__isnull", True),
                        ("published_so_mwh__isnull", True),
                        ("published_so_payment_gbp__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="curtailment_records_published_only_if_corrected",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspectday",
            constraint=models.UniqueConstraint(
                fields=("settlement_date", "digest"), name="suspect_days_one_an_answer"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspectday",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "accepted", "rejected"])),
                name="suspect_days_state_valid",
            ),
        ),
    ]
