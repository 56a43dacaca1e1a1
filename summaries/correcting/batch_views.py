"""The page on which a batch of corrections is withdrawn as a whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from curtailment.corrected import Conflict, InvalidCorrection
from curtailment.correction_queries import (
    active_corrections_of,
    joint_state,
    read_stored,
    superseded_by_batch,
)
from curtailment.models import CorrectionBatch
from curtailment.operations import withdraw_batch
from summaries.background import PROMPT_WORK, enqueue
from summaries.correcting.batch_previews import preview_of_batch
from summaries.correcting.forms import WithdrawalForm
from summaries.correcting.links import after_batch
from summaries.correcting.pages import author_of, key_of, may_withdraw, page, show
from summaries.correcting.waiting import Busy, brief_transaction

SHOWN_SUPERSEDED = 100


@page
@may_withdraw
def withdraw_corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, then what it would change, then the batch as it was withdrawn."""
    batch = get_object_or_404(CorrectionBatch.objects.select_related("author"), pk=pk)
    form = WithdrawalForm(request.POST or None)
    if form.is_valid() and request.POST.get("step") != "edit":
        try:
            if request.POST.get("step") == "save":
                return _withdraw(request, batch, form)
            return _show_preview_of_withdrawal(request, batch, form.cleaned_data["reason"])
        except InvalidCorrection as refused:
            form.add_error(None, " ".join(refused.errors.values()))
        except (Conflict, Busy) as told:
            form.add_error(None, str(told))
    active_count = active_corrections_of(batch.pk).count()
    title = f"Withdraw batch {batch.pk}"
    return show(request, "withdraw_batch", title, form=form, batch=batch, active_count=active_count)


def _withdraw(request: HttpRequest, batch: CorrectionBatch, form: WithdrawalForm) -> HttpResponse:
    author, now = author_of(request), timezone.now()
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
    dates = set(active_corrections_of(batch.pk).values_list("settlement_date", flat=True))
    with brief_transaction():
        count = withdraw_batch(batch.pk, author=author, reason=reason, seen=seen, now=now)
        for settlement_date in sorted(dates):
            enqueue("finish_day", settlement_date.isoformat(), cluster=PROMPT_WORK)
    return after_batch(request, batch, f"{count} corrections of batch {batch.pk} are withdrawn.")


def _show_preview_of_withdrawal(
    request: HttpRequest, batch: CorrectionBatch, reason: str
) -> HttpResponse:
    author, now = author_of(request), timezone.now()
    keys = [key_of(correction) for correction in active_corrections_of(batch.pk)]
    seen = joint_state(read_stored(keys).values())
    preview = preview_of_batch(
        keys, lambda: withdraw_batch(batch.pk, author=author, reason=reason, seen=seen, now=now)
    )
    superseded = superseded_by_batch(batch.pk)
    return show(
        request,
        "preview_batch",
        f"Withdraw batch {batch.pk}",
        preview=preview,
        not_restored=superseded[:SHOWN_SUPERSEDED],
        not_restored_count=len(superseded),
        reason=reason,
        hidden={"reason": reason, "seen": seen},
        save_label="Withdraw the batch",
    )
