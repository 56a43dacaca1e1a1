"""What the admin's page of a correction shows beyond its columns: figures before and after."""

from decimal import Decimal

from django.utils.safestring import SafeString

from curtailment.comparison_tables import figures_table
from curtailment.correction_queries import corrected_to, published_when
from curtailment.figures import UNKNOWN, format_exact
from curtailment.models import Correction
from curtailment.models.records import FIGURES

LABELS = {field.name: str(field.verbose_name) for field in Correction._meta.concrete_fields}
NO_RECORD = (None,) * len(FIGURES)


def before_and_after(correction: Correction) -> SafeString:
    """What Elexon had published when the correction was made, and what it says instead."""
    published = published_when(correction)
    before = NO_RECORD if published is None else published
    return figures_table(
        ("", "Published then" if published else "Published then: no record", "Corrected to"),
        (
            (LABELS[figure], _text(was), _text(now))
            for figure, was, now in zip(FIGURES, before, corrected_to(correction), strict=True)
        ),
    )


def _text(figure: Decimal | None) -> str:
    return UNKNOWN if figure is None else format_exact(figure)
