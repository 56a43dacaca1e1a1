"""Putting a day's rows into the database by COPY, and from there into the records."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection

from config.queries.timing import timed
from curtailment.aggregation import UnitPeriod
from curtailment.sql import DateMerge, execute_count, merge_date

# A settlement period's number with a unit's id: what a record of a date is known by.
Key = tuple[int, str]

# The columns of an incoming row, in the order of the COPY.
STAGING_TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_records (
        settlement_period smallint,
        bmu_id varchar,
        curtailed_mwh numeric,
        payment_gbp numeric,
        loss_adjusted_payment_gbp numeric,
        so_mwh numeric,
        so_payment_gbp numeric,
        so_loss_adjusted_payment_gbp numeric,
        other_mwh numeric,
        other_payment_gbp numeric,
        other_loss_adjusted_payment_gbp numeric,
        original_price_gbp_per_mwh numeric,
        final_price_gbp_per_mwh numeric,
        transmission_loss_multiplier numeric,
        so_flag boolean,
        cadl_flag boolean,
        lines jsonb
    ) ON COMMIT DELETE ROWS
"""

COPY_ROWS = "COPY incoming_records FROM STDIN"

# A correction's energy and payment take the place of the published ones, which move to the
# `published_` columns; its loss-adjusted payment is its payment times the unit's multiplier.
# Rows that exist only by correction come from the correction alone. The lead party of a record
# stays the one of the day on which it was first stored. Without touched keys it is the whole date.
EFFECTIVE_ROWS = """
    SELECT
        %(settlement_date)s::date,
        COALESCE(i.settlement_period, c.settlement_period),
        u.elexon_bmu_id,
        COALESCE(c.curtailed_mwh, i.curtailed_mwh),
        COALESCE(c.payment_gbp, i.payment_gbp),
        CASE WHEN c.id IS NULL THEN i.loss_adjusted_payment_gbp
             WHEN c.payment_gbp = 0 THEN 0
             ELSE c.payment_gbp * i.transmission_loss_multiplier END,
        COALESCE(c.so_mwh, i.so_mwh),
        COALESCE(c.so_payment_gbp, i.so_payment_gbp),
        CASE WHEN c.id IS NULL THEN i.so_loss_adjusted_payment_gbp
             WHEN c.so_payment_gbp = 0 THEN 0
             ELSE c.so_payment_gbp * i.transmission_loss_multiplier END,
        COALESCE(c.other_mwh, i.other_mwh),
        COALESCE(c.other_payment_gbp, i.other_payment_gbp),
        CASE WHEN c.id IS NULL THEN i.other_loss_adjusted_payment_gbp
             WHEN c.other_payment_gbp = 0 THEN 0
             ELSE c.other_payment_gbp * i.transmission_loss_multiplier END,
        i.original_price_gbp_per_mwh,
        i.final_price_gbp_per_mwh,
        i.transmission_loss_multiplier,
        COALESCE(i.so_flag, false),
        COALESCE(i.cadl_flag, false),
        COALESCE(i.lines, '[]'::jsonb),
        c.id,
        CASE WHEN c.id IS NOT NULL THEN i.curtailed_mwh END,
        CASE WHEN c.id IS NOT NULL THEN i.payment_gbp END,
        CASE WHEN c.id IS NOT NULL THEN i.so_mwh END,
        CASE WHEN c.id IS NOT NULL THEN i.so_payment_gbp END,
        CASE WHEN c.id IS NOT NULL THEN i.other_mwh END,
        CASE WHEN c.id IS NOT NULL THEN i.other_payment_gbp END,
        %(now)s::timestamptz,
        %(now)s::timestamptz,
        u.lead_party_name
    FROM incoming_records AS i
    FULL JOIN (
        SELECT * FROM corrections
        WHERE settlement_date = %(settlement_date)s AND withdrawn_at IS NULL
            AND (%(touched_periods)s::smallint[] IS NULL OR (settlement_period, bmu_id) IN (
                SELECT * FROM unnest(
                    %(touched_periods)s::smallint[], %(touched_bmu_ids)s::varchar[]
                )
            ))
    ) AS c ON c.settlement_period = i.settlement_period AND c.bmu_id = i.bmu_id
    JOIN bm_units AS u ON u.elexon_bmu_id = COALESCE(i.bmu_id, c.bmu_id)
"""

