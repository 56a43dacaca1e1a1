"""Addresses of the admin's lists, by the names of its pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from curtailment.date_ranges import FROM, TO

RECORDS = "curtailment_curtailmentrecord"
LEDGER = "curtailment_ingestionprogress"
CALCULATIONS = "mining_bitcoincalculation"


def address_of_list(model: str, **parameters: Any) -> str:
    """The address of a model's list, narrowed."""
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(parameters)}"


def of_day(settlement_date: date) -> dict[str, str]:
    """The parameters that narrow the list of a big table to one date."""
    return {FROM: settlement_date.isoformat(), TO: settlement_date.isoformat()}


def link_list(links: Iterable[tuple[str, str]]) -> SafeString:
    """Links in a line, from their texts and addresses."""
    return format_html_join(" · ", '<a href="{1}">{0}</a>', links)
