"""The admin's page of the connection pool and the replicas."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.database.pool import pool_usage
from config.replicas.watching import known_replicas

# What only operators may look at.
MAY_LOOK = "django_q.view_ormq"


@require_safe
def pool_page(request: HttpRequest) -> HttpResponse:
    """The pool of the answering process, and what it knows of replicas.

    Wrap it in `admin_view`: it is for staff.
    """
    if not request.user.has_perm(MAY_LOOK):
        raise PermissionDenied
    context = admin.site.each_context(request) | {
        "title": "Database connections",
        "usage": pool_usage(),
        "replicas": known_replicas(),
    }
    return render(request, "admin/pool.html", context)
