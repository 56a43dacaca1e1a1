"""The bitcoin of a settlement date, for every record and miner model, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from curtailment.settlement import iter_periods
from curtailment.sql import DateMerge, execute_count, merge_date
from mining.calculator import (
    BITCOIN_DECIMALS,
    HASHES_PER_DIFFICULTY,
    HASHES_PER_TERAHASH,
    JOULES_PER_MWH,
)
from mining.protocol import LAST_HEIGHT_OF_KNOWN_SUBSIDY, SUBSIDY_ERAS


@dataclass(frozen=True)
class CalculationResult:
    """What a calculation did: rows written (new or changed), rows removed, and the settlement
    periods with records whose difficulty or subsidy is not known, so that they have no bitcoin.
    """

    rows_written: int
    rows_removed: int
    uncovered_periods: tuple[int, ...]


def calculate_day(
    settlement_date: date, *, now: datetime, miner_keys: Sequence[str] | None = None
) -> CalculationResult:
    """This will bring a date's bitcoin into line with its records, miner models and difficulty.

    With `miner_keys`, only active models among them are calculated. Rows that would not change
    keep their `calculated_at`. Call it in a transaction that holds the day's lock.
    """
    parameters = _parameters(settlement_date, now, miner_keys)
    merged = merge_date(CALCULATIONS, parameters)
    was_new = merged.was_empty
    return CalculationResult(
        rows_written=merged.rows_written,
        rows_removed=0 if was_new else execute_count(sql_for_removing_others(), parameters),
        uncovered_periods=_uncovered_periods(parameters),
    )


def _uncovered_periods(parameters: dict[str, Any]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql_for_uncovered_periods(), parameters)
        return tuple(number for (number,) in cursor.fetchall())


def _parameters(
    settlement_date: date, now: datetime, miner_keys: Sequence[str] | None
) -> dict[str, Any]:
    periods = list(iter_periods(settlement_date))
    era_starts = [era.starts_at for era in SUBSIDY_ERAS]
    return {
        "settlement_date": settlement_date,
        "now": now,
        "miner_keys": None if miner_keys is None else list(miner_keys),
        "period_numbers": [period.number for period in periods],
        "period_starts": [period.starts_at for period in periods],
        "era_starts": era_starts,
        "era_ends": [*era_starts[1:], None],
        "era_subsidies_btc": [era.subsidy_btc for era in SUBSIDY_ERAS],
        "last_known_height": LAST_HEIGHT_OF_KNOWN_SUBSIDY,
        "hashes_per_mwh": JOULES_PER_MWH * HASHES_PER_TERAHASH,
        "hashes_per_difficulty": HASHES_PER_DIFFICULTY,
        "units_per_btc": 10**BITCOIN_DECIMALS,
        "btc_per_unit": Decimal(10) ** -BITCOIN_DECIMALS,
    }


# Bitcoin is energy x numerator / denominator of its period and miner model; both are null where
# the difficulty or the subsidy is not known. div() is exact, where the numeric division would
# round a first time: div(2ax + b, 2b) is ax/b rounded half up. Its units are 1e-18 bitcoin.
# The rates are materialized: inlined, their products would be made anew for every record.
BITCOIN_OF_RECORDS = """
    WITH period AS (
        SELECT * FROM unnest(%(period_numbers)s::smallint[], %(period_starts)s::timestamptz[])
            AS p (settlement_period, starts_at)
    ), era AS (
        SELECT * FROM unnest(
            %(era_starts)s::timestamptz[], %(era_ends)s::timestamptz[],
            %(era_subsidies_btc)s::numeric[]
        ) AS s (starts_at, ends_at, subsidy_btc)
    ), earning AS (
        SELECT p.settlement_period, e.difficulty, s.subsidy_btc
        FROM period p
        JOIN difficulty_epochs e ON e.starts_at <= p.starts_at
            AND p.starts_at < e.known_until AND e.height <= %(last_known_height)s
        JOIN era s ON s.starts_at <= p.starts_at
            AND (s.ends_at IS NULL OR p.starts_at < s.ends_at)
    ), rate AS MATERIALIZED (
        SELECT p.settlement_period, m.key AS miner_model_id, e.difficulty, e.subsidy_btc,
            2 * %(hashes_per_mwh)s::numeric * m.hashrate_th_s * e.subsidy_btc
                * %(units_per_btc)s::numeric AS twice_numerator,
            m.power_w * e.difficulty * %(hashes_per_difficulty)s::numeric AS denominator,
            2 * m.power_w * e.difficulty * %(hashes_per_difficulty)s::numeric AS twice_denominator
        FROM period p
        CROSS JOIN miner_models m
        LEFT JOIN earning e ON e.settlement_period = p.settlement_period
        WHERE m.active
            AND (%(miner_keys)s::text[] IS NULL OR m.key = ANY(%(miner_keys)s::text[]))
    )
    SELECT r.settlement_date, r.settlement_period, r.bmu_id, rate.miner_model_id,
        div(r.curtailed_mwh * twice_numerator + denominator, twice_denominator)
            * %(btc_per_unit)s::numeric,
        div(r.so_mwh * twice_numerator + denominator, twice_denominator)
            * %(btc_per_unit)s::numeric,
        div(r.other_mwh * twice_numerator + denominator, twice_denominator)
            * %(btc_per_unit)s::numeric,
        rate.difficulty, rate.subsidy_btc, %(now)s::timestamptz
    FROM curtailment_records r
    JOIN rate ON rate.settlement_period = r.settlement_period
    WHERE r.settlement_date = %(settlement_date)s
"""


# Writes the bitcoin of a date's records.
CALCULATIONS = DateMerge(
    "historical_bitcoin_calculations",
    key=("settlement_date", "settlement_period", "bmu_id", "miner_model_id"),
    columns=(
        "bitcoin_mined",
        "so_bitcoin_mined",
        "other_bitcoin_mined",
        "difficulty",
        "subsidy_btc",
    ),
    when_written=("calculated_at",),
    select=BITCOIN_OF_RECORDS,
)


def sql_for_removing_others() -> str:
    """Removes and counts a date's rows whose record is gone, and, unless models were named, those
    of models that are no longer active.
    """
    return """
        WITH removed AS (
            DELETE FROM historical_bitcoin_calculations c
            WHERE c.settlement_date = %(settlement_date)s AND NOT (
                EXISTS (
                    SELECT FROM curtailment_records r
                    WHERE r.settlement_date = %(settlement_date)s
                        AND r.settlement_period = c.settlement_period AND r.bmu_id = c.bmu_id
                ) AND c.miner_model_id IN (
                    SELECT key FROM miner_models WHERE active OR %(miner_keys)s::text[] IS NOT NULL
                )
            )
            RETURNING 1
        )
        SELECT count(*) FROM removed
    """


def sql_for_uncovered_periods() -> str:
    """The periods of a date whose bitcoin is not known, of the models that were calculated."""
    return """
        SELECT DISTINCT settlement_period FROM historical_bitcoin_calculations
        WHERE settlement_date = %(settlement_date)s AND difficulty IS NULL
            AND (%(miner_keys)s::text[] IS NULL OR miner_model_id = ANY(%(miner_keys)s::text[]))
        ORDER BY settlement_period
    """
