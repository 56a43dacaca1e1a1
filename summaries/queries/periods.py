"""The half-hours of one day: the only reports' query that reads the two big tables."""

from datetime import date
from typing import Any

from summaries.queries.database import fetch_rows
from summaries.selection import Selection

# The date is given to both tables, so that each reads one partition. A company's units are those
# of its slices, so that the half-hours add up to the day.
PERIODS = """
SELECT record.settlement_period,
       sum(record.curtailed_mwh) AS curtailed_mwh,
       sum(record.payment_gbp) AS payment_gbp,
       sum(record.so_mwh) AS so_mwh,
       sum(record.so_payment_gbp) AS so_payment_gbp,
       sum(record.curtailed_mwh + record.other_mwh) AS all_mwh,
       sum(record.payment_gbp + record.other_payment_gbp) AS all_payment_gbp,
       CASE WHEN bool_and(bitcoin.bitcoin_mined IS NOT NULL)
            THEN sum(bitcoin.bitcoin_mined) END AS bitcoin_mined,
       CASE WHEN bool_and(bitcoin.so_bitcoin_mined IS NOT NULL)
            THEN sum(bitcoin.so_bitcoin_mined) END AS so_bitcoin_mined,
       CASE WHEN bool_and(bitcoin.bitcoin_mined IS NOT NULL)
            THEN sum(bitcoin.bitcoin_mined + bitcoin.other_bitcoin_mined)
            END AS all_bitcoin_mined
FROM curtailment_records record
LEFT JOIN historical_bitcoin_calculations bitcoin
    ON bitcoin.settlement_date = %(date)s
    AND bitcoin.settlement_period = record.settlement_period
    AND bitcoin.bmu_id = record.bmu_id
    AND bitcoin.miner_model_id = %(miner)s
WHERE record.settlement_date = %(date)s
    AND (%(farm)s::text IS NULL OR record.bmu_id = %(farm)s)
    {of_lead_party}
GROUP BY record.settlement_period
"""
OF_LEAD_PARTY = """
    AND record.bmu_id IN (
        SELECT slice.bmu_id FROM farm_daily_summaries slice
        WHERE slice.settlement_date = %(date)s AND slice.lead_party_name = %(lead_party)s)
"""
SQL_FOR_PERIODS = PERIODS.format(of_lead_party="")
SQL_FOR_PERIODS_OF_LEAD_PARTY = PERIODS.format(of_lead_party=OF_LEAD_PARTY)


def read_periods(settlement_date: date, *, selection: Selection) -> dict[int, dict[str, Any]]:
    """Sums of a day's records by settlement period; a period without any is left out."""
    parameters = {
        "date": settlement_date,
        "miner": selection.miner,
        "farm": selection.farm,
        "lead_party": selection.lead_party,
    }
    of_all = selection.lead_party is None
    rows = fetch_rows(SQL_FOR_PERIODS if of_all else SQL_FOR_PERIODS_OF_LEAD_PARTY, parameters)
    return {row["settlement_period"]: row for row in rows}
