"""What charts draw."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from summaries.charts import Chart


def parse(chart: Chart) -> Element:
    """The drawing, which has to be well-formed."""
    return ElementTree.fromstring(chart.svg)  # noqa: S314


def marks(chart: Chart) -> dict[str, Element]:
    """The drawn marks by what each says."""
    drawn = [each for each in parse(chart).iter() if each.get("role") == "graphics-symbol"]
    named = {each.get("aria-label", ""): each for each in drawn}
    assert len(named) == len(drawn)
    return named
