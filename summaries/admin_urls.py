"""Addresses of the admin's pages that are about no single table."""

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, path

from summaries.backfill_page import start_page
from summaries.cache_admin import report_cache_page
from summaries.day_actions import day_action
from summaries.pool_admin import pool_page
from summaries.refetch_page import refetch_page
from summaries.suspects_admin import suspect_day_page
from summaries.switch_page import switch_page
from summaries.work_page import work_page


def _staff(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(address, admin.site.admin_view(view), name=name)


urlpatterns = [
    _staff("report-cache/", report_cache_page, "report-cache"),
    _staff("connections/", pool_page, "pool"),
    _staff("days/<str:text>/<slug:name>/", day_action, "day-action"),
    _staff("suspects/<int:suspect_id>/", suspect_day_page, "suspect-day"),
    _staff("refetch/", refetch_page, "refetch"),
    _staff("start-backfill/", start_page, "start-backfill"),
    _staff("scheduled-fetching/", switch_page, "scheduled-fetching"),
    _staff("tasks/<slug:work>/", work_page, "work"),
]
