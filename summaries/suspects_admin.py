"""The admin's page of a suspect answer: what it would change, and the decision."""

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from curtailment.models import IngestionProgress, SuspectDay
from curtailment.operations.suspects import DecisionRefused, accept, reject
from curtailment.queries import progress_of
from summaries.background import LONG_WORK, enqueue
from summaries.exact import EXACT

MAY_DECIDE = "curtailment.decide_suspectday"
LONGEST_REASON = 2_000


class DecisionForm(forms.Form):
    """Accept or reject, and why."""

    decision = forms.ChoiceField(
        choices=[("accept", "Accept"), ("reject", "Reject")],
        error_messages={
            "required": "Choose Accept or Reject.",
            "invalid_choice": "Choose Accept or Reject.",
        },
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        error_messages={"required": "Give the reason for the decision."},
    )


@dataclass(frozen=True)
class UnitChange:
    """What the answer would make of a unit's energy, or of the day's."""

    bmu_id: str
    stored_mwh: Decimal
    offered_mwh: Decimal

    @property
    def difference_mwh(self) -> Decimal:
        return EXACT.subtract(self.offered_mwh, self.stored_mwh)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_DECIDE, raise_exception=True)
def suspect_day_page(request: HttpRequest, suspect_id: int) -> HttpResponse:
    """A suspect answer; a POST decides it. Wrap it in `admin_view`: it is for staff."""
    suspect = get_object_or_404(SuspectDay.objects.select_related("decided_by"), pk=suspect_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _decide(request, suspect, form.cleaned_data["decision"], form.cleaned_data["reason"])
        return redirect("suspect-day", suspect_id)
    stored = progress_of(suspect.settlement_date)
    context = admin.site.each_context(request) | {
        "title": f"Suspect answer of {suspect.settlement_date}",
        "suspect": suspect,
        "is_open": suspect.state == SuspectDay.State.OPEN,
        "changes": changes_of(suspect),
        "total": UnitChange("All BM Units", suspect.stored_mwh, suspect.offered_mwh),
        "stored_since": _stored_since(suspect, stored),
        "form": form,
    }
    return render(request, "admin/suspects/decide.html", context)


def changes_of(suspect: SuspectDay) -> list[UnitChange]:
    """The units whose energy the answer would change, the largest change first."""
    changes = [
        UnitChange(row["bmu"], Decimal(row["stored_mwh"]), Decimal(row["offered_mwh"]))
        for row in suspect.difference
    ]
    return sorted(changes, key=lambda change: (-abs(change.difference_mwh), change.bmu_id))


def _stored_since(suspect: SuspectDay, stored: IngestionProgress | None) -> Decimal | None:
    """The day's energy now, if it is no more what the answer was compared with."""
    if stored is None or stored.all_mwh == suspect.stored_mwh:
        return None
    return stored.all_mwh


def _decide(request: HttpRequest, suspect: SuspectDay, decision: str, reason: str) -> None:
    """Decides, and says what came of it; what was accepted is fetched by the cluster."""
    person = cast(User, request.user)
    operation = accept if decision == "accept" else reject
    try:
        with transaction.atomic():
            operation(suspect, by=person, reason=reason, now=timezone.now())
            if operation is accept:
                enqueue("refresh_day", suspect.settlement_date.isoformat(), cluster=LONG_WORK)
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(suspect, decision))


def _said(suspect: SuspectDay, decision: str) -> SafeString:
    day = suspect.settlement_date.isoformat()
    links = format_html(
        '<a href="{}">The ledger</a> says how it went, <a href="{}">the report</a> shows the day.',
        reverse("admin:curtailment_ingestionprogress_change", args=[day]),
        reverse("summaries:daily", args=[day]),
    )
    if decision == "accept":
        done = "Accepted. The day is being fetched again, and stored if the answer is the same."
    else:
        done = "Rejected. What is stored stays, also when the same answer comes again."
    return format_html("{} {}", done, links)
