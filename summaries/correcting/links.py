"""Where the pages of corrections send people: to the record, its day's report and its ledger."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from curtailment.corrected import RecordKey
from curtailment.correction_queries import read_one
from curtailment.models import CorrectionBatch


def record_address(key: RecordKey) -> str:
    """The record's page in the admin; that of correcting it, if there is no such record."""
    record = read_one(key).record
    if record is None:
        return correcting_address(key)
    return reverse("admin:curtailment_curtailmentrecord_change", args=[record.pk])


def correcting_address(key: RecordKey) -> str:
    """The page on which the record is corrected or added."""
    return resolve_url(
        "correct-record", key.settlement_date.isoformat(), key.settlement_period, key.bmu_id
    )


def say_saved(request: HttpRequest, sentence: str, key: RecordKey) -> None:
    """This will tell what was saved, what follows by itself, and where it can be seen."""
    day = key.settlement_date.isoformat()
    links = _links(
        ("the record", record_address(key)),
        ("the day's report", reverse("summaries:daily", args=[day])),
        (
            "the day in the ledger",
            reverse("admin:curtailment_ingestionprogress_change", args=[day]),
        ),
    )
    follows = "Bitcoin and totals of the day, the month and the year follow within seconds."
    messages.success(request, format_html("{} {} See {}.", sentence, follows, links))


def after_batch(request: HttpRequest, batch: CorrectionBatch, sentence: str) -> HttpResponse:
    """This will tell what was done, and lead to the batch as far as one may see it."""
    follows = "Bitcoin and totals of the days, months and years follow by themselves."
    messages.success(request, f"{sentence} {follows}")
    if request.user.has_perm("curtailment.view_correctionbatch"):
        return redirect("admin:curtailment_correctionbatch_change", batch.pk)
    return redirect("admin:index")


def _links(*links: tuple[str, str]) -> SafeString:
    return format_html_join(
        ", ", '<a href="{}">{}</a>', ((address, text) for text, address in links)
    )
