"""The summaries of a day, from its slices and its line in the ledger."""

from datetime import date

from psycopg import sql

from curtailment.sql import execute_count
from summaries.operations.columns import (
    BITCOIN_FIGURES,
    BITCOIN_VALUES,
    COUNTS,
    COVERAGE,
    DIFFICULTY_FIGURES,
    FIGURES,
)
from summaries.operations.derived import Derived
from summaries.operations.farms import OF_DAY, rebuild_farm_slices

# A day with data and without curtailment has zeros, one without data no summary. Wind generation
# is null unless every period of a day that is over has both its figures; the share is null unless
# both are complete.
DAY = """
    WITH energy AS (
        SELECT
            count(*) AS slices,
            sum(curtailed_mwh) AS curtailed_mwh,
            sum(payment_gbp) AS payment_gbp,
            CASE WHEN count(loss_adjusted_payment_gbp) = count(*)
                 THEN sum(loss_adjusted_payment_gbp) END AS loss_adjusted_payment_gbp,
            sum(so_mwh) AS so_mwh,
            sum(so_payment_gbp) AS so_payment_gbp,
            CASE WHEN count(so_loss_adjusted_payment_gbp) = count(*)
                 THEN sum(so_loss_adjusted_payment_gbp) END AS so_loss_adjusted_payment_gbp,
            sum(all_mwh) AS all_mwh,
            sum(all_payment_gbp) AS all_payment_gbp,
            CASE WHEN count(all_loss_adjusted_payment_gbp) = count(*)
                 THEN sum(all_loss_adjusted_payment_gbp) END AS all_loss_adjusted_payment_gbp,
            count(*) FILTER (WHERE curtailed_mwh > 0) AS farm_count,
            count(*) FILTER (WHERE so_mwh > 0) AS so_farm_count,
            count(*) FILTER (WHERE all_mwh > 0) AS all_farm_count,
            sum(bit_count(period_bitmap::bit(64))) AS record_count,
            sum(bit_count(so_period_bitmap::bit(64))) AS so_record_count,
            sum(bit_count(all_period_bitmap::bit(64))) AS all_record_count,
            bit_count(bit_or(period_bitmap)::bit(64)) AS period_count,
            bit_count(bit_or(so_period_bitmap)::bit(64)) AS so_period_count,
            bit_count(bit_or(all_period_bitmap)::bit(64)) AS all_period_count,
            bool_or(has_corrections) AS has_corrections
        FROM farm_daily_summaries
        WHERE settlement_date = %(settlement_date)s
    ), wind AS (
        SELECT
            sum(onshore_mwh + offshore_mwh) AS wind_generation_mwh,
            count(onshore_mwh + offshore_mwh) AS periods
        FROM wind_generation_data
        WHERE settlement_date = %(settlement_date)s
    ), day AS (
        SELECT
            p.settlement_date,
            p.data_state IN ('provisional', 'final') AS is_complete,
            p.data_state = 'provisional' AS is_provisional,
            p.source = 'sample' AS is_sample,
            p.periods_expected,
            p.periods_fetched,
            e.*,
            CASE WHEN w.periods = p.periods_expected THEN w.wind_generation_mwh
            END AS wind_generation_mwh
        FROM ingestion_progress AS p, energy AS e, wind AS w
        WHERE p.settlement_date = %(settlement_date)s AND p.data_state <> 'none'
    )
    SELECT
        settlement_date,
        COALESCE(curtailed_mwh, 0),
        COALESCE(payment_gbp, 0),
        CASE WHEN slices = 0 THEN 0 ELSE loss_adjusted_payment_gbp END,
        COALESCE(so_mwh, 0),
        COALESCE(so_payment_gbp, 0),
        CASE WHEN slices = 0 THEN 0 ELSE so_loss_adjusted_payment_gbp END,
        COALESCE(all_mwh, 0),
        COALESCE(all_payment_gbp, 0),
        CASE WHEN slices = 0 THEN 0 ELSE all_loss_adjusted_payment_gbp END,
        farm_count, so_farm_count, all_farm_count,
        COALESCE(record_count, 0),
        COALESCE(so_record_count, 0),
        COALESCE(all_record_count, 0),
        COALESCE(period_count, 0),
        COALESCE(so_period_count, 0),
        COALESCE(all_period_count, 0),
        wind_generation_mwh,
        CASE WHEN is_complete THEN round(100 * COALESCE(curtailed_mwh, 0)
            / NULLIF(COALESCE(curtailed_mwh, 0) + wind_generation_mwh, 0), 12) END,
        CASE WHEN is_complete THEN round(100 * COALESCE(so_mwh, 0)
            / NULLIF(COALESCE(so_mwh, 0) + wind_generation_mwh, 0), 12) END,
        CASE WHEN is_complete THEN round(100 * COALESCE(all_mwh, 0)
            / NULLIF(COALESCE(all_mwh, 0) + wind_generation_mwh, 0), 12) END,
        periods_expected, periods_fetched, is_complete, is_provisional, is_sample,
        COALESCE(has_corrections, false)
    FROM day
"""

