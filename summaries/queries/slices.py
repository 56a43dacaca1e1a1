"""Sums over the slices by day and unit: rankings of farms, and reports of a farm or company."""

from datetime import date
from typing import Any

from summaries.queries.database import fetch_rows
from summaries.selection import Selection

Row = dict[str, Any]

# The range is given to every table: through an outer join the database does not carry it over, and
# would read the bitcoin of the whole history.
# A sum of bitcoin is not known unless that of every slice is. Energy and bitcoin are summed before
# they are joined, a row of each to a unit, and the lead party is that of the unit's latest slice.
SQL_FOR_FARMS = """
WITH slice AS (
    SELECT bmu_id,
           max(settlement_date) AS latest_date,
           count(*) AS day_count,
           sum(curtailed_mwh) AS curtailed_mwh,
           sum(payment_gbp) AS payment_gbp,
           sum(so_mwh) AS so_mwh,
           sum(so_payment_gbp) AS so_payment_gbp,
           sum(all_mwh) AS all_mwh,
           sum(all_payment_gbp) AS all_payment_gbp
    FROM farm_daily_summaries
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
        AND (%(farm)s::text IS NULL OR bmu_id = %(farm)s)
        AND (%(lead_party)s::text IS NULL OR lead_party_name = %(lead_party)s)
    GROUP BY bmu_id
), bitcoin AS (
    SELECT bmu_id,
           count(bitcoin_mined) AS day_count, sum(bitcoin_mined) AS bitcoin_mined,
           count(so_bitcoin_mined) AS so_day_count, sum(so_bitcoin_mined) AS so_bitcoin_mined,
           count(all_bitcoin_mined) AS all_day_count, sum(all_bitcoin_mined) AS all_bitcoin_mined
    FROM bitcoin_farm_daily_summaries
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
        AND miner_model_id = %(miner)s
        AND (%(farm)s::text IS NULL OR bmu_id = %(farm)s)
        AND (%(lead_party)s::text IS NULL OR (settlement_date, bmu_id) IN (
            SELECT settlement_date, bmu_id FROM farm_daily_summaries
            WHERE settlement_date BETWEEN %(first)s AND %(last)s
                AND lead_party_name = %(lead_party)s
        ))
    GROUP BY bmu_id
)
SELECT slice.bmu_id, unit.name, latest.lead_party_name AS lead_party, unit.farm_name,
       slice.curtailed_mwh, slice.payment_gbp, slice.so_mwh, slice.so_payment_gbp,
       slice.all_mwh, slice.all_payment_gbp,
       CASE WHEN bitcoin.day_count = slice.day_count
            THEN bitcoin.bitcoin_mined END AS bitcoin_mined,
       CASE WHEN bitcoin.so_day_count = slice.day_count
            THEN bitcoin.so_bitcoin_mined END AS so_bitcoin_mined,
       CASE WHEN bitcoin.all_day_count = slice.day_count
            THEN bitcoin.all_bitcoin_mined END AS all_bitcoin_mined
FROM slice
JOIN bm_units unit ON unit.elexon_bmu_id = slice.bmu_id
JOIN farm_daily_summaries latest
    ON latest.settlement_date = slice.latest_date AND latest.bmu_id = slice.bmu_id
LEFT JOIN bitcoin ON bitcoin.bmu_id = slice.bmu_id
"""

# A record has one bit in its unit's bitmap; a settlement period has one in the bitmaps' union.
SQL_FOR_DAYS = """
SELECT settlement_date,
       sum(curtailed_mwh) AS curtailed_mwh,
       sum(payment_gbp) AS payment_gbp,
       sum(so_mwh) AS so_mwh,
       sum(so_payment_gbp) AS so_payment_gbp,
       sum(all_mwh) AS all_mwh,
       sum(all_payment_gbp) AS all_payment_gbp,
       sum(bit_count(period_bitmap::bit(64)))::integer AS record_count,
       sum(bit_count(so_period_bitmap::bit(64)))::integer AS so_record_count,
       sum(bit_count(all_period_bitmap::bit(64)))::integer AS all_record_count,
       bit_count(bit_or(period_bitmap)::bit(64))::integer AS period_count,
       bit_count(bit_or(so_period_bitmap)::bit(64))::integer AS so_period_count,
       bit_count(bit_or(all_period_bitmap)::bit(64))::integer AS all_period_count,
       bool_or(has_corrections) AS has_corrections
FROM farm_daily_summaries
WHERE settlement_date BETWEEN %(first)s AND %(last)s
    AND (%(farm)s::text IS NULL OR bmu_id = %(farm)s)
    AND (%(lead_party)s::text IS NULL OR lead_party_name = %(lead_party)s)
GROUP BY settlement_date
"""

