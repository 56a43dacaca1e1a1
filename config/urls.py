"""Addresses of Windfall."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("summaries.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
]
