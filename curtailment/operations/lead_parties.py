"""Which company ran a unit when a record was first stored, where a source knows it."""

from collections.abc import Mapping
from datetime import date, datetime

from curtailment.operations.staleness import mark_stale
from curtailment.sql import execute_count, expect_many_rows

LEAD_PARTIES = """
    WITH changed AS (
        UPDATE curtailment_records AS r
        SET lead_party_name = known.lead_party_name, updated_at = %(now)s
        FROM unnest(
            %(periods)s::smallint[], %(bmu_ids)s::varchar[], %(lead_parties)s::varchar[]
        ) AS known (settlement_period, bmu_id, lead_party_name)
        WHERE r.settlement_date = %(settlement_date)s
            AND r.settlement_period = known.settlement_period AND r.bmu_id = known.bmu_id
            AND r.lead_party_name <> known.lead_party_name
        RETURNING 1
    )
    SELECT count(*) FROM changed
"""


def name_lead_parties(
    settlement_date: date, names: Mapping[tuple[int, str], str], *, now: datetime
) -> int:
    """This will give records of a date, by period and unit, the lead party that they had.

    Returns how many it changed. Call it in a transaction that holds the day's lock.
    """
    expect_many_rows()
    changed = execute_count(
        LEAD_PARTIES,
        {
            "settlement_date": settlement_date,
            "now": now,
            "periods": [period for period, _ in names],
            "bmu_ids": [bmu_id for _, bmu_id in names],
            "lead_parties": list(names.values()),
        },
    )
    if changed:
        mark_stale([settlement_date], reason="Lead parties became known.", now=now)
    return changed
