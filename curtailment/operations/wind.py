"""Storing a settlement date's actual wind output."""

from datetime import date, datetime

from django.db import transaction

from curtailment.locks import lock_day
from curtailment.models import IngestionProgress, WindGeneration
from curtailment.operations.fetch import FetchedDay
from curtailment.operations.staleness import mark_stale
from curtailment.sources import SettlementSource, WindOutput
from curtailment.sql import execute_count


def sql_for_wind_generation() -> str:
    """Writes what is new or changed; a gap does not take back a figure published before."""
    return """
        WITH written AS (
            INSERT INTO wind_generation_data AS w (
                settlement_date, settlement_period, onshore_mwh, offshore_mwh
            )
            SELECT %(settlement_date)s, period, onshore_mwh, offshore_mwh
            FROM unnest(
                %(periods)s::smallint[], %(onshore_mwh)s::numeric[], %(offshore_mwh)s::numeric[]
            ) AS answer (period, onshore_mwh, offshore_mwh)
            ON CONFLICT (settlement_date, settlement_period) DO UPDATE SET
                onshore_mwh = COALESCE(EXCLUDED.onshore_mwh, w.onshore_mwh),
                offshore_mwh = COALESCE(EXCLUDED.offshore_mwh, w.offshore_mwh)
            WHERE (w.onshore_mwh, w.offshore_mwh) IS DISTINCT FROM (
                COALESCE(EXCLUDED.onshore_mwh, w.onshore_mwh),
                COALESCE(EXCLUDED.offshore_mwh, w.offshore_mwh)
            )
            RETURNING 1
        )
        SELECT count(*) FROM written
    """


def replace_wind_generation(fetched: FetchedDay, *, discard_stored: bool) -> bool:
    """This will store the answer's wind output, and says whether anything changed.

    `discard_stored` removes what another source had said of the date first.
    """
    removed = 0
    if discard_stored:
        stored = WindGeneration.objects.filter(settlement_date=fetched.settlement_date)
        removed, _ = stored.delete()
    if not fetched.wind_generation:
        return bool(removed)
    written = _write(fetched.settlement_date, fetched.wind_generation)
    return bool(removed or written)


def refresh_wind_generation(
    settlement_date: date, *, source: SettlementSource, now: datetime
) -> None:
    """This will fetch and store only the wind output of a date. Raises SourceError."""
    outputs = source.wind_generation(settlement_date)
    with transaction.atomic():
        lock_day(settlement_date)
        progress = IngestionProgress.objects.filter(settlement_date=settlement_date)
        progress.update(wind_generation_fetched_at=now, error="")
        if _write(settlement_date, outputs):
            mark_stale([settlement_date], reason="Wind generation arrived.", now=now)


def _write(settlement_date: date, outputs: list[WindOutput]) -> int:
    return execute_count(
        sql_for_wind_generation(),
        {
            "settlement_date": settlement_date,
            "periods": [output.settlement_period for output in outputs],
            "onshore_mwh": [output.onshore_mwh for output in outputs],
            "offshore_mwh": [output.offshore_mwh for output in outputs],
        },
    )
