"""The switch of scheduled fetching, and what the groups of staff may do that is new."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NEW_PERMISSIONS = {
    "Data staff": ("summaries.view_scheduledfetching",),
    "Operators": ("summaries.view_scheduledfetching", "curtailment.run_backfill"),
}


def extend_groups(apps, schema_editor):
    """A group that administrators removed stays so."""
    groups = import_module("summaries.migrations.0002_groups")
    groups._create_permissions(apps)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=NEW_PERMISSIONS):
        group.permissions.add(*groups._permissions(apps, NEW_PERMISSIONS[group.name], False))


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0003_notifications"),
        ("curtailment", "0007_background_backfills"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScheduledFetching",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("is_on", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        help_text="Nobody, if a command did it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "scheduled_fetching",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="scheduled_fetching_one_row"
                    )
                ],
            },
        ),
        migrations.RunPython(extend_groups, migrations.RunPython.noop),
    ]
