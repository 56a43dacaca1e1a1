"""Fetched days for tests that need no HTTP."""

from datetime import UTC, date, datetime
from decimal import Decimal

from curtailment.models import BMUnit
from curtailment.operations import FetchedDay, start_attempt, store_day
from curtailment.settlement import iter_periods
from curtailment.sources import WindOutput

DAY = date(2024, 3, 5)
RUN = datetime(2024, 3, 6, 10, tzinfo=UTC)
FETCHED = datetime(2024, 3, 7, 9, tzinfo=UTC)


def add_wind_units(*bmu_ids, lead_party="A Company"):
    for bmu_id in bmu_ids or ("T_SGRWO-1", "T_MOWEO-1"):
        BMUnit.objects.get_or_create(
            elexon_bmu_id=bmu_id,
            defaults={
                "name": f"Farm {bmu_id}",
                "register_is_wind": True,
                "lead_party_name": lead_party,
            },
        )


def fetched_day(
    lines_by_period=None,
    *,
    settlement_date=DAY,
    source="elexon",
    started_at=FETCHED,
    is_final=True,
    is_running_day=False,
    periods=None,
    wind=True,
):
    """An answer for a day: the given lines, and nothing in the other periods."""
    numbers = periods or [period.number for period in iter_periods(settlement_date)]
    lines_by_period = lines_by_period or {}
    return FetchedDay(
        settlement_date=settlement_date,
        source_name=source,
        started_at=started_at,
        is_running_day=is_running_day,
        is_final=is_final,
        lines_by_period={number: list(lines_by_period.get(number, [])) for number in numbers},
        wind_generation=[
            WindOutput(
                settlement_date=settlement_date,
                settlement_period=number,
                onshore_mwh=Decimal(1000),
                offshore_mwh=Decimal("1500.5"),
            )
            for number in numbers
        ]
        if wind
        else None,
        wind_error="" if wind else "no answer",
    )


def store(fetched, *, force=False):
    start_attempt(fetched.settlement_date, now=fetched.started_at)
    return store_day(fetched, now=fetched.started_at, force=force)
