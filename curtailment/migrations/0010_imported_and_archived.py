"""Days that the platform before kept, and years whose rows were taken out into files."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("curtailment", "0009_labels_of_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArchivedYear",
            fields=[
                ("year", models.IntegerField(primary_key=True, serialize=False)),
                ("file_name", models.CharField()),
                ("digest", models.CharField(help_text="SHA-256 of the file's manifest.")),
                ("row_counts", models.JSONField(help_text="Rows by table.")),
                ("detached_at", models.DateTimeField()),
            ],
            options={
                "db_table": "archived_years",
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="ingestionprogress",
            name="ingestion_progress_states_valid",
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="data_state",
            field=models.CharField(
                choices=[
                    ("none", "nothing stored"),
                    ("running_day", "running day"),
                    ("provisional", "complete, provisional"),
                    ("final", "complete, final"),
                    ("imported", "imported, never fetched"),
                ],
                default="none",
            ),
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("elexon", "Elexon"),
                    ("sample", "sample data"),
                    ("legacy", "the platform before"),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="ingestionprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("data_state__in", ["none", "running_day", "provisional", "final", "imported"]),
                    ("attempt_state__in", ["pending", "running", "ok", "failed", "suspect"]),
                    ("source__in", ["", "elexon", "sample", "legacy"]),
                ),
                name="ingestion_progress_states_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="ingestionprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("data_state", "imported"), ("source", "legacy")),
                    models.Q(
                        models.Q(("data_state", "imported"), _negated=True),
                        models.Q(("source", "legacy"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ingestion_progress_imported_is_legacy",
            ),
        ),
    ]
