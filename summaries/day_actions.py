"""What operators have the cluster do with days, from the ledger in the admin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from curtailment.models import IngestionProgress
from summaries.background import LONG_WORK, enqueue_days

# What is handed over at once; more is the business of a command.
MOST_DAYS = 40


@dataclass(frozen=True)
class DayAction:
    """A task for days. `permission` is also the name of the right to have it done."""

    name: str
    task: str
    permission: str
    label: str
    announcement: str
    needs_data: bool

    def is_permitted(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"curtailment.{self.permission}")


DAY_ACTIONS = (
    DayAction(
        "refresh",
        "refresh_day",
        "refresh_day",
        "Fetch anew",
        "Being fetched anew",
        needs_data=False,
    ),
    DayAction(
        "recalculate",
        "finish_day",
        "recalculate_day",
        "Recalculate",
        "Being recalculated",
        needs_data=True,
    ),
    DayAction("verify", "verify_day", "verify_day", "Verify", "Being verified", needs_data=True),
)


def permitted_actions(request: HttpRequest) -> list[DayAction]:
    """The actions whose buttons a reader gets to see."""
    return [action for action in DAY_ACTIONS if action.is_permitted(request)]


@require_POST
def day_action(request: HttpRequest, text: str, name: str) -> HttpResponse:
    """Hands a day of the ledger to the cluster. Wrap it in `admin_view`: it is for staff."""
    action = next((action for action in DAY_ACTIONS if action.name == name), None)
    if action is None:
        raise Http404(f"Days have no action {name!r}.")
    if not action.is_permitted(request):
        raise PermissionDenied
    day = get_object_or_404(IngestionProgress, pk=_date(text))
    _hand_over(request, action, [day])
    return redirect("admin:curtailment_ingestionprogress_change", day.pk)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404(f"{text!r} is not a date.") from None


def admin_action(action: DayAction) -> Callable[[Any, HttpRequest, QuerySet], None]:
    """The action for the days that are ticked in the ledger's list."""

    @admin.action(description=f"{action.label} (at most {MOST_DAYS} days)")
    def run(model_admin: Any, request: HttpRequest, ticked: QuerySet) -> None:
        if not action.is_permitted(request):
            raise PermissionDenied
        days = list(ticked.order_by("settlement_date")[: MOST_DAYS + 1])
        if len(days) > MOST_DAYS:
            messages.error(
                request,
                f"Nothing was done: at most {MOST_DAYS} days at once. "
                "Tick fewer, or run the command backfill or recalculate.",
            )
            return
        _hand_over(request, action, days)

    run.__name__ = f"{action.name}_days"
    return run


def _hand_over(request: HttpRequest, action: DayAction, days: list[IngestionProgress]) -> None:
    """Has the cluster do it, and says how to see how far it is."""
    none = IngestionProgress.DataState.NONE
    able = [day for day in days if not action.needs_data or day.data_state != none]
    if len(able) < len(days):
        text = f"Days that have no data were left out: {len(days) - len(able)}. Fetch them anew."
        messages.warning(request, text)
    if able:
        # Not in the way of corrections, which are to be seen within seconds.
        work = enqueue_days(action.task, [day.settlement_date for day in able], cluster=LONG_WORK)
        announce(request, f"{action.announcement}: {count_days(len(able))}.", work)


def announce(request: HttpRequest, text: str, work: str) -> None:
    """Says that work was handed over, with a link to its progress."""
    link = format_html('{} <a href="{}">See how far it is</a>', text, reverse("work", args=[work]))
    messages.success(request, link)


def count_days(count: int) -> str:
    """A number of days, in words."""
    return "1 day" if count == 1 else f"{count:,} days"
