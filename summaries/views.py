"""The pages. Each reads the clock, makes one call in one snapshot, and shows what it got."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from curtailment.definitions import Definition
from curtailment.settlement import InvalidSettlementDate, settlement_date_at
from summaries.access import report_page
from summaries.caching import cache_report
from summaries.downloads.as_json import overview_as_json
from summaries.downloads.of_overview import download_of_overview
from summaries.downloads.of_reports import download_of_report
from summaries.exports import report_as_json
from summaries.queries.choices import read_choices
from summaries.queries.database import snapshot
from summaries.queries.longer import read_network_facts
from summaries.queries.totals import read_latest_date
from summaries.refusals import BadChoice, Link, NotFound, alike
from summaries.reports.daily import build_daily_report
from summaries.reports.monthly import build_monthly_report
from summaries.reports.overview import OverviewPage, build_overview
from summaries.reports.shapes import Report
from summaries.reports.yearly import build_yearly_report
from summaries.responses import read_format, respond
from summaries.selection import (
    DEFAULT_DEFINITION,
    DEFAULT_MINER,
    read_parameter,
    read_selection,
)
from summaries.spans import KINDS
from summaries.timeframes import (
    InvalidTimeframe,
    Kind,
    Timeframe,
    nearest_timeframe,
    parse_timeframe,
    shorten,
)

# What a report has without these parameters.
DEFAULTS = {"definition": DEFAULT_DEFINITION.value, "miner": DEFAULT_MINER}


@report_page
@cache_report()
def overview(request: HttpRequest) -> HttpResponse:
    """The newest figures, and how fresh they are."""
    response_format = read_format(request)
    with snapshot():
        choices = read_choices()
        selection = read_selection(request.GET, choices)
        if selection.is_filtered:
            raise BadChoice("The overview is of all units. Leave farm and lead_party out.")
        page = build_overview(selection=selection, now=timezone.now())
        network = None
        if response_format == "xlsx" and page.span:
            network = read_network_facts(*page.span)
    context = {
        "here": "overview",
        "overview": page,
        "opened": page.headlines[0].timeframe if page.headlines else Timeframe.day(page.today),
        "charts": draw(page) if response_format == "html" else None,
        "choices": choices,
        "definitions": tuple(Definition),
    }
    return respond(
        request,
        response_format,
        "overview",
        json=partial(overview_as_json, page),
        download=download_of_overview(page, network=network, now=page.now),
        context=context,
    )


@report_page
@cache_report(Kind.DAILY)
def daily_report(request: HttpRequest, text: str) -> HttpResponse:
    """A settlement date."""
    return show_report(request, Kind.DAILY, text, build=build_daily_report)


@report_page
@cache_report(Kind.MONTHLY)
def monthly_report(request: HttpRequest, text: str) -> HttpResponse:
    """A month."""
    return show_report(request, Kind.MONTHLY, text, build=build_monthly_report)


@report_page
@cache_report(Kind.YEARLY)
def yearly_report(request: HttpRequest, text: str) -> HttpResponse:
    """A year."""
    return show_report(request, Kind.YEARLY, text, build=build_yearly_report)


@report_page
def choose(request: HttpRequest, kind: Kind | None = None) -> HttpResponse:
    """To the report that a form asks for; without a date, to the newest one with data."""
    today = settlement_date_at(timezone.now())
    kind = kind or read_kind(request.GET)
    text = read_parameter(request.GET, "date")
    if text:
        timeframe = read_any(kind, text, today=today, query=request.GET)
    else:
        timeframe = newest(kind, today=today)
    return redirect(address_of(timeframe, query=request.GET))


def address_of(timeframe: Timeframe, *, query: QueryDict) -> str:
    """The permalink of a report with what a query selects, without what it has anyway."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in ("date", "timeframe") and values not in ([""], [DEFAULTS.get(name)]):
            kept.setlist(name, values)
    address = reverse(f"summaries:{timeframe.kind}", args=[timeframe.text])
    return f"{address}?{kept.urlencode()}" if kept else address


def newest(kind: Kind, *, today: date) -> Timeframe:
    """The newest timeframe with data; today's while there are none."""
    with snapshot():
        return Timeframe.of(kind, read_latest_date() or today)


def show_report(
    request: HttpRequest, kind: Kind, text: str, *, build: Callable[..., Report]
) -> HttpResponse:
    """The report of the timeframe that an address names. Raises Refused."""
    now = timezone.now()
    response_format = read_format(request)
    today = settlement_date_at(now)
    timeframe = read_timeframe(kind, text, today=today, query=request.GET)
    with snapshot():
        choices = read_choices()
        selection = read_selection(request.GET, choices)
        report = build(timeframe.first, selection=selection, choices=choices, now=now)
        network = None
        if response_format == "xlsx":
            network = read_network_facts(timeframe.first, timeframe.last)
    context = {
        "here": kind,
        "report": report,
        "charts": draw(report) if response_format == "html" else None,
        "choices": choices,
        "definitions": tuple(Definition),
    }
    return respond(
        request,
        response_format,
        kind,
        json=partial(report_as_json, report),
        download=download_of_report(report, network=network, now=now),
        context=context,
    )


def draw(page: Report | OverviewPage) -> Any:
    """The charts of a page."""
    # Altair takes half a second to import, which no command that checks addresses has to wait for.
    from summaries.reports.drawings import draw_overview, draw_report

    return draw_overview(page) if isinstance(page, OverviewPage) else draw_report(page)


def read_kind(parameters: QueryDict) -> Kind:
    """The length of the report that a form asks for. Raises BadChoice."""
    text = read_parameter(parameters, "timeframe") or Kind.DAILY
    try:
        return Kind(text)
    except ValueError:
        valid = ", ".join(Kind)
        raise BadChoice(
            f"{shorten(text)!r} is not a timeframe. Choose one of {valid}.",
            parameter="timeframe",
            nearest=alike(text, Kind) or [Kind.DAILY],
        ) from None


def read_any(kind: Kind, text: str, *, today: date, query: QueryDict) -> Timeframe:
    """The day, month or year that has the first date of the one that a text names.

    So a form may keep its date when its reader chooses another length. Raises NotFound.
    """
    named = read_timeframe(KINDS.get(len(text), kind), text, today=today, query=query, meant=kind)
    return Timeframe.of(kind, named.begins)


def read_timeframe(
    kind: Kind, text: str, *, today: date, query: QueryDict, meant: Kind | None = None
) -> Timeframe:
    """The timeframe that an address names. Raises NotFound.

    The nearest one is offered instead, of the length that was `meant`, with what the query selects.
    """
    try:
        return parse_timeframe(kind, text, today=today)
    except (InvalidSettlementDate, InvalidTimeframe) as error:
        near = nearest_timeframe(meant or kind, text, today=today)
        link = Link(near.label, address_of(near, query=query))
        raise NotFound(str(error), links=(link,)) from error
