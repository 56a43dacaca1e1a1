"""What the pages of corrections have in common: who may, how they are shown, of which record."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from curtailment.corrected import RecordKey
from curtailment.models import Correction

MAY_CORRECT = "curtailment.correct_record"
MAY_WITHDRAW = "curtailment.withdraw_correction"

may_correct = permission_required(MAY_CORRECT, raise_exception=True)
may_withdraw = permission_required(MAY_WITHDRAW, raise_exception=True)
page = require_http_methods(["GET", "HEAD", "POST"])


def author_of(request: HttpRequest) -> User:
    """Who is signed in; the admin lets nobody else come here."""
    return cast(User, request.user)


def key_of(correction: Correction) -> RecordKey:
    """Which record a correction is of."""
    return RecordKey(correction.settlement_date, correction.settlement_period, correction.bmu_id)


def show(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    """A page of the admin from templates/admin/correcting/."""
    everywhere = admin.site.each_context(request) | {"title": title}
    return render(request, f"admin/correcting/{name}.html", everywhere | context)
