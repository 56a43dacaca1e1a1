"""Sums over many months or all stored days, of all units."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from curtailment.models import Backfill, IngestionProgress
from mining.models import BitcoinPrice
from summaries.models import MonthlySummary
from summaries.queries.database import fetch_rows
from summaries.queries.verification import DayVerification, annotations

SQL_FOR_CERTAINTY = """
SELECT count(*) FILTER (WHERE summary.settlement_date IS NOT NULL)::integer AS stored,
       count(*) FILTER (WHERE summary.is_complete)::integer AS complete,
       count(*) FILTER (WHERE summary.is_provisional)::integer AS provisional,
       count(*) FILTER (WHERE summary.is_sample)::integer AS sample,
       count(*) FILTER (WHERE day.data_state = 'imported')::integer AS imported,
       count(*) FILTER (WHERE summary.has_corrections)::integer AS corrected,
       count(*) FILTER (WHERE day.stale_since IS NOT NULL)::integer AS stale,
       count(*) FILTER (WHERE day.refetch_since IS NOT NULL)::integer AS outdated,
       count(*) FILTER (WHERE day.attempt_state = 'failed')::integer AS failed,
       count(*) FILTER (WHERE day.attempt_state = 'suspect')::integer AS suspect,
       count(*) FILTER (WHERE summary.settlement_date IS NOT NULL AND EXISTS (
           SELECT FROM bitcoin_prices price
           WHERE price.date = day.settlement_date AND price.source = 'sample'
       ))::integer AS sample_price,
       min(summary.settlement_date) AS first_date,
       max(summary.settlement_date) AS last_date
FROM ingestion_progress day
LEFT JOIN daily_summaries summary ON summary.settlement_date = day.settlement_date
WHERE day.settlement_date BETWEEN %(first)s AND %(last)s
"""


@dataclass(frozen=True)
class DayCounts:
    """How many days of a period are stored, and how sure they are."""

    stored: int
    complete: int
    provisional: int
    sample: int
    imported: int
    corrected: int
    stale: int
    outdated: int
    failed: int
    suspect: int
    sample_price: int
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True)
class LedgerLine:
    """A day of the ledger, and what came of verifying it."""

    day: IngestionProgress
    verification: DayVerification


@dataclass(frozen=True)
class NetworkFacts:
    """Difficulties that were in force, and where prices came from, between two dates."""

    lowest_difficulty: Any
    highest_difficulty: Any
    price_sources: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """How fresh the register and what is known of the network are."""

    wind_unit_count: int
    unclassified_unit_count: int
    register_seen_at: Any
    difficulty_known_until: Any
    latest_price_date: date | None
    price_now_quoted_at: Any


def read_day_counts(first: date, last: date) -> DayCounts:
    """Over the ledger and the daily summaries from first to last."""
    return DayCounts(**fetch_rows(SQL_FOR_CERTAINTY, {"first": first, "last": last})[0])


def read_all_months(first: date, last: date) -> list[dict[str, Any]]:
    """The energy summaries of the months that begin between first and last, in order."""
    months = MonthlySummary.objects.filter(month__range=(first, last))
    return [dict(row) for row in months.order_by("month").values()]


def read_network_facts(first: date, last: date) -> NetworkFacts:
    """One query. Epochs count that were in force at some time of the days in London."""
    row = fetch_rows(SQL_FOR_NETWORK, {"first": first, "last": last})[0]
    labels = tuple(str(BitcoinPrice.Source(source).label) for source in row["sources"] or ())
    return NetworkFacts(row["lowest"], row["highest"], labels)


def read_ledger(first: date, last: date) -> dict[date, LedgerLine]:
    """The ledger's lines from first to last."""
    days = IngestionProgress.objects.filter(settlement_date__range=(first, last))
    return {
        day.settlement_date: LedgerLine(day, DayVerification.of(vars(day)))
        for day in days.defer("digest", "verification_details").annotate(
            **annotations(with_units=False)
        )
    }


def read_backfills(count: int) -> list[Backfill]:
    """The newest backfills, the newest first."""
    return list(Backfill.objects.order_by("-started_at", "-pk")[:count])


def read_sources() -> Sources:
    """One query."""
    return Sources(**fetch_rows(SQL_FOR_SOURCES, {})[0])


SQL_FOR_NETWORK = """
SELECT min(epoch.difficulty) AS lowest, max(epoch.difficulty) AS highest,
       (SELECT array_agg(DISTINCT source ORDER BY source) FROM bitcoin_prices
        WHERE date BETWEEN %(first)s AND %(last)s) AS sources
FROM difficulty_epochs epoch
WHERE epoch.starts_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Europe/London'
    AND epoch.known_until > %(first)s::date::timestamp AT TIME ZONE 'Europe/London'
"""

SQL_FOR_SOURCES = """
SELECT count(*) FILTER (WHERE is_wind)::integer AS wind_unit_count,
       count(*) FILTER (WHERE source = 'stack' AND staff_is_wind IS NULL
                        AND register_is_wind IS NULL)::integer AS unclassified_unit_count,
       max(last_seen_at) FILTER (WHERE source = 'register') AS register_seen_at,
       (SELECT max(known_until) FROM difficulty_epochs) AS difficulty_known_until,
       (SELECT max(date) FROM bitcoin_prices) AS latest_price_date,
       (SELECT quoted_at FROM bitcoin_prices WHERE date IS NULL) AS price_now_quoted_at
FROM bm_units
"""
