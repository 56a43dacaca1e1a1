"""The admin's pages from which operators start backfills and steer them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from curtailment.settlement import FIRST_SETTLEMENT_DATE, settlement_date_at
from summaries.long_backfills import start_backfill
from summaries.refetch_page import date_field
from summaries.steering import NotSteerable, cancel, pause, resume

MAY_RUN = "curtailment.run_backfill"
LIST = "admin:curtailment_backfill_changelist"


class BackfillForm(forms.Form):
    """Dates, both included, and whether complete final days are meant too."""

    first = date_field("From")
    last = date_field("To")
    force = forms.BooleanField(required=False, label="Fetch complete final days again too")

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        first, last = asked.get("first"), asked.get("last")
        if first is None or last is None:
            return asked
        if last < first:
            raise forms.ValidationError(f"To ({last}) is before From ({first}).")
        self._refuse_dates_without_data(first, last)
        return asked

    def _refuse_dates_without_data(self, first: date, last: date) -> None:
        today = settlement_date_at(timezone.now())
        if first < FIRST_SETTLEMENT_DATE:
            raise forms.ValidationError(
                f"From ({first}) is before {FIRST_SETTLEMENT_DATE}, the first settlement date."
            )
        if last > today:
            raise forms.ValidationError(f"To ({last}) is after today in London, {today}.")


@require_http_methods(["GET", "HEAD", "POST"])
def start_page(request: HttpRequest) -> HttpResponse:
    """A form; a POST hands the days to the cluster. Wrap it in `admin_view`: it is for staff."""
    if not request.user.has_perm(MAY_RUN):
        raise PermissionDenied
    form = BackfillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record = start_backfill(**form.cleaned_data, now=timezone.now())
        messages.success(request, f"Backfill {record.pk} was handed to the cluster.")
        return redirect(LIST)
    context = admin.site.each_context(request) | {"title": "Start a backfill", "form": form}
    return render(request, "admin/start_backfill.html", context)


def _steering_action(name: str, steer: Callable[..., Any], done: str) -> Callable[..., None]:
    """The action for the backfills that are ticked in their list."""

    @admin.action(description=f"{name.capitalize()} the ticked backfills")
    def run(model_admin: Any, request: HttpRequest, ticked: QuerySet) -> None:
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied
        for record in ticked.order_by("pk"):
            try:
                steer(record.pk, now=timezone.now())
            except NotSteerable as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"Backfill {record.pk} is {done}.")

    run.__name__ = f"{name}_backfills"
    return run


STEERING_ACTIONS = (
    _steering_action("pause", pause, "paused"),
    _steering_action("resume", resume, "running again"),
    _steering_action("cancel", cancel, "canceled"),
)
