"""By what staff narrow the list of corrections."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from curtailment.models import Correction, CorrectionBatch
from curtailment.reviews import all_to_review

# A batch's page leads to the corrections of any older one.
BATCHES_OFFERED = 10
NO_BATCH = "none"


class ReviewFilter(admin.SimpleListFilter):
    """The corrections under which Elexon's figures have changed."""

    title = "what is to be done"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "To look at again")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Correction]
    ) -> QuerySet[Correction]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=all_to_review().values("pk"))


class InForceFilter(admin.SimpleListFilter):
    """Whether a correction counts, or was withdrawn."""

    title = "whether it counts"
    parameter_name = "counts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "In force"), ("no", "Withdrawn")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Correction]
    ) -> QuerySet[Correction]:
        is_in_force = {"yes": True, "no": False}.get(self.value() or "")
        return (
            queryset if is_in_force is None else queryset.filter(withdrawn_at__isnull=is_in_force)
        )


class BatchFilter(admin.SimpleListFilter):
    """The corrections of one upload: the newest uploads are offered, and the one asked for."""

    title = "batch"
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        offered = {str(batch.pk): str(batch) for batch in self._newest()}
        asked = self.value()
        if asked and asked != NO_BATCH:
            offered.setdefault(asked, f"Batch {asked}")
        return [(NO_BATCH, "Corrected one by one"), *offered.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Correction]
    ) -> QuerySet[Correction]:
        asked = self.value()
        if not asked:
            return queryset
        if asked == NO_BATCH:
            return queryset.filter(batch__isnull=True)
        return queryset.filter(batch=int(asked))

    def _newest(self) -> QuerySet[CorrectionBatch]:
        return CorrectionBatch.objects.order_by("-pk")[:BATCHES_OFFERED]
