"""What waits for staff: the lists of the admin's front page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from curtailment.admin_links import LEDGER, address_of_list
from curtailment.models import Correction, IngestionProgress, SuspectDay
from curtailment.queries import unclassified_units
from curtailment.reviews import all_to_review, corrections_to_review

# So many are named; the rest is counted.
NAMED = 8


@dataclass(frozen=True)
class Attention:
    """Something that waits: what, how many, the list of all, and the first few with links."""

    title: str
    count: int
    address: str
    rows: tuple[tuple[str, str], ...]

    @property
    def others(self) -> int:
        return self.count - len(self.rows)


def read_attention(may: Callable[[str], bool]) -> list[Attention]:
    """What waits, of the tables that one may view; a query each, two where there is much."""
    found = [read() for permission, read in READERS if may(f"curtailment.{permission}")]
    return [attention for attention in found if attention.count]


def _units() -> Attention:
    return _attention(
        "Units never seen before: say whether they are wind",
        unclassified_units(),
        address_of_list("curtailment_bmunit", unclassified="yes"),
        page="admin:curtailment_bmunit_change",
    )


def _suspects() -> Attention:
    days = SuspectDay.objects.filter(state=SuspectDay.State.OPEN).order_by("settlement_date", "pk")
    address = address_of_list("curtailment_suspectday", state__exact="open")
    # The answer itself is a megabyte.
    rows = days.defer("answer", "difference")
    title = "Suspect answers: accept or reject them"
    return _attention(title, rows, address, page="suspect-day")


def _reviews() -> Attention:
    """Corrections whose published figures have changed; each leads to its record's."""
    reviews = corrections_to_review(limit=NAMED + 1)
    count = len(reviews) if len(reviews) <= NAMED else all_to_review().count()
    rows = tuple(
        (review.sentence, reverse("correct-record", args=_key_of(review.correction)))
        for review in reviews[:NAMED]
    )
    title = "Corrections to look at again"
    return Attention(title, count, address_of_list("curtailment_correction", review="yes"), rows)


def _key_of(correction: Correction) -> list[str]:
    key = (correction.settlement_date, correction.settlement_period, correction.bmu_id)
    return [str(part) for part in key]


def _days(title: str, condition: dict[str, Any], **filters: str) -> Attention:
    """Days of the ledger, the newest first; `filters` say the same in the address of its list."""
    days = IngestionProgress.objects.filter(**condition).order_by("-settlement_date")
    address = address_of_list(LEDGER, **filters)
    return _attention(title, days, address, page=f"admin:{LEDGER}_change")


def _differing() -> Attention:
    return _days("Days that differ", {"verification": "differs"}, verification__exact="differs")


def _failed() -> Attention:
    condition = {"attempt_state": IngestionProgress.AttemptState.FAILED}
    return _days("Days whose last try failed", condition, attempt_state__exact="failed")


def _outdated() -> Attention:
    condition = {"refetch_since__isnull": False}
    return _days("Days to be fetched again", condition, waits="refetch")


def _stale() -> Attention:
    condition = {"stale_since__isnull": False}
    return _days("Days being recalculated", condition, waits="stale")


def _attention(title: str, rows: QuerySet, address: str, *, page: str) -> Attention:
    """`page` is the name of the address of a row's own page."""
    named = list(rows[: NAMED + 1])
    count = len(named) if len(named) <= NAMED else rows.count()
    links = tuple((str(row), reverse(page, args=[row.pk])) for row in named[:NAMED])
    return Attention(title, count, address, links)


# In the order of the page, with the permission to view what is listed.
READERS: tuple[tuple[str, Callable[[], Attention]], ...] = (
    ("view_bmunit", _units),
    ("view_suspectday", _suspects),
    ("view_correction", _reviews),
    ("view_ingestionprogress", _differing),
    ("view_ingestionprogress", _failed),
    ("view_ingestionprogress", _outdated),
    ("view_ingestionprogress", _stale),
)
