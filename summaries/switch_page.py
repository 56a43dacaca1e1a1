"""The admin's page from which operators switch scheduled fetching."""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_q.models import Schedule

from summaries.models import ScheduledFetching
from summaries.schedules import PREFIX
from summaries.switch import NO_WIND_UNITS, is_on, reason_not_to_fetch, switch

MAY_SWITCH = "django_q.change_schedule"


@require_http_methods(["GET", "HEAD", "POST"])
def switch_page(request: HttpRequest) -> HttpResponse:
    """What runs by itself, and when; a POST switches it. Wrap it in `admin_view`."""
    may_switch = request.user.has_perm(MAY_SWITCH)
    if request.method == "POST":
        if not may_switch:
            raise PermissionDenied
        _switch(request)
        return redirect("scheduled-fetching")
    context = admin.site.each_context(request) | {
        "title": "Scheduled fetching",
        "is_on": is_on(),
        "changed": ScheduledFetching.objects.select_related("changed_by").first(),
        "lacks_register": reason_not_to_fetch() == NO_WIND_UNITS,
        "schedules": Schedule.objects.filter(name__startswith=PREFIX).order_by("next_run"),
        "may_switch": may_switch,
    }
    return render(request, "admin/scheduled_fetching.html", context)


def _switch(request: HttpRequest) -> None:
    """Switches as the button that was pressed says; pressed twice, it stays so."""
    on = request.POST.get("switch") == "on"
    by = request.user if isinstance(request.user, User) else None
    switch(on=on, by=by, now=timezone.now())
    messages.success(request, f"Scheduled fetching is {'on' if on else 'off'}.")