SQL_FOR_BITCOIN_OF_DAYS = """
SELECT day.settlement_date, day.miner_model_id, price.price_gbp,
       day.bitcoin_mined, day.so_bitcoin_mined, day.all_bitcoin_mined,
       day.difficulty_mwh, day.so_difficulty_mwh, day.all_difficulty_mwh
FROM (
    SELECT slice.settlement_date, miner.key AS miner_model_id,
           CASE WHEN bool_and(bitcoin.bitcoin_mined IS NOT NULL)
                THEN sum(bitcoin.bitcoin_mined) END AS bitcoin_mined,
           CASE WHEN bool_and(bitcoin.so_bitcoin_mined IS NOT NULL)
                THEN sum(bitcoin.so_bitcoin_mined) END AS so_bitcoin_mined,
           CASE WHEN bool_and(bitcoin.all_bitcoin_mined IS NOT NULL)
                THEN sum(bitcoin.all_bitcoin_mined) END AS all_bitcoin_mined,
           CASE WHEN bool_and(bitcoin.difficulty_mwh IS NOT NULL)
                THEN sum(bitcoin.difficulty_mwh) END AS difficulty_mwh,
           CASE WHEN bool_and(bitcoin.so_difficulty_mwh IS NOT NULL)
                THEN sum(bitcoin.so_difficulty_mwh) END AS so_difficulty_mwh,
           CASE WHEN bool_and(bitcoin.all_difficulty_mwh IS NOT NULL)
                THEN sum(bitcoin.all_difficulty_mwh) END AS all_difficulty_mwh
    FROM farm_daily_summaries slice
    CROSS JOIN miner_models miner
    LEFT JOIN bitcoin_farm_daily_summaries bitcoin
        ON bitcoin.settlement_date = slice.settlement_date
        AND bitcoin.settlement_date BETWEEN %(first)s AND %(last)s
        AND bitcoin.bmu_id = slice.bmu_id
        AND bitcoin.miner_model_id = miner.key
    WHERE miner.active
        AND slice.settlement_date BETWEEN %(first)s AND %(last)s
        AND (%(farm)s::text IS NULL OR slice.bmu_id = %(farm)s)
        AND (%(lead_party)s::text IS NULL OR slice.lead_party_name = %(lead_party)s)
    GROUP BY slice.settlement_date, miner.key
) day
LEFT JOIN bitcoin_daily_summaries price
    ON price.settlement_date = day.settlement_date
    AND price.settlement_date BETWEEN %(first)s AND %(last)s
    AND price.miner_model_id = day.miner_model_id
"""


def read_farms(first: date, last: date, *, selection: Selection) -> list[Row]:
    """The units with a slice between first and last, each with its sums."""
    return fetch_rows(SQL_FOR_FARMS, _parameters(first, last, selection))


def read_selected_days(first: date, last: date, *, selection: Selection) -> dict[date, Row]:
    """Sums of the selected units' slices by day; a day without any is left out."""
    rows = fetch_rows(SQL_FOR_DAYS, _parameters(first, last, selection))
    return {row["settlement_date"]: row for row in rows}


def read_selected_bitcoin(first: date, last: date, *, selection: Selection) -> list[Row]:
    """Bitcoin of the selected units' slices by day and active miner, with the day's price."""
    return fetch_rows(SQL_FOR_BITCOIN_OF_DAYS, _parameters(first, last, selection))


def _parameters(first: date, last: date, selection: Selection) -> dict[str, Any]:
    return {
        "first": first,
        "last": last,
        "miner": selection.miner,
        "farm": selection.farm,
        "lead_party": selection.lead_party,
    }
