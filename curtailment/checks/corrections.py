"""Corrections, each laid exactly once: effective = published, overlaid by the active one."""

from datetime import date
from typing import Any

from curtailment.checks.findings import Finding, Remedy, found
from curtailment.sql import fetch_rows

# What the published figures are is the evidence's business; here is what corrections make of them.
MISLAID_CORRECTIONS = """
    SELECT
        COALESCE(r.settlement_period, c.settlement_period) AS settlement_period,
        COALESCE(r.bmu_id, c.bmu_id) AS bmu_id,
        r.bmu_id IS NULL AS has_no_record,
        r.correction_id AS laid,
        c.id AS active
    FROM (
        SELECT * FROM curtailment_records WHERE settlement_date = %(settlement_date)s
    ) AS r
    FULL JOIN (
        SELECT * FROM corrections
        WHERE settlement_date = %(settlement_date)s AND withdrawn_at IS NULL
    ) AS c ON c.settlement_period = r.settlement_period AND c.bmu_id = r.bmu_id
    WHERE r.bmu_id IS NULL
        OR r.correction_id IS DISTINCT FROM c.id
        OR (c.id IS NULL AND num_nonnulls(
            r.published_curtailed_mwh, r.published_payment_gbp, r.published_so_mwh,
            r.published_so_payment_gbp, r.published_other_mwh, r.published_other_payment_gbp
        ) > 0)
        OR (c.id IS NOT NULL AND (
            r.curtailed_mwh, r.payment_gbp, r.so_mwh, r.so_payment_gbp, r.other_mwh,
            r.other_payment_gbp, r.loss_adjusted_payment_gbp, r.so_loss_adjusted_payment_gbp,
            r.other_loss_adjusted_payment_gbp
        ) IS DISTINCT FROM (
            c.curtailed_mwh, c.payment_gbp, c.so_mwh, c.so_payment_gbp, c.other_mwh,
            c.other_payment_gbp,
            CASE WHEN c.payment_gbp = 0 THEN 0
                 ELSE c.payment_gbp * r.transmission_loss_multiplier END,
            CASE WHEN c.so_payment_gbp = 0 THEN 0
                 ELSE c.so_payment_gbp * r.transmission_loss_multiplier END,
            CASE WHEN c.other_payment_gbp = 0 THEN 0
                 ELSE c.other_payment_gbp * r.transmission_loss_multiplier END
        ))
    ORDER BY 1, 2
"""


def check_corrections(settlement_date: date) -> list[Finding]:
    """Every record of a date has the figures of its active correction, and of no other."""
    rows = fetch_rows(MISLAID_CORRECTIONS, {"settlement_date": settlement_date})
    return found(settlement_date, "corrections", list(map(_sentence, rows)), Remedy.FETCH)


def _sentence(row: dict[str, Any]) -> str:
    record = f"SP{row['settlement_period']} {row['bmu_id']}"
    if row["has_no_record"]:
        return f"{record} has no record for its active correction {row['active']}"
    if row["active"] is None and row["laid"] is None:
        return f"{record} keeps published figures aside without a correction"
    if row["active"] is None:
        return f"{record} has correction {row['laid']} laid over it, which is not active"
    if row["laid"] != row["active"]:
        return f"{record} lacks its active correction {row['active']}"
    return f"{record} has not the figures of its active correction {row['active']}"
