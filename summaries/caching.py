"""Per-view caching of report pages, under keys that make a stale page impossible.

A key names the program, the address, what of the clock shows, and the revision of what the page
shows (summaries/queries/revisions.py). The revision is read first, in a query of its own; a page
that is not found is then built in a snapshot, which may be newer. That page is stored under the
older revision, and that does no harm: a revision that was replaced never comes back, so only
readers who asked before the change was committed can get it, and they get newer figures than
they asked for. The other way round, figures older than their key, cannot happen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from curtailment.settlement import (
    LONDON,
    RECALCULATION_DUE,
    InvalidSettlementDate,
    settlement_date_at,
)
from summaries import report_cache
from summaries.build import build_id
from summaries.conditional import answer, is_known, not_modified
from summaries.making import turn_to_make
from summaries.queries.revisions import (
    read_revision_of_days,
    read_revision_of_everything,
    read_revision_of_runs,
)
from summaries.report_cache import StoredPage
from summaries.selection import DEFAULT_DEFINITION
from summaries.timeframes import InvalidTimeframe, Kind, Timeframe, parse_timeframe

View = Callable[..., HttpResponse]

PARAMETERS = ("definition", "farm", "format", "lead_party", "miner", "table")

# What pages do without these parameters.
SAYS_NOTHING = {"format": "html", "definition": DEFAULT_DEFINITION.value}

KEPT_OF_EVERYTHING = timedelta(seconds=60)
KEPT_WHILE_NOT_OVER = timedelta(minutes=5)
KEPT_ONCE_OVER = timedelta(hours=1)
KEPT_OF_A_YEAR_THAT_IS_OVER = timedelta(days=1)


@dataclass(frozen=True)
class Shown:
    """What a page shows: its revision, and how long an unused copy is worth its memory."""

    revision: str
    keep_for: timedelta


def cache_report(
    kind: Kind | None = None, *, parameters: Iterable[str] = (), runs: bool = False
) -> Callable[[View], View]:
    """Makes a view answer from the cache, and with 304 where the reader has the page already.

    `kind` is of views that show the timeframe named by their argument `text`, and the one
    before; without it a view shows all days. `runs` adds every try and backfill. The view sees
    PARAMETERS, those in `parameters`, and no others, so that none can be missing in the key. Put
    it inside `report_page`, which first checks who may read. Refusals are never cached.
    """
    known = frozenset([*PARAMETERS, *parameters])

    def decorate(view: View) -> View:
        @wraps(view)
        def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.GET = normalize(request.GET, known)  # type: ignore[assignment]
            now = timezone.now()
            # Whoever debugs wants to see the page being made.
            shown = None if settings.DEBUG else _shown(kind, kwargs.get("text"), runs, now)
            if shown is None:
                return view(request, *args, **kwargs)
            return _respond(request, shown, now, lambda: view(request, *args, **kwargs))

        return cached

    return decorate


def normalize(query: QueryDict, known: Iterable[str]) -> QueryDict:
    """The known parameters by name, without those that say nothing: equal ones make equal keys."""
    normal = QueryDict(mutable=True)
    for name, values in sorted(query.lists()):
        said = [value for value in values if value]
        if name in known and said and said != [SAYS_NOTHING.get(name)]:
            normal.setlist(name, said)
    if normal.get("format") != "csv":
        normal.pop("table", None)
    normal._mutable = False
    return normal


def clock_facts(now: datetime) -> str:
    """What pages derive from the clock: the date, and whether today's due figures are due yet.

    Both change in London only: at midnight, and when a recalculation is due.
    """
    is_due = now.astimezone(LONDON).time() >= RECALCULATION_DUE
    return f"{settlement_date_at(now)} {'due' if is_due else 'not due'}"


def _shown(kind: Kind | None, text: str | None, runs: bool, now: datetime) -> Shown | None:
    """Null if the address names no timeframe, which is the view's to say."""
    if kind is None:
        read = read_revision_of_runs if runs else read_revision_of_everything
        return Shown(read(), KEPT_OF_EVERYTHING)
    today = settlement_date_at(now)
    try:
        timeframe = parse_timeframe(kind, text or "", today=today)
    except (InvalidSettlementDate, InvalidTimeframe):
        return None
    before = timeframe.previous or timeframe
    revision = read_revision_of_days(before.first, timeframe.last)
    return Shown(revision, _keep_for(timeframe, today))


def _keep_for(timeframe: Timeframe, today: date) -> timedelta:
    if timeframe.last >= today:
        return KEPT_WHILE_NOT_OVER
    return KEPT_OF_A_YEAR_THAT_IS_OVER if timeframe.kind is Kind.YEARLY else KEPT_ONCE_OVER


def _respond(
    request: HttpRequest, shown: Shown, now: datetime, build: Callable[[], HttpResponse]
) -> HttpResponse:
    query = list(request.GET.lists())
    # Links begin with the prefix, and the view follows from what comes behind it.
    address = (request.META.get("SCRIPT_NAME", ""), request.path_info)
    key = (build_id(), address, query, clock_facts(now), shown.revision)
    digest = sha256(ascii(key).encode()).hexdigest()
    if is_known(request, digest):
        report_cache.count("not_modified")
        return not_modified(request, digest)
    page = report_cache.fetch(digest)
    if page is None:
        made = _make(digest, shown, build)
        if isinstance(made, HttpResponse):
            return made
        page = made
    return answer(request, page, digest)


def _make(
    digest: str, shown: Shown, build: Callable[[], HttpResponse]
) -> StoredPage | HttpResponse:
    """The page, made by this request or by another one meanwhile; or what cannot be stored."""
    with turn_to_make() as has_waited:
        page = report_cache.fetch(digest) if has_waited else None
        if page is not None:
            return page
        response = build()
        if response.status_code != 200 or response.cookies or response.streaming:
            return response
        page = StoredPage.of(response)
        report_cache.store(digest, page, keep_for=shown.keep_for)
        return page
