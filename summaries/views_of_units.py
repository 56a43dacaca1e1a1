"""The pages of farms, lead parties and comparisons. Each is read in one snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from curtailment.definitions import Definition
from curtailment.settlement import settlement_date_at
from summaries.access import report_page
from summaries.caching import cache_report
from summaries.downloads.as_json import page_as_json
from summaries.downloads.of_pages import download_of_page
from summaries.queries.choices import (
    Choices,
    read_choices,
    read_miner_choices,
    read_past_choices,
)
from summaries.queries.database import snapshot
from summaries.queries.longer import read_network_facts
from summaries.queries.totals import read_latest_date
from summaries.queries.units import Unit, read_lead_party_names, read_wind_units
from summaries.refusals import BadChoice, Link, NotFound, alike, alike_by_name
from summaries.reports.comparisons import build_farm_comparison, build_miners_page
from summaries.reports.histories import build_farm_page, build_lead_party_page
from summaries.reports.pages import Page
from summaries.reports.units import build_farms_page, build_lead_parties_page
from summaries.responses import read_format, respond
from summaries.selection import (
    read_miner_and_definition,
    read_parameter,
    read_parameters,
    read_selection,
)
from summaries.spans import Span, read_span
from summaries.timeframes import Kind, Timeframe, shorten

MAX_FARMS = 5
LONG = (Kind.YEARLY, Kind.MONTHLY)


@report_page
@cache_report(parameters=("period",))
def farms(request: HttpRequest) -> HttpResponse:
    """All BM Units with curtailed energy in a period."""
    now, response_format = timezone.now(), read_format(request)
    with snapshot():
        choices = read_miner_choices()
        selection = read_miner_and_definition(request.GET, choices)
        span = _read_span(request, now)
        page = build_farms_page(span, selection=selection, now=now)
        return show_page(request, response_format, "farms", page, choices)


@report_page
@cache_report()
def farm(request: HttpRequest, bmu_id: str) -> HttpResponse:
    """One BM Unit's history."""
    now, response_format = timezone.now(), read_format(request)
    with snapshot():
        choices = read_miner_choices()
        selection = read_miner_and_definition(request.GET, choices)
        units = read_wind_units()
        unit = _find_unit(bmu_id, units)
        siblings = [each for each in units if _are_of_one_farm(unit, each)]
        selection = replace(selection, farm=bmu_id)
        page = build_farm_page(unit, siblings, selection=selection, now=now)
        return show_page(request, response_format, "farm", page, choices)


@report_page
@cache_report(parameters=("period",))
def lead_parties(request: HttpRequest) -> HttpResponse:
    """All companies with curtailed energy in a period."""
    now, response_format = timezone.now(), read_format(request)
    with snapshot():
        choices = read_miner_choices()
        selection = read_miner_and_definition(request.GET, choices)
        span = _read_span(request, now)
        page = build_lead_parties_page(span, selection=selection, now=now)
        return show_page(request, response_format, "lead_parties", page, choices)


@report_page
@cache_report(parameters=("name",))
def lead_party(request: HttpRequest) -> HttpResponse:
    """One company's units and history."""
    now, response_format = timezone.now(), read_format(request)
    name = read_parameter(request.GET, "name")
    if name is None:
        raise BadChoice("name is missing. Give the name of a lead party.")
    with snapshot():
        choices = read_miner_choices()
        selection = read_miner_and_definition(request.GET, choices)
        units = [unit for unit in read_wind_units() if unit.lead_party == name]
        if not units and not read_past_choices(farm=None, lead_party=name).has_lead_party:
            raise _no_lead_party(name)
        selection = replace(selection, lead_party=name)
        page = build_lead_party_page(name, units, selection=selection, now=now)
        return show_page(request, response_format, "lead_party", page, choices)


