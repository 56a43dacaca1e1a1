"""Bars of names beside each other: farms, companies, BM Units or miners."""

from collections.abc import Mapping, Sequence

from summaries import charts
from summaries.charts import Chart, Measure
from summaries.charts.shapes import Figures


def rank(
    *,
    key: str,
    heading: str,
    many: str,
    when: str,
    names: Sequence[str],
    measures: Mapping[Measure, Figures],
    color: int = 1,
    limit: int = 10,
) -> Chart | None:
    """The first measure as bars, in the order given, and all of them in the table.

    `heading` is what one name is, `many` what they are together. None where nothing is known.
    """
    (measure, figures), *more = measures.items()
    if all(figure is None for figure in figures):
        return None
    return charts.ranking(
        key=key,
        title=f"{many} by {measure.name.lower()} ({measure.unit}), {when}",
        description=f"In the order of the table, at most {limit} of {len(names)}.",
        heading=heading,
        measure=measure,
        rows=list(zip(names, figures, strict=True)),
        more=more,
        color_number=color,
        limit=limit,
    )
