"""What operators are told by e-mail, so that each event is told once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0002_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("failed", "fetching failed again and again"),
                            ("differs", "differs in verification"),
                            ("old", "no newer day is complete"),
                        ]
                    ),
                ),
                ("settlement_date", models.DateField()),
                (
                    "attempts_before",
                    models.IntegerField(
                        default=0,
                        help_text="How often the day had been tried before it began to fail.",
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
                (
                    "sent_at",
                    models.DateTimeField(
                        help_text="Empty: not told, or not yet to be told.", null=True
                    ),
                ),
            ],
            options={
                "db_table": "notifications",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "settlement_date"), name="notifications_one_an_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("event__in", ["failed", "differs", "old"])),
                        name="notifications_event_valid",
                    ),
                ],
            },
        ),
    ]