@report_page
@cache_report(parameters=("period",))
def compare_miners(request: HttpRequest) -> HttpResponse:
    """Every active miner model on the same energy, of all units or of those selected."""
    now, response_format = timezone.now(), read_format(request)
    with snapshot():
        choices = read_choices()
        selection = read_selection(request.GET, choices)
        span = _read_span(request, now, kinds=tuple(Kind), allows_all=False)
        timeframe = span.timeframe or Timeframe.year(span.first)
        page = build_miners_page(span, timeframe, selection=selection, choices=choices, now=now)
        return show_page(request, response_format, "compare_miners", page, choices)


@report_page
@cache_report(parameters=("period",))
def compare_farms(request: HttpRequest) -> HttpResponse:
    """Up to five BM Units side by side."""
    now, response_format = timezone.now(), read_format(request)
    ids = read_parameters(request.GET, "farm")
    if len(ids) > MAX_FARMS:
        raise BadChoice(f"{len(ids)} BM Units are given. Compare at most {MAX_FARMS}.")
    with snapshot():
        choices = read_miner_choices()
        selection = read_miner_and_definition(request.GET, choices, leave_out=["lead_party"])
        span = _read_span(request, now)
        units = read_wind_units()
        chosen = [_find_unit(bmu_id, units, compared=True) for bmu_id in ids]
        page = build_farm_comparison(chosen, span, selection=selection, now=now)
        extra = {"units": units, "slots": [*ids, *[""] * (MAX_FARMS - len(ids))]}
        return show_page(request, response_format, "compare_farms", page, choices, extra)


def show_page(
    request: HttpRequest,
    response_format: str,
    template: str,
    page: Page,
    choices: Choices,
    extra: Mapping[str, object] | None = None,
) -> HttpResponse:
    """A finished page in the format that was asked for. Called in its snapshot."""
    network = None
    if response_format == "xlsx":
        network = read_network_facts(page.span.first, page.span.last)
    context = {
        "here": template,
        "page": page,
        "charts": draw(template, page) if response_format == "html" else (),
        "choices": choices,
        "definitions": tuple(Definition),
    }
    return respond(
        request,
        response_format,
        template,
        json=partial(page_as_json, page),
        download=download_of_page(page, network=network),
        context={**context, **(extra or {})},
    )


def draw(template: str, page: Page) -> Any:
    """The charts of the page that a template shows."""
    # Altair takes half a second to import, which no command that checks addresses has to wait for.
    from summaries.reports.drawings import draw_page

    return draw_page(template, page)


def latest_year(today: date) -> Timeframe:
    """The newest year with data; this one while there are none."""
    return Timeframe.year(read_latest_date() or today)


def _read_span(
    request: HttpRequest,
    now: datetime,
    *,
    kinds: Iterable[Kind] = LONG,
    allows_all: bool = True,
) -> Span:
    today = settlement_date_at(now)
    latest = latest_year(today).first if not request.GET.get("period") else today
    return read_span(
        request.GET, kinds=tuple(kinds), allows_all=allows_all, latest=latest, today=today
    )


def _are_of_one_farm(unit: Unit, other: Unit) -> bool:
    return bool(unit.farm_name) and unit.farm_name == other.farm_name and unit != other


def _find_unit(bmu_id: str, units: list[Unit], *, compared: bool = False) -> Unit:
    """The wind unit of an id. Raises NotFound, with those that are most like it."""
    found = {unit.bmu_id: unit for unit in units}
    if bmu_id in found:
        return found[bmu_id]
    near = alike_by_name(bmu_id, {u.bmu_id: [u.name, u.farm_name] for u in units})
    raise NotFound(
        f"{shorten(bmu_id)!r} is not the Elexon id of a wind BM Unit. "
        "Write it as the register does, like T_SGRWO-1.",
        links=() if compared else tuple(Link(n, reverse("summaries:farm", args=[n])) for n in near),
        parameter="farm",
        value=bmu_id,
        nearest=near if compared else (),
    )


def _no_lead_party(name: str) -> NotFound:
    address = reverse("summaries:lead-party")
    return NotFound(
        f"{shorten(name)!r} is not the lead party of a wind BM Unit. "
        "Write it exactly as the register does.",
        links=tuple(
            Link(label=near, address=f"{address}?{urlencode({'name': near})}")
            for near in alike(name, read_lead_party_names())
        ),
    )
