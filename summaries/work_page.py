"""The admin's page of a piece of work that was handed to the cluster."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from summaries.queries.work import count_queued, read_work


@require_safe
def work_page(request: HttpRequest, work: str) -> HttpResponse:
    """How far it is, read anew until it is over. Wrap it in `admin_view`: it is for staff."""
    tasks = read_work(work, now=timezone.now())
    context = admin.site.each_context(request) | {
        "title": "Background work",
        "tasks": tasks,
        "over_count": sum(task.is_over for task in tasks),
        "queued_count": count_queued(),
        "is_over": all(task.is_over for task in tasks),
    }
    return render(request, "admin/work.html", context, status=200 if tasks else 404)
