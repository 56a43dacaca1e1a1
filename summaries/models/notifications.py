"""What operators are told by e-mail, so that each event is told once."""

from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """An event that lasts. When it is over its row goes, so that the next one is told again."""

    class Event(models.TextChoices):
        FAILED = "failed", "fetching failed again and again"
        DIFFERS = "differs", "differs in verification"
        OLD = "old", "no newer day is complete"

    event = models.CharField(choices=Event)
    settlement_date = models.DateField()
    attempts_before = models.IntegerField(
        default=0, help_text="How often the day had been tried before it began to fail."
    )
    noticed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="Empty: not told, or not yet to be told.")

    class Meta:
        db_table = "notifications"
        # Nobody works with it: what is told can be seen where it comes from.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="notifications_one_an_event", fields=["event", "settlement_date"]
            ),
            models.CheckConstraint(
                name="notifications_event_valid",
                condition=Q(event__in=["failed", "differs", "old"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date}: {self.get_event_display()}"
