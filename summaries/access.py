"""Who may read reports, and how a request that cannot be answered is answered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from config.replicas.readers import answer_from_replica
from summaries.refusals import Refused, SignInNeeded

View = Callable[..., HttpResponse]

READING = ("GET", "HEAD")


def report_page(view: View) -> View:
    """Makes a view a page that whoever may read reports can read, and nobody can write to.

    Whether one may read is checked first. Refusals become a page, or JSON if that was asked for.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read(request):
            response = ask_to_sign_in(request)
        elif request.method not in READING:
            response = HttpResponseNotAllowed(READING)
        else:
            response = answer_from_replica(request, lambda: _answer(view, request, *args, **kwargs))
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    # Nothing is ever changed, so that a POST is refused for what it is.
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def may_read(request: HttpRequest) -> bool:
    return settings.REPORTS_PUBLIC or request.user.is_authenticated


def wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json"


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; a program is told, as it cannot sign in there."""
    if wants_json(request):
        return refusal(request, SignInNeeded("Sign in to read reports."))
    return redirect_to_login(request.get_full_path())


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page, or the JSON, that says why a request is not answered."""
    if wants_json(request):
        return JsonResponse({"error": refused.sentence}, status=refused.status)
    context = {
        "sentence": refused.sentence,
        "status": refused.status,
        "links": refused.offers(request.path, request.GET),
    }
    return render(request, "reports/refused.html", context, status=refused.status)


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Refused as refused:
        return refusal(request, refused)
