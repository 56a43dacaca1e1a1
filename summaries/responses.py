"""A report in the format that was asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from summaries.downloads.as_csv import table_as_csv
from summaries.downloads.as_xlsx import download_as_xlsx
from summaries.downloads.shapes import Download
from summaries.exports import Json
from summaries.refusals import BadChoice, alike
from summaries.reports.tables import Table
from summaries.selection import read_parameter
from summaries.timeframes import shorten

FORMATS = ("html", "json", "csv", "xlsx")
# What says which figures a page shows; nothing else of an address is repeated in links.
SELECTORS = ("period", "year", "name", "definition", "miner", "farm", "lead_party")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read_format(request: HttpRequest) -> str:
    """The format that an address asks for. Raises BadChoice."""
    text = read_parameter(request.GET, "format") or "html"
    if text not in FORMATS:
        valid = ", ".join(FORMATS)
        raise BadChoice(
            f"{shorten(text)!r} is not a format of reports. Choose one of {valid}.",
            parameter="format",
            nearest=alike(text, FORMATS) or FORMATS[:1],
        )
    return text


def respond(
    request: HttpRequest,
    response_format: str,
    template: str,
    *,
    json: Callable[[], Json],
    download: Download,
    context: dict[str, Any],
) -> HttpResponse:
    """A report as its page, as JSON, one of its tables as CSV, or a workbook. Raises BadChoice."""
    if response_format == "json":
        return JsonResponse(json())
    if response_format == "csv":
        return _csv(request, download)
    if response_format == "xlsx":
        return _file(download_as_xlsx(download), XLSX_TYPE, f"{download.name}.xlsx")
    return render(
        request, f"reports/{template}.html", context | {"downloads": links_of(request, download)}
    )


@dataclass(frozen=True)
class DownloadLink:
    label: str
    address: str


def links_of(request: HttpRequest, download: Download) -> tuple[DownloadLink, ...]:
    """Where the page's downloads are: one CSV a table, the workbook and the JSON."""
    query = QueryDict(mutable=True)
    for name in SELECTORS:
        query.setlist(name, [value for value in request.GET.getlist(name) if value])

    def link(label: str, **choice: str) -> DownloadLink:
        asked = query.copy()
        asked.update(choice)
        return DownloadLink(label, f"?{asked.urlencode()}")

    tables = (link(f"CSV: {t.title}", format="csv", table=t.key) for t in download.tables)
    return (link("Excel", format="xlsx"), link("JSON", format="json"), *tables)


def _csv(request: HttpRequest, download: Download) -> HttpResponse:
    table = _read_table(request, download)
    is_main = table is download.tables[0]
    name = download.name if is_main else f"{download.name}-{table.key}"
    return _file(table_as_csv(table), "text/csv; charset=utf-8", f"{name}.csv")


def _read_table(request: HttpRequest, download: Download) -> Table:
    """The table that an address asks for; without one the main one. Raises BadChoice."""
    key = read_parameter(request.GET, "table")
    by_key = {table.key: table for table in download.tables}
    if key is not None and key not in by_key:
        valid = ", ".join(by_key)
        raise BadChoice(
            f"{shorten(key)!r} is not a table of this page. Choose one of {valid}.",
            parameter="table",
            nearest=alike(key, by_key) or list(by_key)[:1],
        )
    return by_key[key] if key else download.tables[0]


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be saved, by a name that any system takes."""
    safe = re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-")
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="windfall-{safe}"'
    return response
