"""How far the tables behind every page have changed."""

from django.db import models


class ReferenceRevision(models.Model):
    """The revision of what pages show of a table that is not of days, like the register.

    Triggers raise it, from the sequence of the ledger's revisions, with every change that a
    reader can see. The row `cleared` belongs to no table: raising it clears every report cache.
    """

    CLEARED = "cleared"

    name = models.CharField(primary_key=True, help_text="The table.")
    revision = models.BigIntegerField()

    class Meta:
        db_table = "reference_revisions"

    def __str__(self) -> str:
        return f"{self.name}: {self.revision}"
