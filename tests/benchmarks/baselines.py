"""The obvious ways: what the platform before this one did, and the least that is possible."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from curtailment.aggregation import UnitPeriod
from curtailment.models import CurtailmentRecord
from curtailment.settlement import SettlementPeriod
from mining.calculator import bitcoin_mined
from mining.models import DifficultyEpoch, MinerModel
from mining.protocol import subsidy_btc

RECORD_COLUMNS = (
    "settlement_date",
    "settlement_period",
    "bmu_id",
    "curtailed_mwh",
    "payment_gbp",
    "loss_adjusted_payment_gbp",
    "so_mwh",
    "so_payment_gbp",
    "so_loss_adjusted_payment_gbp",
    "other_mwh",
    "other_payment_gbp",
    "other_loss_adjusted_payment_gbp",
    "original_price_gbp_per_mwh",
    "final_price_gbp_per_mwh",
    "transmission_loss_multiplier",
    "so_flag",
    "cadl_flag",
    "lines",
    "lead_party_name",
    "created_at",
    "updated_at",
)
CALCULATION_COLUMNS = (
    "settlement_date",
    "settlement_period",
    "bmu_id",
    "miner_model_id",
    "bitcoin_mined",
    "so_bitcoin_mined",
    "other_bitcoin_mined",
    "difficulty",
    "subsidy_btc",
    "calculated_at",
)
# Row by row, time is in proportion to rows: a quarter of them is written, and counts four times.
ONE_OF = 4
KEY = ("settlement_date", "settlement_period", "bmu_id")

UPSERT_A_RECORD = f"""
INSERT INTO curtailment_records ({", ".join(RECORD_COLUMNS)})
VALUES ({", ".join(["%s"] * len(RECORD_COLUMNS))})
ON CONFLICT ({", ".join(KEY)}) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in RECORD_COLUMNS if name not in KEY)}
"""
INSERT_A_CALCULATION = f"""
INSERT INTO historical_bitcoin_calculations ({", ".join(CALCULATION_COLUMNS)})
VALUES ({", ".join(["%s"] * len(CALCULATION_COLUMNS))})
"""

# The figures that a report begins with, from the raw tables.
TOTALS_FROM_RAW = """
WITH records AS (
    SELECT * FROM curtailment_records
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
), energy AS (
    SELECT sum(curtailed_mwh) AS curtailed_mwh,
           sum(payment_gbp) AS payment_gbp,
           count(DISTINCT bmu_id) FILTER (WHERE curtailed_mwh > 0) AS farm_count,
           count(*) FILTER (WHERE curtailed_mwh > 0) AS record_count
    FROM records
), mined AS (
    SELECT c.miner_model_id, sum(c.bitcoin_mined) AS bitcoin_mined
    FROM records r
    JOIN historical_bitcoin_calculations c
        ON c.settlement_date = r.settlement_date
        AND c.settlement_period = r.settlement_period AND c.bmu_id = r.bmu_id
    WHERE c.settlement_date BETWEEN %(first)s AND %(last)s
    GROUP BY c.miner_model_id
)
SELECT miner_model_id, bitcoin_mined, curtailed_mwh, payment_gbp, farm_count, record_count
FROM mined, energy ORDER BY miner_model_id
"""

# The same of one unit by day.
UNIT_DAYS_FROM_RAW = """
WITH records AS (
    SELECT * FROM curtailment_records
    WHERE settlement_date BETWEEN %(first)s AND %(last)s AND bmu_id = %(farm)s
), energy AS (
    SELECT settlement_date, sum(curtailed_mwh) AS curtailed_mwh, sum(payment_gbp) AS payment_gbp,
           count(*) FILTER (WHERE curtailed_mwh > 0) AS record_count
    FROM records GROUP BY settlement_date
), mined AS (
    SELECT r.settlement_date, c.miner_model_id, sum(c.bitcoin_mined) AS bitcoin_mined
    FROM records r
    JOIN historical_bitcoin_calculations c
        ON c.settlement_date = r.settlement_date
        AND c.settlement_period = r.settlement_period AND c.bmu_id = r.bmu_id
    WHERE c.settlement_date BETWEEN %(first)s AND %(last)s
    GROUP BY r.settlement_date, c.miner_model_id
)
SELECT settlement_date, miner_model_id, bitcoin_mined, curtailed_mwh, payment_gbp, record_count
FROM mined JOIN energy USING (settlement_date) ORDER BY settlement_date, miner_model_id
"""


def record_values(day: date, row: UnitPeriod, now: datetime) -> tuple[Any, ...]:
    """A row as it is stored, in the order of RECORD_COLUMNS."""
    figures = [
        figure
        for f in (row.flagged, row.so, row.other)
        for figure in (f.mwh, f.payment_gbp, f.loss_adjusted_payment_gbp)
    ]
    prices = (row.original_price_gbp_per_mwh, row.final_price_gbp_per_mwh)
    facts = (row.transmission_loss_multiplier, row.so_flag, row.cadl_flag, row.lines_json)
    key = (day, row.settlement_period, row.bmu_id)
    return (*key, *figures, *prices, *facts, "A Company", now, now)


def upsert_row_by_row(values: Iterable[tuple[Any, ...]]) -> None:
    """One statement a row, each a transaction of its own."""
    with connection.cursor() as cursor:
        for row in values:
            cursor.execute(UPSERT_A_RECORD, row)


def copy_raw(values: Iterable[tuple[Any, ...]]) -> None:
    """The bound: the same rows into a table that is not logged and has no index."""
    with connection.cursor() as cursor:
        statement = f"COPY bench_raw ({', '.join(RECORD_COLUMNS)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)


def make_raw_table() -> None:
    """This will make the table of `copy_raw`, or empty it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_raw")
        cursor.execute("CREATE UNLOGGED TABLE bench_raw (LIKE curtailment_records)")
        # The rows bring no id along.
        cursor.execute("ALTER TABLE bench_raw ALTER id DROP NOT NULL")


def calculate_row_by_row(day: date, *, now: datetime) -> None:
    """Each record's bitcoin in Python, and one statement a row, each a transaction of its own."""
    with connection.cursor() as cursor:
        for values in calculations_of(day, now=now):
            cursor.execute(INSERT_A_CALCULATION, values)


def calculations_of(day: date, *, now: datetime) -> Iterable[tuple[Any, ...]]:
    """The bitcoin of a day, in the order of CALCULATION_COLUMNS."""
    miners = list(MinerModel.objects.filter(active=True))
    earnings: dict[int, tuple[Decimal, Decimal]] = {}
    for record in CurtailmentRecord.objects.filter(settlement_date=day).iterator():
        number = record.settlement_period
        if number not in earnings:
            earnings[number] = _earning_at(SettlementPeriod(day, number).starts_at)
        for miner in miners:
            mined = (
                bitcoin_mined(
                    energy_mwh=energy_mwh,
                    hashrate_th_s=miner.hashrate_th_s,
                    power_w=miner.power_w,
                    difficulty=earnings[number][0],
                    subsidy_btc=earnings[number][1],
                )
                for energy_mwh in (record.curtailed_mwh, record.so_mwh, record.other_mwh)
            )
            yield day, number, record.bmu_id, miner.pk, *mined, *earnings[number], now


def read_raw(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one of the queries above."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _earning_at(instant: datetime) -> tuple[Decimal, Decimal]:
    epoch = DifficultyEpoch.objects.filter(starts_at__lte=instant).latest("starts_at")
    return epoch.difficulty, subsidy_btc(instant, epoch_height=epoch.height)
