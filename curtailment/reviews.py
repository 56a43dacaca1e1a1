"""Active corrections that staff should look at again, since Elexon has published other figures."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from curtailment.correction_queries import corrected_to, published_when
from curtailment.models import Correction
from curtailment.models.records import FIGURES


class ReviewKind(StrEnum):
    """Why a correction should be looked at."""

    NOT_NEEDED = "no longer needed"
    MOVED = "published figures moved"


@dataclass(frozen=True)
class Review:
    """A correction to look at, and a sentence that says why and what can be done."""

    correction: Correction
    kind: ReviewKind
    sentence: str


# A record that Elexon does not have, or no longer, counts as zeros beside a correction. The partial
# index of active corrections finds them, each record is one look-up by its key.
FOR_REVIEW = """
    FROM corrections AS c
    JOIN curtailment_records AS r USING (settlement_date, settlement_period, bmu_id)
    WHERE c.withdrawn_at IS NULL
        AND (({published_now}) IS DISTINCT FROM ({published_then})
            OR ({published_now_or_zero}) IS NOT DISTINCT FROM ({corrected}))
""".format(
    published_now=", ".join(f"r.published_{figure}" for figure in FIGURES),
    published_then=", ".join(f"c.published_{figure}" for figure in FIGURES),
    published_now_or_zero=", ".join(f"COALESCE(r.published_{f}, 0)" for f in FIGURES),
    corrected=", ".join(f"c.{figure}" for figure in FIGURES),
)


def sql_for_reviewing() -> str:
    """The active corrections that Elexon's figures equal by now, or have moved under.

    Equal without having moved is one that adds a record of nothing; both are for staff.
    """
    published_now = ", ".join(f"r.published_{figure}" for figure in FIGURES)
    return f"SELECT c.id, {published_now} {FOR_REVIEW} ORDER BY c.id DESC LIMIT %(limit)s"


def all_to_review() -> QuerySet[Correction]:
    """All active corrections to look at again, to be counted and listed."""
    # The statement is a constant.
    return Correction.objects.filter(pk__in=RawSQL(f"SELECT c.id {FOR_REVIEW}", []))  # noqa: S611


def corrections_to_review(*, limit: int) -> list[Review]:
    """So many of the active corrections to look at again, the newest first, with the reasons."""
    with connection.cursor() as cursor:
        cursor.execute(sql_for_reviewing(), {"limit": limit})
        published = {correction_id: tuple(figures) for correction_id, *figures in cursor}
    corrections = Correction.objects.select_related("bmu", "author").in_bulk(published)
    return [_review(corrections[pk], figures) for pk, figures in published.items()]


def _review(correction: Correction, published: tuple[Decimal | None, ...]) -> Review:
    # The day may have been sample data, or be that now: who published is not said.
    key = f"{correction.settlement_date} SP{correction.settlement_period} {correction.bmu_id}"
    if tuple(figure or Decimal(0) for figure in published) == corrected_to(correction):
        sentence = f"{key}: what is published now is what it was corrected to. Withdraw it."
        return Review(correction, ReviewKind.NOT_NEEDED, sentence)
    then, now = published_when(correction), None if published[0] is None else published
    sentence = (
        f"{key}: when it was corrected, what had been published was {_said(then)}; "
        f"now it is {_said(now)}. "
        "Withdraw the correction, or correct the record again to confirm it."
    )
    return Review(correction, ReviewKind.MOVED, sentence)


def _said(published: tuple[Decimal | None, ...] | None) -> str:
    """The published figures as words: flagged, and unflagged where there is any."""
    if published is None:
        return "nothing"
    mwh, gbp, so_mwh, so_gbp, other_mwh, other_gbp = (f"{figure or 0:,.2f}" for figure in published)
    return (
        f"{mwh} MWh and {gbp} GBP flagged (of it {so_mwh} MWh and {so_gbp} GBP by the system "
        f"operator's flag), {other_mwh} MWh and {other_gbp} GBP unflagged"
    )
