"""What the admin's pages of records and batches tell their templates about corrections.

The buttons are in templates/admin/curtailment/: what they lead to is made of later stages too.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from curtailment.admin_links import address_of_list
from curtailment.corrected import RecordKey
from curtailment.correction_queries import corrections_of
from curtailment.models import Correction, CorrectionBatch, CurtailmentRecord

# What the page calls the published figures as long as others count.
OVERRIDDEN = "Published, and overridden by the correction"


class ShowsCorrections(admin.ModelAdmin):
    """A record's page has the history of its corrections, and what one in force overrides."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is published is shown beside what counts as long as a correction overrides it."""
        is_corrected = obj is not None and obj.correction_id is not None
        fieldsets = super().get_fieldsets(request, obj)
        return [fieldset for fieldset in fieldsets if is_corrected or fieldset[0] != OVERRIDDEN]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        record = context["original"]
        if isinstance(record, CurtailmentRecord):
            key = RecordKey(record.settlement_date, record.settlement_period, record.bmu_id)
            context["history"] = corrections_of(key)
        return super().render_change_form(request, context, *args, **kwargs)


class ShowsWhatIsActive(admin.ModelAdmin):
    """A batch's page says how many of its corrections are in force, and leads to them."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        batch = context["original"]
        if isinstance(batch, CorrectionBatch):
            corrections = Correction.objects.filter(batch=batch)
            context["correction_count"] = corrections.count()
            context["corrections_address"] = address_of_list(
                "curtailment_correction", batch=batch.pk
            )
            context["active_count"] = corrections.filter(withdrawn_at__isnull=True).count()
        return super().render_change_form(request, context, *args, **kwargs)
