"""From a specification to the SVG that goes into a page: no browser, no network, no style."""

import json
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils import schemapi
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SVG = "http://www.w3.org/2000/svg"
# What a page says by its stylesheet, or what says nothing.
USELESS = {
    "aria-roledescription",
    "class",
    "font-family",
    "font-size",
    "font-weight",
    "opacity",
    "pointer-events",
    "stroke-miterlimit",
}
LONG_NUMBER = re.compile(r"-?\d+\.\d+(?:e-\d+)?")
EMPTY_VALUES = {("stroke-width", "1"), ("stroke-width", "0"), ("transform", "translate(0,0)")}

CONFIG: dict[str, Any] = {
    "background": None,
    "view": {"stroke": None},
    "concat": {"spacing": 22},
    "axis": {
        "aria": False,
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "labelOverlap": False,
        "titleFontWeight": 400,
    },
}


# altair's checks against the schema, of every part as it is made and of the whole, take longer
# than the drawing, which refuses what is wrong too.
schemapi.DEBUG_MODE = False


def draw(chart: Any, *, key: str, title: str, description: str) -> SafeString:
    """The SVG of an altair chart. Raises ValueError for a specification that cannot be drawn."""
    # altair would add its own theme's settings: these are all there is.
    specification = chart.to_dict(validate=False) | {"config": CONFIG}
    body, view_box = _body(json.dumps(specification, sort_keys=True))
    name = f"chart-{escape(key)}"
    # Everything that is not the drawing's own was escaped right here.
    return mark_safe(  # noqa: S308
        f'<svg viewBox="{view_box}" role="graphics-document" aria-labelledby="{name}-title" '
        f'aria-describedby="{name}-description"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>{body}</svg>'
    )


def warm_up() -> None:
    """This will start the drawing engine, which takes a second, before anybody waits for it."""
    chart = alt.Chart(alt.Data(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
    draw(chart, key="warm-up", title="", description="")


@lru_cache(maxsize=128)
def _body(specification: str) -> tuple[str, str]:
    """The drawing and its view box. The same figures are drawn once, since drawing takes long."""
    svg = vl_convert.vegalite_to_svg(specification, vl_version=_vega_lite_version())
    root = ElementTree.fromstring(svg)  # noqa: S314
    view_box = root.attrib["viewBox"]
    return "".join(_write(child) for child in _tidied(root)), view_box


@lru_cache(maxsize=1)
def _vega_lite_version() -> str:
    major, minor = alt.SCHEMA_VERSION.lstrip("v").split(".")[:2]
    return f"{major}.{minor}"


def _tidied(element: ElementTree.Element) -> list[ElementTree.Element]:
    """The children of an element that show something, without groups that only hold others."""
    kept = []
    for child in element:
        if _shows_nothing(child):
            continue
        _drop_attributes(child)
        children = _tidied(child)
        child[:] = children
        if _tag(child) == "g" and not child.attrib:
            kept += children
        elif _tag(child) != "g" or children:
            kept.append(child)
    return kept


def _shows_nothing(element: ElementTree.Element) -> bool:
    if element.get("display") == "none" or element.get("fill") == "white":
        return True
    return element.get("class") in ("background", "foreground") and "stroke" not in element.attrib


def _drop_attributes(element: ElementTree.Element) -> None:
    is_group = _tag(element) == "g"
    for name, value in list(element.attrib.items()):
        of_group = is_group and name in ("role", "aria-label")
        if of_group or name in USELESS or (name, value) in EMPTY_VALUES:
            del element.attrib[name]


def _write(element: ElementTree.Element) -> str:
    attributes = "".join(
        f' {name.rpartition("}")[2]}="{escape(_shorten(name, value))}"'
        for name, value in element.attrib.items()
    )
    inner = escape(element.text or "") + "".join(_write(child) for child in element)
    tag = _tag(element)
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


def _shorten(name: str, value: str) -> str:
    """A tenth of a pixel is precise enough."""
    if name in ("d", "transform", "x2", "y2"):
        return LONG_NUMBER.sub(lambda match: f"{round(float(match[0]), 1):g}", value)
    return value


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
