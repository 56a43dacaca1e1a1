"""What staff see of corrections and of the batches that they were uploaded in."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from curtailment.browsing import ReadOnlyAdmin
from curtailment.correction_filters import BatchFilter, InForceFilter, ReviewFilter
from curtailment.correction_page import before_and_after
from curtailment.correction_tools import ShowsWhatIsActive
from curtailment.models import Correction

# So much of a reason fits into a list.
REASON_LENGTH = 40


class CorrectionAdmin(ReadOnlyAdmin):
    # Few enough for who and when to stand beside the filters without scrolling.
    list_display = (
        "record",
        "curtailed_mwh",
        "payment_gbp",
        "short_reason",
        "author",
        "created_at",
        "withdrawn_at",
    )
    list_filter = (ReviewFilter, InForceFilter, BatchFilter)
    list_select_related = ("bmu", "author")
    search_fields = ("=bmu__elexon_bmu_id", "reason")
    ordering = ("-id",)
    # Of itself Django leaves out the time, which nobody enters.
    fieldsets = (
        (None, {"fields": ("settlement_date", "settlement_period", "bmu")}),
        ("Who, when and why", {"fields": ("author", "created_at", "reason", "batch")}),
        ("Before and after", {"fields": ("figures",)}),
        (
            "Withdrawal",
            {"fields": ("withdrawn_by", "withdrawn_at", "withdrawal_reason")},
        ),
    )

    class Media:
        css = {"all": ("curtailment/admin.css",)}

    @admin.display(description="record", ordering="settlement_date")
    def record(self, correction: Correction) -> str:
        date, period = correction.settlement_date, correction.settlement_period
        return f"{date} SP{period} {correction.bmu_id}"

    @admin.display(description="reason", ordering="reason")
    def short_reason(self, correction: Correction) -> str:
        return Truncator(correction.reason).chars(REASON_LENGTH)

    @admin.display(description="figures")
    def figures(self, correction: Correction) -> SafeString:
        return before_and_after(correction)


class CorrectionBatchAdmin(ShowsWhatIsActive, ReadOnlyAdmin):
    list_display = ("id", "reason", "file_name", "author", "created_at")
    list_select_related = ("author",)
    ordering = ("-id",)
    fields = ("author", "created_at", "reason", "file_name")
