"""Filling a benchmark's database: the product's own COPY, bitcoin and summaries, day by day.

What differs from a backfill: nothing is fetched, equal days are added up once, several days share
a transaction, and a month and a year are summed once, when all of their days are there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from multiprocessing import get_context
from typing import Any

import django
from django.db import connection, transaction

from curtailment.locks import lock_year
from curtailment.models import BMUnit, IngestionProgress
from curtailment.operations import FetchedDay
from curtailment.operations.replace import replace_records
from curtailment.operations.store import figures_for_ledger
from curtailment.operations.wind import replace_wind_generation
from curtailment.partitions import ensure_partitions
from curtailment.settlement import count_periods, day_ends_at, iter_dates
from curtailment.sql import expect_many_rows
from curtailment.wind_units import known_wind_units
from mining.epochs import embedded_retargets
from mining.models import BitcoinPrice, MinerModel
from mining.network import Retarget
from mining.operations import calculate_day
from mining.operations.epochs import write_epochs
from mining.operations.prices import write_prices
from mining.prices import Price
from mining.protocol import LAST_HEIGHT_OF_KNOWN_SUBSIDY, RETARGET_INTERVAL_BLOCKS
from summaries.operations import rebuild_day, rebuild_month, rebuild_year
from tests.benchmarks.days import rows_of_day
from tests.benchmarks.foreign_keys import checked_in_the_end
from tests.benchmarks.scale import BACKFILLED_FROM, MINERS, NOW, WRITTEN_TO, Scale
from tests.benchmarks.stacks import created_at, wind_of

DAYS_A_TRANSACTION = 10
# Epochs of years to come are longer than those there have been, so that the subsidy stays known.
LENGTH_OF_EPOCHS_TO_COME = timedelta(days=116)
Say = Callable[[str], None]
# Counts, totals and digest of each kind of day.
_figures: dict[tuple[int, int], dict[str, Any]] = {}


def fill(scale: Scale, *, processes: int, say: Say) -> None:
    """This will fill an empty database with the history of a scale."""
    store_reference(scale)
    ensure_partitions(sorted({*scale.years, BACKFILLED_FROM.year, WRITTEN_TO.year}))
    years = [list(days) for _, days in groupby(scale.dates, key=lambda day: day.year)]
    with checked_in_the_end():
        for done, year in enumerate(_filled_years(years, processes), start=1):
            say(f"{year}: filled, {done} of {len(years)} years")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def store_reference(scale: Scale) -> None:
    """Units, three active miner models, difficulty of every day of the history, and prices."""
    BMUnit.objects.bulk_create(
        BMUnit(
            elexon_bmu_id=unit.elexon_bmu_id,
            name=unit.name,
            farm_name=unit.farm_name,
            lead_party_name=unit.lead_party_name,
            register_is_wind=True,
            fuel_type="WIND",
            capacity_mw=unit.capacity_mw,
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        for unit in known_wind_units()
    )
    MinerModel.objects.exclude(key__in=MINERS).update(active=False)
    write_epochs(_retargets(), asked_at=NOW, now=NOW)
    days = {*iter_dates(BACKFILLED_FROM, WRITTEN_TO), *scale.dates}
    prices = [
        Price(day, Decimal(20_000 + day.toordinal() % 9_973), None, day_ends_at(day))
        for day in sorted(days)
    ]
    write_prices(prices, source=BitcoinPrice.Source.NODE, now=NOW)


def fill_year(days: list[date]) -> int:
    """This will store all days of a year, and sum them up. Answers the year."""
    with connection.cursor() as cursor:
        # What a crash would lose is made again.
        cursor.execute("SET synchronous_commit = off")
    for start in range(0, len(days), DAYS_A_TRANSACTION):
        with transaction.atomic():
            expect_many_rows()
            for day in days[start : start + DAYS_A_TRANSACTION]:
                _fill_day(day)
    year = days[0].year
    with transaction.atomic():
        lock_year(year)
        for month in sorted({day.replace(day=1) for day in days}):
            rebuild_month(month)
        rebuild_year(year)
    return year


def _filled_years(years: list[list[date]], processes: int) -> Iterator[int]:
    if processes == 1 or len(years) == 1:
        yield from map(fill_year, years)
        return
    # Not forked: a connection does not survive that.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(fill_year, years)


def _fill_day(day: date) -> None:
    rows = rows_of_day(day)
    fetched = FetchedDay(
        settlement_date=day,
        source_name="elexon",
        started_at=datetime.combine(day + timedelta(days=7), time(9), NOW.tzinfo),
        is_running_day=False,
        is_final=True,
        lines_by_period={},
        wind_generation=wind_of(day),
    )
    replace_records(day, rows, now=NOW)
    replace_wind_generation(fetched, discard_stored=False)
    IngestionProgress.objects.create(settlement_date=day, **_ledger(day, fetched))
    calculate_day(day, now=NOW)
    rebuild_day(day)


def _ledger(day: date, fetched: FetchedDay) -> dict[str, Any]:
    count = count_periods(day)
    key = (id(rows_of_day(day)), count)
    if key not in _figures:
        _figures[key] = figures_for_ledger(rows_of_day(day), list(range(1, count + 1)))
    return _figures[key] | {
        "data_state": IngestionProgress.DataState.FINAL,
        "attempt_state": IngestionProgress.AttemptState.OK,
        "attempts": 1,
        "source": IngestionProgress.Source.ELEXON,
        "periods_expected": count,
        "periods_fetched": count,
        "run_created_at": created_at(day),
        "fetch_started_at": fetched.started_at,
        "fetched_at": fetched.started_at,
        "wind_generation_fetched_at": fetched.started_at,
    }


def _retargets() -> list[Retarget]:
    """The retargets there have been, and made-up ones until the benchmark's present."""
    retargets = list(embedded_retargets())
    last = retargets[-1]
    while last.starts_at < NOW and last.height < LAST_HEIGHT_OF_KNOWN_SUBSIDY:
        last = Retarget(
            height=last.height + RETARGET_INTERVAL_BLOCKS,
            starts_at=last.starts_at + LENGTH_OF_EPOCHS_TO_COME,
            difficulty=last.difficulty * Decimal("1.01"),
        )
        if last.starts_at < NOW:
            retargets.append(last)
    return retargets
