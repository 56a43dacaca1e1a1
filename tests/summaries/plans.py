"""Years of rows in every big table, and which relations and indexes the plans of pages read."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from config.queries.explaining import explain
from config.queries.recording import recorded_queries
from curtailment.partitions import ensure_partitions
from summaries.explaining import HAS_A_PLAN

YEARS = (2022, 2023, 2024)
# Large enough that the planner chooses as it would with more: units, days of records, periods.
SQL_FOR_YEARS = (
    """
    INSERT INTO bm_units (elexon_bmu_id, national_grid_bmu_id, name, farm_name, fuel_type,
        lead_party_name, lead_party_id, bm_unit_type, area, source, register_is_wind,
        first_seen_at, last_seen_at)
    SELECT 'T_PLAN-' || n, '', 'Unit ' || n, '', '', 'Company ' || n, '', '', '', 'register',
        true, now(), now()
    FROM generate_series(1, 20) n
    """,
    """
    INSERT INTO ingestion_progress (settlement_date, data_state, attempt_state, source,
        periods_expected, periods_fetched, line_count, record_count, digest, attempts, error,
        verification, stale_reason, refetch_reason, revision)
    SELECT day, 'final', 'ok', 'elexon', 48, 48, 0, 0, '', 1, '', '', '', '', 1
    FROM generate_series(date '2022-01-01', date '2024-12-31', '1 day') day
    """,
    """
    INSERT INTO curtailment_records (settlement_date, settlement_period, bmu_id,
        lead_party_name, curtailed_mwh, payment_gbp, so_mwh, so_payment_gbp, other_mwh,
        other_payment_gbp, so_flag, cadl_flag, lines, created_at, updated_at)
    SELECT day, period, 'T_PLAN-' || n, 'Company ' || n, 10, 700, 10, 700, 0, 0, true, false,
        '[]', now(), now()
    FROM generate_series(date '2022-01-05', date '2024-12-31', '20 days') day,
        generate_series(1, 48, 2) period, generate_series(1, 20) n
    """,
    """
    INSERT INTO historical_bitcoin_calculations (settlement_date, settlement_period, bmu_id,
        miner_model_id, bitcoin_mined, so_bitcoin_mined, other_bitcoin_mined, difficulty,
        subsidy_btc, calculated_at)
    SELECT settlement_date, settlement_period, bmu_id, 'S19J_PRO', 1, 1, 0, 1, 3.125, now()
    FROM curtailment_records
    """,
    """
    INSERT INTO farm_daily_summaries (settlement_date, bmu_id, lead_party_name, curtailed_mwh,
        payment_gbp, so_mwh, so_payment_gbp, all_mwh, all_payment_gbp, period_bitmap,
        so_period_bitmap, all_period_bitmap, has_corrections)
    SELECT day, 'T_PLAN-' || n, 'Company ' || n, 10, 700, 10, 700, 10, 700, 1, 1, 1, false
    FROM generate_series(date '2022-01-01', date '2024-12-31', '1 day') day,
        generate_series(1, 20) n
    """,
    """
    INSERT INTO bitcoin_farm_daily_summaries (settlement_date, bmu_id, miner_model_id,
        bitcoin_mined)
    SELECT settlement_date, bmu_id, key, 1
    FROM farm_daily_summaries, miner_models WHERE key IN ('S19J_PRO', 'S9')
    """,
    """
    INSERT INTO daily_summaries (settlement_date, curtailed_mwh, payment_gbp, so_mwh,
        so_payment_gbp, all_mwh, all_payment_gbp, farm_count, so_farm_count, all_farm_count,
        record_count, so_record_count, all_record_count, period_count, so_period_count,
        all_period_count, periods_expected, periods_fetched, is_complete, is_provisional,
        is_sample, has_corrections, revision)
    SELECT settlement_date, 400, 28000, 400, 28000, 400, 28000, 40, 40, 40, 40, 40, 40, 1, 1, 1,
        48, 48, true, false, false, false, 1
    FROM ingestion_progress
    """,
    "ANALYZE",
)


def store_years() -> None:
    """Records every twentieth day of three years, slices and summaries of every day."""
    ensure_partitions(list(YEARS))
    with connection.cursor() as cursor:
        for statement in SQL_FOR_YEARS:
            cursor.execute(statement)


def nodes_of(address: str, client: Any) -> list[dict[str, Any]]:
    """The parts of the plans of a page's queries that were executed, in no order."""
    with recorded_queries() as queries:
        response = client.get(address)
    assert response.status_code == 200, address
    return [
        node
        for query in queries
        if HAS_A_PLAN.match(str(query.sql))
        for plan in explain(query.sql, query.params)
        for node in _walk(plan["Plan"])
    ]


def partitions_read(nodes: list[dict[str, Any]]) -> set[str]:
    """The partitions of the big tables that were read."""
    name = re.compile(r"(curtailment_records|historical_bitcoin_calculations)_(\d{4}|default)")
    read = {node["Relation Name"] for node in nodes if "Relation Name" in node}
    return {relation for relation in read if name.fullmatch(relation)}


def read_whole(nodes: list[dict[str, Any]]) -> set[str]:
    """The tables that were read from the first row to the last."""
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}


def indexes_used(nodes: list[dict[str, Any]]) -> set[str]:
    """The indexes that were used; of a partition's its table's."""
    used = {node["Index Name"] for node in nodes if "Index Name" in node}
    with connection.cursor() as cursor:
        cursor.execute(sql_for_parents(), [list(used)])
        parents = dict(cursor.fetchall())
    return {parents.get(name, name) for name in used}


def sql_for_parents() -> str:
    """Indexes of partitions, and the indexes of their tables that they are parts of."""
    return """
        SELECT part.relname::text, whole.relname::text
        FROM pg_inherits
        JOIN pg_class AS part ON part.oid = inhrelid
        JOIN pg_class AS whole ON whole.oid = inhparent
        WHERE part.relname = ANY(%s) AND part.relkind = 'i'
    """


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node.get("Actual Loops", 1):
        yield node
        for part in node.get("Plans", ()):
            yield from _walk(part)
