"""Addresses of Windfall."""

from django.contrib import admin
from django.urls import include, path

from config import health
from summaries.cache_admin import report_cache_page

urlpatterns = [
    path("", include("summaries.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    # Before the admin's own addresses, which take whatever begins like theirs.
    path("admin/report-cache/", admin.site.admin_view(report_cache_page), name="report-cache"),
    path("admin/", admin.site.urls),
]
