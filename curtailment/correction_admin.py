"""What staff see of corrections and of the batches that they were uploaded in."""

from curtailment.browsing import ReadOnlyAdmin
from curtailment.correction_filters import BatchFilter, InForceFilter, ReviewFilter
from curtailment.correction_tools import ShowsWhatIsActive


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
    list_filter = (ReviewFilter, InForceFilter, BatchFilter)
    list_select_related = ("bmu", "author")
    search_fields = ("=bmu__elexon_bmu_id", "reason")
    ordering = ("-id",)


class CorrectionBatchAdmin(ShowsWhatIsActive, ReadOnlyAdmin):
    list_display = ("id", "reason", "file_name", "author", "created_at")
    list_select_related = ("author",)
    ordering = ("-id",)
