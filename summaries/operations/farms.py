"""The slices of a day by BM Unit, from its records and calculations."""

from datetime import date

from psycopg import sql

from curtailment.sql import execute_count
from summaries.operations.columns import BITCOIN_FIGURES, DIFFICULTY_FIGURES, FIGURES
from summaries.operations.derived import Derived

# A loss-adjusted payment is null unless every record has one. Bit n - 1 of a bitmap stands for
# settlement period n.
FARM_SLICES = """
    SELECT
        settlement_date,
        bmu_id,
        (array_agg(lead_party_name ORDER BY settlement_period DESC))[1],
        sum(curtailed_mwh),
        sum(payment_gbp),
        CASE WHEN count(loss_adjusted_payment_gbp) = count(*)
             THEN sum(loss_adjusted_payment_gbp) END,
        sum(so_mwh),
        sum(so_payment_gbp),
        CASE WHEN count(so_loss_adjusted_payment_gbp) = count(*)
             THEN sum(so_loss_adjusted_payment_gbp) END,
        sum(curtailed_mwh + other_mwh),
        sum(payment_gbp + other_payment_gbp),
        CASE WHEN count(loss_adjusted_payment_gbp + other_loss_adjusted_payment_gbp) = count(*)
             THEN sum(loss_adjusted_payment_gbp + other_loss_adjusted_payment_gbp) END,
        bit_or(CASE WHEN curtailed_mwh > 0
                    THEN 1::bigint << (settlement_period - 1) ELSE 0 END),
        bit_or(CASE WHEN so_mwh > 0
                    THEN 1::bigint << (settlement_period - 1) ELSE 0 END),
        bit_or(CASE WHEN curtailed_mwh + other_mwh > 0
                    THEN 1::bigint << (settlement_period - 1) ELSE 0 END),
        bool_or(correction_id IS NOT NULL)
    FROM curtailment_records
    WHERE settlement_date = %(settlement_date)s
    GROUP BY settlement_date, bmu_id
"""

# A bitcoin figure is null unless every calculation has one. The difficulty counts by the energy
# that it applied to.
BITCOIN_FARM_SLICES = """
    SELECT
        c.settlement_date,
        c.bmu_id,
        c.miner_model_id,
        CASE WHEN count(c.bitcoin_mined) = count(*) THEN sum(c.bitcoin_mined) END,
        CASE WHEN count(c.bitcoin_mined) = count(*) THEN sum(c.so_bitcoin_mined) END,
        CASE WHEN count(c.bitcoin_mined) = count(*)
             THEN sum(c.bitcoin_mined + c.other_bitcoin_mined) END,
        CASE WHEN count(c.difficulty) = count(*) THEN sum(r.curtailed_mwh * c.difficulty) END,
        CASE WHEN count(c.difficulty) = count(*) THEN sum(r.so_mwh * c.difficulty) END,
        CASE WHEN count(c.difficulty) = count(*)
             THEN sum((r.curtailed_mwh + r.other_mwh) * c.difficulty) END
    FROM historical_bitcoin_calculations AS c
    JOIN curtailment_records AS r
        ON r.settlement_date = c.settlement_date
        AND r.settlement_period = c.settlement_period
        AND r.bmu_id = c.bmu_id
    WHERE c.settlement_date = %(settlement_date)s AND r.settlement_date = %(settlement_date)s
    GROUP BY c.settlement_date, c.bmu_id, c.miner_model_id
"""

OF_DAY = sql.SQL("settlement_date = %(settlement_date)s")
SLICES = Derived(
    "farm_daily_summaries",
    key=("settlement_date", "bmu_id"),
    columns=(
        "lead_party_name",
        *FIGURES,
        "period_bitmap",
        "so_period_bitmap",
        "all_period_bitmap",
        "has_corrections",
    ),
    select=sql.SQL(FARM_SLICES),
    within=OF_DAY,
    parts="its records",
)
BITCOIN_SLICES = Derived(
    "bitcoin_farm_daily_summaries",
    key=("settlement_date", "bmu_id", "miner_model_id"),
    columns=(*BITCOIN_FIGURES, *DIFFICULTY_FIGURES),
    select=sql.SQL(BITCOIN_FARM_SLICES),
    within=OF_DAY,
    parts="its calculations",
)


def rebuild_farm_slices(settlement_date: date) -> int:
    """This will make the day's slices equal to the sums of its records; counts changed rows."""
    parameters = {"settlement_date": settlement_date}
    return sum(
        execute_count(derived.sql_for_rebuilding(), parameters)
        for derived in (SLICES, BITCOIN_SLICES)
    )
