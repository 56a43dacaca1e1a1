"""How PostgreSQL goes about the queries of a report."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.http import QueryDict

from config.queries.recording import Query, recorded_queries
from curtailment.settlement import settlement_date_at
from summaries.queries.choices import read_choices
from summaries.queries.database import snapshot
from summaries.reports.daily import build_daily_report
from summaries.reports.monthly import build_monthly_report
from summaries.reports.shapes import Report
from summaries.reports.yearly import build_yearly_report
from summaries.selection import read_selection
from summaries.timeframes import Kind, parse_timeframe

BUILDERS: dict[Kind, Callable[..., Report]] = {
    Kind.DAILY: build_daily_report,
    Kind.MONTHLY: build_monthly_report,
    Kind.YEARLY: build_yearly_report,
}
# What has a plan; beginning and setting up a transaction has none.
HAS_A_PLAN = re.compile(r"\s*(--[^\n]*\n\s*)*[\s(]*(SELECT|WITH)\b", re.IGNORECASE)


def explain_report(
    kind: Kind, text: str, *, now: datetime, explain: Callable[[Any, Any], Any]
) -> Iterator[tuple[Query, Any]]:
    """Each query of a report with its plan, in the order in which the report asks them.

    The report is really built, and then `explain` (config/queries/explaining.py) is asked about
    each query, all in one read-only snapshot. Raises InvalidTimeframe or InvalidSettlementDate.
    """
    timeframe = parse_timeframe(kind, text, today=settlement_date_at(now))
    with snapshot():
        with recorded_queries() as queries:
            choices = read_choices()
            selection = read_selection(QueryDict(), choices)
            BUILDERS[kind](timeframe.first, selection=selection, choices=choices, now=now)
        for query in queries:
            if HAS_A_PLAN.match(str(query.sql)):
                yield query, explain(query.sql, query.params)
