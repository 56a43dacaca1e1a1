"""Slices and summaries of many units over many years, made by the database in a moment."""

from datetime import date

from django.db import connection

from tests.summaries.factories import store_day

SQL_FOR_UNITS = """
INSERT INTO bm_units (elexon_bmu_id, national_grid_bmu_id, name, farm_name, fuel_type,
    lead_party_name, lead_party_id, bm_unit_type, area, source, register_is_wind, first_seen_at,
    last_seen_at)
SELECT 'T_LONG' || n, '', 'Long Name Offshore Wind Farm ' || n, 'Long Name Farm ' || n / 2, '',
       '', '', '', '', 'register', true, now(), now()
FROM generate_series(1, %(units)s) n
"""

# A slice a month: any figures will do, but they have many digits and do not repeat. The lead
# party of the first half is one, and every other unit has one of its own.
SQL_FOR_SLICES = """
INSERT INTO farm_daily_summaries (settlement_date, bmu_id, lead_party_name, curtailed_mwh,
    payment_gbp, so_mwh, so_payment_gbp, all_mwh, all_payment_gbp, period_bitmap,
    so_period_bitmap, all_period_bitmap, has_corrections)
SELECT day, 'T_LONG' || n,
       CASE WHEN n <= %(units)s / 2 THEN 'Long' ELSE 'Very Long Company Name ' || n END,
       mwh, mwh * price, 0, 0, mwh, mwh * price, 5, 0, 5, false
FROM generate_series(1, %(units)s) n,
    generate_series(%(first)s::date, %(last)s::date, interval '1 month') day,
    LATERAL (SELECT abs(hashtext(n || ' ' || day)) %% 9999999 / 700.0 AS mwh,
             hashtext(day || ' ' || n) %% 9999 / 77.0 AS price) figures
"""

SQL_FOR_BITCOIN = """
INSERT INTO bitcoin_farm_daily_summaries (settlement_date, bmu_id, miner_model_id, bitcoin_mined)
SELECT settlement_date, bmu_id, 'S19J_PRO', curtailed_mwh * 0.00087311
FROM farm_daily_summaries WHERE bmu_id LIKE 'T_LONG%%'
"""

SQL_FOR_MONTHS = """
INSERT INTO monthly_summaries (month, curtailed_mwh, payment_gbp, so_mwh, so_payment_gbp, all_mwh,
    all_payment_gbp, farm_count, so_farm_count, all_farm_count, record_count, so_record_count,
    all_record_count, period_count, so_period_count, all_period_count, periods_expected,
    periods_fetched, is_complete, is_provisional, is_sample, has_corrections, revision,
    days_expected, day_count, complete_day_count, provisional_day_count, sample_day_count)
SELECT settlement_date, sum(curtailed_mwh), sum(payment_gbp), 0, 0, sum(curtailed_mwh),
       sum(payment_gbp), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1440, 1440, true, false, false, false, 1,
       30, 30, 30, 0, 0
FROM farm_daily_summaries GROUP BY 1
"""


def store_long_history(*, units: int, first: date, last: date) -> None:
    """Units T_LONG1 and so on with energy on the first day of every month; first and last are so.

    The ledger has only these two days, so that all stored days are those from first to last.
    """
    parameters: dict[str, int | date] = {"units": units, "first": first, "last": last}
    with connection.cursor() as cursor:
        for sql in (SQL_FOR_UNITS, SQL_FOR_SLICES, SQL_FOR_BITCOIN, SQL_FOR_MONTHS):
            cursor.execute(sql, parameters)
        # Without statistics the database takes the tables for empty and joins row by row.
        cursor.execute("ANALYZE farm_daily_summaries, bitcoin_farm_daily_summaries")
    for day in (first, last):
        store_day(day, [])
