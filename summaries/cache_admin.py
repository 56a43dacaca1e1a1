"""The admin's page of the report cache."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from summaries import report_cache

MAY_CLEAR = "curtailment.change_referencerevision"


@require_http_methods(["GET", "HEAD", "POST"])
def report_cache_page(request: HttpRequest) -> HttpResponse:
    """How the cache is used; a POST clears it. Wrap it in `admin_view`."""
    if not request.user.has_perm(MAY_CLEAR):
        raise PermissionDenied
    if request.method == "POST":
        report_cache.clear()
        messages.success(request, "The report cache is cleared.")
        return redirect("report-cache")
    context = admin.site.each_context(request) | {
        "title": "Report cache",
        "usage": report_cache.usage(),
    }
    return render(request, "admin/report_cache.html", context)
