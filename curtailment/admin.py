"""What staff see of curtailment."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from curtailment.browsing import BigTableAdmin, ReadOnlyAdmin
from curtailment.models import (
    Backfill,
    BMUnit,
    Correction,
    CorrectionBatch,
    CurtailmentRecord,
    IngestionProgress,
    SuspectDay,
    WindGeneration,
)

EDITABLE_OF_A_UNIT = ("farm_name", "staff_is_wind")


@admin.register(BMUnit)
class BMUnitAdmin(admin.ModelAdmin):
    list_display = (
        "elexon_bmu_id",
        "name",
        "farm_name",
        "lead_party_name",
        "fuel_type",
        "capacity_mw",
        "is_wind",
        "staff_is_wind",
    )
    list_filter = ("is_wind", "staff_is_wind", "register_is_wind", "source", "fuel_type")
    search_fields = (
        "elexon_bmu_id",
        "national_grid_bmu_id",
        "name",
        "farm_name",
        "lead_party_name",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The register's columns are the register's."""
        names = [field.name for field in BMUnit._meta.concrete_fields]
        return [name for name in names if name not in EDITABLE_OF_A_UNIT]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CurtailmentRecord)
class CurtailmentRecordAdmin(BigTableAdmin):
    list_display = (
        "settlement_date",
        "settlement_period",
        "bmu",
        "lead_party_name",
        "curtailed_mwh",
        "payment_gbp",
        "so_mwh",
        "other_mwh",
        "is_corrected",
    )
    # The primary key, backwards.
    ordering = ("-settlement_date", "-settlement_period", "-bmu_id")
    list_select_related = ("bmu",)
    search_fields = ("=bmu_id",)
    search_help_text = "The Elexon id of a BM Unit, e.g. T_SGRWO-1."

    @admin.display(boolean=True, description="corrected")
    def is_corrected(self, record: CurtailmentRecord) -> bool:
        return record.correction_id is not None


@admin.register(IngestionProgress)
class IngestionProgressAdmin(ReadOnlyAdmin):
    list_display = (
        "settlement_date",
        "data_state",
        "attempt_state",
        "source",
        "periods_fetched",
        "periods_expected",
        "record_count",
        "curtailed_mwh",
        "stale_since",
        "fetched_at",
        "records",
    )
    list_filter = ("data_state", "attempt_state", "source")
    date_hierarchy = "settlement_date"
    ordering = ("-settlement_date",)

    @admin.display(description="records of the day")
    def records(self, day: IngestionProgress) -> SafeString:
        address = reverse("admin:curtailment_curtailmentrecord_changelist")
        return format_html(
            '<a href="{}?settlement_date={}">Records</a>', address, day.settlement_date.isoformat()
        )


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = (
        "settlement_date",
        "settlement_period",
        "bmu",
        "curtailed_mwh",
        "payment_gbp",
        "reason",
        "author",
        "created_at",
        "withdrawn_at",
    )
    list_select_related = ("bmu", "author")
    search_fields = ("=bmu__elexon_bmu_id", "reason")
    ordering = ("-id",)


@admin.register(CorrectionBatch)
class CorrectionBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "reason", "file_name", "author", "created_at")
    list_select_related = ("author",)
    ordering = ("-id",)


@admin.register(SuspectDay)
class SuspectDayAdmin(ReadOnlyAdmin):
    list_display = (
        "settlement_date",
        "stored_mwh",
        "offered_mwh",
        "fetched_at",
        "state",
        "decision",
    )
    list_filter = ("state",)
    ordering = ("-settlement_date", "-id")
    readonly_fields = ("decision",)

    @admin.display(description="decision")
    def decision(self, suspect: SuspectDay) -> SafeString:
        is_open = suspect.state == SuspectDay.State.OPEN
        words = "Accept or reject" if is_open else "What it would have changed"
        return format_html('<a href="{}">{}</a>', reverse("suspect-day", args=[suspect.pk]), words)


@admin.register(Backfill)
class BackfillAdmin(ReadOnlyAdmin):
    list_display = (
        "first_date",
        "last_date",
        "state",
        "days_total",
        "days_done",
        "days_failed",
        "started_at",
        "ended_at",
    )
    list_filter = ("state",)
    ordering = ("-id",)


@admin.register(WindGeneration)
class WindGenerationAdmin(ReadOnlyAdmin):
    list_display = ("settlement_date", "settlement_period", "onshore_mwh", "offshore_mwh")
    date_hierarchy = "settlement_date"
    ordering = ("-settlement_date", "-settlement_period")
