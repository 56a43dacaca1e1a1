"""Addresses of Windfall."""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from config import health
from summaries.metrics import metrics_page
from summaries.readiness import readyz

urlpatterns = [
    path("", include("summaries.urls")),
    path("healthz", health.healthz),
    path("readyz", readyz),
    path("metrics", metrics_page),
    # For readers; the admin has a page of its own, which lets only staff in.
    path("accounts/login/", LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    # Before the admin's own addresses, which take whatever begins like theirs.
    path("admin/corrections/", include("summaries.correcting.urls")),
    path("admin/", include("summaries.admin_urls")),
    path("admin/", admin.site.urls),
]

if apps.is_installed("debug_toolbar"):
    urlpatterns += import_module("debug_toolbar.toolbar").debug_toolbar_urls()
