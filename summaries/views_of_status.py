"""The page of the ledger."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from curtailment.settlement import InvalidSettlementDate, settlement_date_at
from summaries.access import report_page
from summaries.caching import cache_report
from summaries.queries.choices import Choices
from summaries.queries.database import snapshot
from summaries.refusals import BadChoice
from summaries.reports.status import build_status
from summaries.responses import read_format
from summaries.selection import Selection, read_parameter
from summaries.timeframes import InvalidTimeframe, Kind, nearest_timeframe, parse_timeframe
from summaries.views_of_units import latest_year, show_page


@report_page
@cache_report(parameters=("year",), runs=True)
def status(request: HttpRequest) -> HttpResponse:
    """Which days of a year are stored, and how sure they are."""
    now, response_format = timezone.now(), read_format(request)
    today = settlement_date_at(now)
    text = read_parameter(request.GET, "year")
    with snapshot():
        try:
            year = parse_timeframe(Kind.YEARLY, text, today=today) if text else latest_year(today)
        except (InvalidSettlementDate, InvalidTimeframe) as error:
            near = nearest_timeframe(Kind.YEARLY, text or "", today=today).text
            raise BadChoice(str(error), parameter="year", nearest=[near]) from error
        ledger = build_status(year, selection=Selection(), now=now)
        nothing = Choices(miners=(), units=(), lead_parties=())
        extra = {"status": ledger}
        return show_page(request, response_format, "status", ledger.page, nothing, extra)
