"""Whether the cluster fetches by itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ScheduledFetching(models.Model):
    """The one row of a switch. Off until somebody switches it on, so also while there is no row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        help_text="Nobody, if a command did it.",
    )

    class Meta:
        db_table = "scheduled_fetching"
        constraints = [
            models.CheckConstraint(name="scheduled_fetching_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"
