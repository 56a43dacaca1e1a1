"""The admin's page of the connection pool."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.database.pool import pool_usage

# What only operators may look at.
MAY_LOOK = "django_q.view_ormq"


@require_safe
def pool_page(request: HttpRequest) -> HttpResponse:
    """How the pool of the answering process is used. Wrap it in `admin_view`: it is for staff."""
    if not request.user.has_perm(MAY_LOOK):
        raise PermissionDenied
    context = admin.site.each_context(request) | {
        "title": "Database connections",
        "usage": pool_usage(),
    }
    return render(request, "admin/pool.html", context)