# What is neither in the answer nor made by a correction. NOT IN would compare every row with every
# other, once the answer is so long that its keys do not fit into the memory for hashing.
REMOVE_OTHERS = """
    WITH removed AS (
        DELETE FROM curtailment_records
        WHERE settlement_date = %(settlement_date)s
            AND NOT EXISTS (
                SELECT FROM unnest(%(kept_periods)s::smallint[], %(kept_bmu_ids)s::varchar[])
                    AS kept (settlement_period, bmu_id)
                WHERE kept.settlement_period = curtailment_records.settlement_period
                    AND kept.bmu_id = curtailment_records.bmu_id
            )
            AND (%(touched_periods)s::smallint[] IS NULL OR (settlement_period, bmu_id) IN (
                SELECT * FROM unnest(
                    %(touched_periods)s::smallint[], %(touched_bmu_ids)s::varchar[]
                )
            ))
        RETURNING 1
    )
    SELECT count(*) FROM removed
"""


# Writes the staged rows of a date, with active corrections laid over them.
EFFECTIVE_RECORDS = DateMerge(
    "curtailment_records",
    key=("settlement_date", "settlement_period", "bmu_id"),
    columns=(
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
        "correction_id",
        "published_curtailed_mwh",
        "published_payment_gbp",
        "published_so_mwh",
        "published_so_payment_gbp",
        "published_other_mwh",
        "published_other_payment_gbp",
    ),
    when_written=("updated_at",),
    when_inserted=("created_at", "lead_party_name"),
    select=EFFECTIVE_ROWS,
)


def replace_records(
    settlement_date: date,
    rows: list[UnitPeriod],
    *,
    now: datetime,
    touched: Collection[Key] | None = None,
) -> tuple[int, int]:
    """This will make the records of a date equal to these rows, corrections laid over them.

    With `touched`, periods with units, only these records; the rows are of no others. Returns how
    many rows were written and how many removed; rows that are equal count as neither. Call it in
    a transaction that holds the day's lock.
    """
    _stage(rows)
    of_the_day = {"settlement_date": settlement_date} | _columns_of(touched, "touched")
    merged = merge_date(EFFECTIVE_RECORDS, of_the_day | {"now": now})
    if merged.was_empty:
        return merged.rows_written, 0
    kept = [(row.settlement_period, row.bmu_id) for row in rows] + _corrected_keys(settlement_date)
    removed = execute_count(REMOVE_OTHERS, of_the_day | _columns_of(kept, "kept"))
    return merged.rows_written, removed


def _columns_of(keys: Collection[Key] | None, name: str) -> dict[str, Any]:
    """Keys as the arrays that a statement takes; nulls for none at all."""
    return {
        f"{name}_periods": None if keys is None else [period for period, _ in keys],
        f"{name}_bmu_ids": None if keys is None else [bmu_id for _, bmu_id in keys],
    }


def _stage(rows: list[UnitPeriod]) -> None:
    """Fills the transaction's `incoming_records` with a day's rows."""
    with connection.cursor() as cursor:
        cursor.execute(STAGING_TABLE)
        cursor.execute("TRUNCATE incoming_records")
        with timed(COPY_ROWS), cursor.copy(COPY_ROWS) as copy:
            for row in rows:
                copy.write_row(_as_tuple(row))


def _as_tuple(row: UnitPeriod) -> tuple[object, ...]:
    return (
        row.settlement_period,
        row.bmu_id,
        *(
            figure
            for f in (row.flagged, row.so, row.other)
            for figure in (f.mwh, f.payment_gbp, f.loss_adjusted_payment_gbp)
        ),
        row.original_price_gbp_per_mwh,
        row.final_price_gbp_per_mwh,
        row.transmission_loss_multiplier,
        row.so_flag,
        row.cadl_flag,
        row.lines_json,
    )


def _corrected_keys(settlement_date: date) -> list[Key]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT settlement_period, bmu_id FROM corrections"
            " WHERE settlement_date = %s AND withdrawn_at IS NULL",
            [settlement_date],
        )
        return cursor.fetchall()
