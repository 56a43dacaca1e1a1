"""What staff see of curtailment."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from curtailment import ledger_page, record_page
from curtailment.browsing import DatedAdmin, ReadOnlyAdmin
from curtailment.correction_admin import CorrectionAdmin, CorrectionBatchAdmin
from curtailment.correction_tools import OVERRIDDEN, ShowsCorrections
from curtailment.figures import format_exact
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
from curtailment.models.records import FIGURES
from curtailment.unit_admin import BMUnitAdmin

admin.site.register(BMUnit, BMUnitAdmin)
admin.site.register(Correction, CorrectionAdmin)
admin.site.register(CorrectionBatch, CorrectionBatchAdmin)

PUBLISHED = tuple(f"published_{figure}" for figure in FIGURES)


@admin.register(CurtailmentRecord)
class CurtailmentRecordAdmin(ShowsCorrections, DatedAdmin):
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
    has_history = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "settlement_date",
                    "settlement_period",
                    "bmu",
                    "lead_party_name",
                    "correction",
                    "links",
                )
            },
        ),
        (
            "Energy and payment",
            {
                "fields": (
                    *FIGURES,
                    "all_mwh",
                    "all_payment_gbp",
                    "flagged_price",
                    "all_price",
                )
            },
        ),
        (OVERRIDDEN, {"fields": PUBLISHED}),
        ("Evidence: the stack lines", {"fields": ("evidence", "so_flag", "cadl_flag")}),
        (
            "Losses, prices, times",
            {
                "fields": (
                    "original_price_gbp_per_mwh",
                    "final_price_gbp_per_mwh",
                    "transmission_loss_multiplier",
                    "loss_adjusted_payment_gbp",
                    "so_loss_adjusted_payment_gbp",
                    "other_loss_adjusted_payment_gbp",
                    "created_at",
                    "updated_at",
                ),
                "classes": ("collapse",),
            },
        ),
    )

    class Media:
        css = {"all": ("curtailment/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # A list need not read the evidence.
        return super().get_queryset(request).defer("lines")

    @admin.display(boolean=True, description="corrected")
    def is_corrected(self, record: CurtailmentRecord) -> bool:
        return record.correction_id is not None

    @admin.display(description="all (MWh)")
    def all_mwh(self, record: CurtailmentRecord) -> str:
        return format_exact(record.curtailed_mwh + record.other_mwh)

    @admin.display(description="all (GBP)")
    def all_payment_gbp(self, record: CurtailmentRecord) -> str:
        return format_exact(record.payment_gbp + record.other_payment_gbp)

    @admin.display(description="flagged (GBP/MWh)")
    def flagged_price(self, record: CurtailmentRecord) -> str:
        return record_page.price_gbp_per_mwh(record.curtailed_mwh, record.payment_gbp)

    @admin.display(description="all (GBP/MWh)")
    def all_price(self, record: CurtailmentRecord) -> str:
        return record_page.price_gbp_per_mwh(
            record.curtailed_mwh + record.other_mwh, record.payment_gbp + record.other_payment_gbp
        )

    @admin.display(description="lines")
    def evidence(self, record: CurtailmentRecord) -> SafeString:
        return record_page.evidence_table(record)

    @admin.display(description="see also")
    def links(self, record: CurtailmentRecord) -> SafeString:
        return record_page.links(record)


class WaitingFilter(admin.SimpleListFilter):
    """The days that wait for the cluster, or for an operator."""

    title = "what is to be done"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("stale", "Being recalculated"), ("refetch", "To be fetched again")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        column = {"stale": "stale_since", "refetch": "refetch_since"}.get(self.value() or "")
        return queryset.filter(**{f"{column}__isnull": False}) if column else queryset


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
    list_filter = ("data_state", "attempt_state", "source", "verification", WaitingFilter)
    date_hierarchy = "settlement_date"
    ordering = ("-settlement_date",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [field.name for field in IngestionProgress._meta.concrete_fields]
        names[names.index("verification_details")] = "compared"
        return ["links", *names]

    @admin.display(description="records of the day")
    def records(self, day: IngestionProgress) -> SafeString:
        return ledger_page.records_link(day)

    @admin.display(description="verification details")
    def compared(self, day: IngestionProgress) -> SafeString | str:
        return ledger_page.verification_table(day)

    @admin.display(description="see also")
    def links(self, day: IngestionProgress) -> SafeString:
        return ledger_page.links(day)


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
        "id",
        "first_date",
        "last_date",
        "state",
        "days_total",
        "days_done",
        "days_failed",
        "started_at",
        "ended_at",
    )
    list_filter = ("state", "in_background")
    ordering = ("-id",)


@admin.register(WindGeneration)
class WindGenerationAdmin(DatedAdmin):
    list_display = ("settlement_date", "settlement_period", "onshore_mwh", "offshore_mwh")
    ordering = ("-settlement_date", "-settlement_period")