# Without curtailment a miner's bitcoin is zero; without a price the value of some is null.
BITCOIN_DAY = """
    WITH mined AS (
        SELECT
            miner_model_id,
            CASE WHEN count(bitcoin_mined) = count(*) THEN sum(bitcoin_mined) END AS flagged_btc,
            CASE WHEN count(bitcoin_mined) = count(*) THEN sum(so_bitcoin_mined) END AS so_btc,
            CASE WHEN count(bitcoin_mined) = count(*) THEN sum(all_bitcoin_mined) END AS all_btc,
            CASE WHEN count(difficulty_mwh) = count(*) THEN sum(difficulty_mwh) END AS flagged,
            CASE WHEN count(difficulty_mwh) = count(*) THEN sum(so_difficulty_mwh) END AS so,
            CASE WHEN count(difficulty_mwh) = count(*) THEN sum(all_difficulty_mwh) END AS "all"
        FROM bitcoin_farm_daily_summaries
        WHERE settlement_date = %(settlement_date)s
        GROUP BY miner_model_id
    ), latest AS (
        SELECT difficulty FROM historical_bitcoin_calculations
        WHERE settlement_date = %(settlement_date)s
        ORDER BY settlement_period DESC LIMIT 1
    ), day AS (
        SELECT
            s.settlement_date,
            m.key,
            s.all_record_count = 0 AND mined.miner_model_id IS NULL AS is_empty,
            mined.*,
            p.price_gbp,
            (SELECT difficulty FROM latest) AS latest_difficulty
        FROM daily_summaries AS s
        CROSS JOIN miner_models AS m
        LEFT JOIN mined ON mined.miner_model_id = m.key
        LEFT JOIN bitcoin_prices AS p ON p.date = s.settlement_date
        WHERE s.settlement_date = %(settlement_date)s
            AND (m.active OR mined.miner_model_id IS NOT NULL)
    )
    SELECT
        settlement_date,
        key,
        CASE WHEN is_empty THEN 0 ELSE flagged_btc END,
        CASE WHEN is_empty THEN 0 ELSE so_btc END,
        CASE WHEN is_empty THEN 0 ELSE all_btc END,
        CASE WHEN is_empty OR flagged_btc = 0 THEN 0 ELSE flagged_btc * price_gbp END,
        CASE WHEN is_empty OR so_btc = 0 THEN 0 ELSE so_btc * price_gbp END,
        CASE WHEN is_empty OR all_btc = 0 THEN 0 ELSE all_btc * price_gbp END,
        CASE WHEN is_empty THEN 0 ELSE flagged END,
        CASE WHEN is_empty THEN 0 ELSE so END,
        CASE WHEN is_empty THEN 0 ELSE "all" END,
        price_gbp,
        latest_difficulty
    FROM day
"""

DAYS = Derived(
    "daily_summaries",
    key=("settlement_date",),
    columns=(*FIGURES, *COUNTS, *COVERAGE),
    select=sql.SQL(DAY),
    within=OF_DAY,
    parts="its slices, wind output and line in the ledger",
    has_revision=True,
)
BITCOIN_DAYS = Derived(
    "bitcoin_daily_summaries",
    key=("settlement_date", "miner_model_id"),
    columns=(
        *BITCOIN_FIGURES,
        *BITCOIN_VALUES,
        *DIFFICULTY_FIGURES,
        "price_gbp",
        "latest_difficulty",
    ),
    select=sql.SQL(BITCOIN_DAY),
    within=OF_DAY,
    parts="its slices and price",
)


def rebuild_day(settlement_date: date) -> int:
    """This will make the day's summaries equal to the sums of its records; counts changed rows.

    Call it in a transaction that holds the day's lock.
    """
    parameters = {"settlement_date": settlement_date}
    return rebuild_farm_slices(settlement_date) + sum(
        execute_count(derived.sql_for_rebuilding(), parameters) for derived in (DAYS, BITCOIN_DAYS)
    )
