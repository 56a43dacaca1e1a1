"""Pages on which one record is corrected or added, and one correction withdrawn."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from curtailment.archived import archive_of, sentence_of
from curtailment.corrected import Conflict, InvalidCorrection, Proposal, RecordKey
from curtailment.correction_queries import StoredRecord, corrections_of, read_one
from curtailment.models import Correction
from curtailment.operations import correct, withdraw
from curtailment.settlement import InvalidSettlementDate, parse_settlement_date, settlement_date_at
from summaries.background import PROMPT_WORK, enqueue
from summaries.correcting.forms import FiguresForm, RecordForm, WithdrawalForm
from summaries.correcting.links import correcting_address, record_address, say_saved
from summaries.correcting.pages import (
    MAY_CORRECT,
    author_of,
    key_of,
    may_correct,
    may_withdraw,
    page,
    show,
)
from summaries.correcting.previews import preview_of
from summaries.correcting.waiting import Busy, brief_transaction


@page
@may_correct
def choose_record(request: HttpRequest) -> HttpResponse:
    """Which record to correct or, where Elexon has none, to add."""
    form = RecordForm(request.POST or None, now=timezone.now())
    if form.is_valid():
        return redirect(correcting_address(form.key))
    return show(request, "choose", "Add or correct a record", form=form)


@page
@may_correct
def correct_record(request: HttpRequest, day: str, period: int, bmu_id: str) -> HttpResponse:
    """The form, then what it would change, then the record as it was saved."""
    now = timezone.now()
    key = _key(day, period, bmu_id, now)
    stored = read_one(key)
    if request.method != "POST":
        return _show_figures(request, stored, FiguresForm.of(stored))
    form = FiguresForm(request.POST, stored=stored)
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _show_figures(request, stored, form)
    proposal = Proposal(key, form.figures, form.cleaned_data["reason"], form.cleaned_data["seen"])
    try:
        if request.POST.get("step") == "save":
            return _save(request, proposal, now)
        return _show_preview_of_figures(request, proposal, form, now)
    except InvalidCorrection as refused:
        form.add_refusal(refused)
    except (Conflict, Busy) as told:
        form.add_error(None, str(told))
    return _show_figures(request, stored, form)


@page
@may_withdraw
def withdraw_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, then what it would change, then the record as it is published."""
    correction = get_object_or_404(Correction.objects.select_related("author"), pk=pk)
    form = WithdrawalForm(request.POST or None)
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _show_withdrawal(request, correction, form)
    try:
        if request.POST.get("step") == "save":
            return _withdraw(request, correction, form)
        return _show_preview_of_withdrawal(request, correction, form)
    except InvalidCorrection as refused:
        form.add_error(None, " ".join(refused.errors.values()))
    except (Conflict, Busy) as told:
        form.add_error(None, str(told))
    return _show_withdrawal(request, correction, form)


def _save(request: HttpRequest, proposal: Proposal, now: datetime) -> HttpResponse:
    with brief_transaction():
        correction = correct(proposal, author=author_of(request), now=now)
        enqueue("finish_day", proposal.key.settlement_date.isoformat(), cluster=PROMPT_WORK)
    say_saved(request, f"Correction {correction.pk} is saved.", proposal.key)
    return redirect(_after(request, proposal.key))


def _withdraw(request: HttpRequest, correction: Correction, form: WithdrawalForm) -> HttpResponse:
    key, author = key_of(correction), author_of(request)
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
    with brief_transaction():
        withdraw(correction.pk, author=author, reason=reason, seen=seen, now=timezone.now())
        enqueue("finish_day", key.settlement_date.isoformat(), cluster=PROMPT_WORK)
    say_saved(request, f"Correction {correction.pk} is withdrawn.", key)
    return redirect(_after(request, key))


def _after(request: HttpRequest, key: RecordKey) -> str:
    """Where one can see what was done, as far as one may."""
    if request.user.has_perm("curtailment.view_curtailmentrecord"):
        return record_address(key)
    return correcting_address(key) if request.user.has_perm(MAY_CORRECT) else "admin:index"


def _show_preview_of_figures(
    request: HttpRequest, proposal: Proposal, form: FiguresForm, now: datetime
) -> HttpResponse:
    author = author_of(request)
    preview = preview_of(proposal.key, lambda: correct(proposal, author=author, now=now), now=now)
    return show(
        request,
        "preview",
        f"Correct {proposal.key}",
        preview=preview,
        reason=proposal.reason,
        hidden=form.hidden_fields_to_save(),
        save_label="Save the correction",
    )


def _show_preview_of_withdrawal(
    request: HttpRequest, correction: Correction, form: WithdrawalForm
) -> HttpResponse:
    author, reason, now = author_of(request), form.cleaned_data["reason"], timezone.now()
    key = key_of(correction)
    seen = read_one(key).state
    preview = preview_of(
        key,
        lambda: withdraw(correction.pk, author=author, reason=reason, seen=seen, now=now),
        now=now,
    )
    return show(
        request,
        "preview",
        f"Withdraw the correction of {key}",
        preview=preview,
        reason=reason,
        hidden={"reason": reason, "seen": seen},
        save_label="Withdraw the correction",
    )


def _show_figures(request: HttpRequest, stored: StoredRecord, form: FiguresForm) -> HttpResponse:
    archive = archive_of(stored.key.settlement_date)
    is_new = stored.record is None and archive is None
    return show(
        request,
        "figures",
        f"{'Add' if is_new else 'Correct'} {stored.key}",
        form=form,
        stored=stored,
        archived=sentence_of(archive) if archive else "",
        address=correcting_address(stored.key),
        history=corrections_of(stored.key),
    )


def _show_withdrawal(
    request: HttpRequest, correction: Correction, form: WithdrawalForm
) -> HttpResponse:
    key = key_of(correction)
    title = f"Withdraw the correction of {key}"
    history = corrections_of(key)
    return show(request, "withdraw", title, form=form, correction=correction, history=history)


def _key(day: str, period: int, bmu_id: str, now: datetime) -> RecordKey:
    """The record that an address names. Raises Http404 where there can be none."""
    try:
        settlement_date = parse_settlement_date(day, today=settlement_date_at(now))
    except InvalidSettlementDate as error:
        raise Http404(str(error)) from error
    key = RecordKey(settlement_date, period, bmu_id)
    if errors := key.timing_errors(now=now):
        raise Http404(" ".join(errors.values()))
    if not bmu_id.isprintable():
        raise Http404("That is no id of a BM Unit.")
    return key
