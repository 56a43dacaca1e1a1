"""Addresses of reports, with what the reader selected."""

from dataclasses import replace
from typing import Any

from django import template
from django.urls import reverse

from summaries.selection import Selection
from summaries.timeframes import Timeframe

register = template.Library()


@register.simple_tag
def report_url(timeframe: Timeframe, selection: Selection, **changes: Any) -> str:
    """The permalink of a timeframe's report with a selection, or with changes to it."""
    address = reverse(f"summaries:{timeframe.kind}", args=[timeframe.text])
    return address + replace(selection, **changes).query_string
