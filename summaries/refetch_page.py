"""The admin's page from which operators have a range of days fetched again."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from curtailment.models import IngestionProgress
from summaries.background import LONG_WORK, enqueue_days

MAY_REFRESH = "curtailment.refresh_day"
# More is the business of a command.
MOST_DAYS = 62


def date_field(label: str) -> forms.DateField:
    """A date of a form for days, with sentences for what is wrong."""
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": f"{label} is not a date. Write it as YYYY-MM-DD.",
            "required": f"Give the date {label}.",
        },
    )


class RefetchForm(forms.Form):
    """Dates, both included, and whether only the days that wait for it are meant."""

    first = date_field("From")
    last = date_field("To")
    every = forms.BooleanField(
        required=False,
        label="Every stored day, not only those that wait for it",
        help_text="Where you doubt what is stored: days that a unit's kind decides wait already.",
    )

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        first, last = asked.get("first"), asked.get("last")
        if first is None or last is None:
            return asked
        if last < first:
            raise forms.ValidationError(f"To ({last}) is before From ({first}).")
        if (last - first).days >= MOST_DAYS:
            force = " --force" if asked["every"] else ""
            raise forms.ValidationError(
                f"At most {MOST_DAYS} days at once from here. For all of them run: "
                f"manage.py backfill --from {first} --to {last}{force}"
            )
        return asked

    def days(self) -> list[date]:
        """The days of Elexon's data that were asked for."""
        asked = self.cleaned_data
        days = _waiting() if not asked["every"] else _stored()
        days = days.filter(settlement_date__range=(asked["first"], asked["last"]))
        return list(days.order_by("settlement_date").values_list("settlement_date", flat=True))


def _stored() -> QuerySet[IngestionProgress]:
    return IngestionProgress.objects.filter(source=IngestionProgress.Source.ELEXON)


def _waiting() -> QuerySet[IngestionProgress]:
    return _stored().filter(refetch_since__isnull=False)


@require_http_methods(["GET", "HEAD", "POST"])
def refetch_page(request: HttpRequest) -> HttpResponse:
    """What waits to be fetched again; a POST hands days over. Wrap it in `admin_view`."""
    if not request.user.has_perm(MAY_REFRESH):
        raise PermissionDenied
    waiting = _waiting().aggregate(
        count=Count("pk"), first=Min("settlement_date"), last=Max("settlement_date")
    )
    form = RefetchForm(initial=_proposal(waiting))
    if request.method == "POST":
        form = RefetchForm(request.POST)
        if form.is_valid() and (days := form.days()):
            return redirect("work", enqueue_days("refresh_day", days, cluster=LONG_WORK))
        if form.is_valid():
            messages.warning(request, "No such day is in that range: nothing was done.")
    context = admin.site.each_context(request) | {
        "title": "Fetch days again",
        "form": form,
        "waiting": waiting,
    }
    return render(request, "admin/refetch.html", context)


def _proposal(waiting: dict[str, Any]) -> dict[str, date]:
    """As many of the days that wait as can be fetched at once, the oldest first."""
    if waiting["first"] is None:
        return {}
    longest = waiting["first"] + timedelta(days=MOST_DAYS - 1)
    return {"first": waiting["first"], "last": min(longest, waiting["last"])}
