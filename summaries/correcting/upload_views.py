"""The page on which corrections are uploaded as a file."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from curtailment.corrected import LONGEST_REASON, Conflict, InvalidCorrection, RecordKey
from curtailment.models import CorrectionBatch
from curtailment.operations import RefusedProposals, correct_batch
from summaries.background import PROMPT_WORK, enqueue
from summaries.correcting.batch_previews import preview_of_batch
from summaries.correcting.blank_files import TEMPLATES
from summaries.correcting.files import LARGEST_FILE_BYTES, MOST_ROWS, UnreadableFile, read_lines
from summaries.correcting.forms import reason_field
from summaries.correcting.links import after_batch
from summaries.correcting.pages import author_of, may_correct, page, show
from summaries.correcting.rows import (
    COLUMNS,
    Problem,
    ProblemsInFile,
    problems_at,
    proposals_in,
    rows_of,
)
from summaries.correcting.sealing import SealBroken, TooMuchToCarry, Upload, seal, unseal
from summaries.correcting.waiting import Busy, brief_transaction

SHOWN_PROBLEMS = 50


class UploadForm(forms.Form):
    """A file of corrections, and why they are made."""

    file = forms.FileField(label="CSV or XLSX", allow_empty_file=True)
    reason = reason_field()

    def clean_file(self) -> UploadedFile:
        file = cast(UploadedFile, self.cleaned_data["file"])
        if (file.size or 0) > LARGEST_FILE_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_FILE_BYTES // 1_000_000} MB."
            )
        return file


@page
@may_correct
def upload_corrections(request: HttpRequest) -> HttpResponse:
    """The form, then every change that the file makes, then the batch as it was saved."""
    form = UploadForm(request.POST, request.FILES) if "reason" in request.POST else UploadForm()
    problems: tuple[Problem, ...] = ()
    try:
        if "sealed" in request.POST:
            return _save(request)
        if form.is_valid():
            return _show_preview(request, form)
    except ProblemsInFile as found:
        problems = found.problems
    except InvalidCorrection as refused:
        problems = tuple(problems_at(0, refused.errors))
    except (UnreadableFile, TooMuchToCarry, SealBroken, Conflict, Busy) as told:
        problems = (Problem(0, "", str(told)),)
    return _show_upload(request, form, problems)


@require_safe
@may_correct
def upload_template(request: HttpRequest, extension: str) -> HttpResponse:
    """A file with the headings only."""
    content_type, make = TEMPLATES[extension]
    name = f"corrections.{extension}"
    return HttpResponse(
        make(COLUMNS),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _show_preview(request: HttpRequest, form: UploadForm) -> HttpResponse:
    now, author, reason = timezone.now(), author_of(request), form.cleaned_data["reason"]
    file: UploadedFile = form.cleaned_data["file"]
    rows = rows_of(read_lines(file.read()), reason=reason, now=now)
    numbers = proposals_in(rows, now=now)
    upload = Upload(tuple(numbers), reason, (file.name or "")[:200])
    sealed = seal(upload, user_id=author.pk)
    keys = {proposal.key: number for proposal, number in numbers.items()}
    try:
        preview = preview_of_batch(keys, lambda: _correct(upload, author=author))
    except RefusedProposals as refused:
        raise _by_row(refused, keys) from refused
    return show(
        request,
        "preview_batch",
        f"Correct {len(keys)} records",
        preview=preview,
        reason=reason,
        hidden={"sealed": sealed},
        save_label="Save the corrections",
    )


def _by_row(refused: RefusedProposals, numbers: Mapping[RecordKey, int]) -> ProblemsInFile:
    """What was refused, at the rows of the file; at no row once the file is gone."""
    return ProblemsInFile(
        [
            problem
            for key, errors in refused.errors.items()
            for problem in problems_at(numbers.get(key, 0), errors)
        ]
    )


def _correct(upload: Upload, *, author: User) -> CorrectionBatch:
    return correct_batch(
        upload.proposals,
        author=author,
        reason=upload.reason,
        file_name=upload.file_name,
        now=timezone.now(),
    )


def _save(request: HttpRequest) -> HttpResponse:
    author = author_of(request)
    upload = unseal(request.POST["sealed"], user_id=author.pk)
    dates = {proposal.key.settlement_date for proposal in upload.proposals}
    try:
        with brief_transaction():
            batch = _correct(upload, author=author)
            for settlement_date in sorted(dates):
                enqueue("finish_day", settlement_date.isoformat(), cluster=PROMPT_WORK)
    except RefusedProposals as refused:
        raise _by_row(refused, {}) from refused
    count = len(upload.proposals)
    return after_batch(request, batch, f"Batch {batch.pk} with {count} corrections is saved.")


def _show_upload(
    request: HttpRequest, form: UploadForm, problems: tuple[Problem, ...]
) -> HttpResponse:
    return show(
        request,
        "upload",
        "Upload corrections",
        form=form,
        problems=problems[:SHOWN_PROBLEMS],
        hidden_problem_count=max(0, len(problems) - SHOWN_PROBLEMS),
        most_rows=MOST_ROWS,
        longest_reason=LONGEST_REASON,
    )
