"""The register of BM Units."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from curtailment.fields import ExactDecimalField


class BMUnit(models.Model):
    """A Balancing Mechanism unit, as Elexon's register lists it and staff classify it."""

    class Source(models.TextChoices):
        REGISTER = "register", "Elexon's register"
        STACK = "stack", "seen in a settlement stack"
        SAMPLE = "sample", "sample data"

    elexon_bmu_id = models.CharField(
        primary_key=True, verbose_name="Elexon id", help_text="e.g. T_SGRWO-1"
    )
    national_grid_bmu_id = models.CharField(blank=True, verbose_name="National Grid id")
    name = models.CharField(blank=True)
    farm_name = models.CharField(
        blank=True, help_text="The wind farm that the unit is part of; units of one farm share it."
    )
    fuel_type = models.CharField(blank=True)
    lead_party_name = models.CharField(blank=True)
    lead_party_id = models.CharField(blank=True)
    bm_unit_type = models.CharField(blank=True)
    area = models.CharField(blank=True, help_text="GSP group of an embedded unit.")
    capacity_mw = ExactDecimalField(null=True, blank=True, verbose_name="capacity (MW)")
    register_is_wind = models.BooleanField(
        null=True, help_text="What the register says; empty where it lacks the unit."
    )
    staff_is_wind = models.BooleanField(
        null=True, blank=True, help_text="What staff say; wins over the register."
    )
    is_wind = models.GeneratedField(
        expression=Coalesce("staff_is_wind", "register_is_wind", models.Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    source = models.CharField(choices=Source, default=Source.REGISTER)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "bm_units"
        verbose_name = "BM Unit"
        ordering = ["elexon_bmu_id"]
        indexes = [
            # The ids that ingestion counts as wind.
            models.Index(
                fields=["elexon_bmu_id"], name="bm_units_wind", condition=models.Q(is_wind=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="bm_units_source_valid",
                condition=models.Q(source__in=["register", "stack", "sample"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.elexon_bmu_id} ({self.display_name})" if self.name else self.elexon_bmu_id

    @property
    def display_name(self) -> str:
        """What pages call the unit."""
        return self.name or self.elexon_bmu_id
