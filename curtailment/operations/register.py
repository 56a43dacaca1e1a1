"""The register of BM Units: what Elexon lists, and what settlement stacks show beyond it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from curtailment.models import BMUnit, IngestionProgress
from curtailment.sources import MalformedAnswer, RegisterEntry, SettlementSource
from curtailment.wind_units import farm_names

_BARE_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, kw_only=True)
class RegisterResult:
    """How many units the register listed; of them added, changed, unchanged, and held for wind."""

    added: int
    changed: int
    unchanged: int
    total: int
    wind: int


def sync_bmunits(source: SettlementSource, *, now: datetime) -> RegisterResult:
    """This will bring `bm_units` in step with a source's register, in one transaction.

    What staff set (`staff_is_wind`, `farm_name`) is never touched, and units that the register
    no longer lists are kept; their `last_seen_at` tells. Raises SourceError; MalformedAnswer for
    an empty register, which is an outage.
    """
    entries = source.bm_units()
    if not entries:
        raise MalformedAnswer("The register of BM Units came empty, and was left as it was.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql_for_taking_turns())
        parameters = _parameters(entries, now) | {"origin": _origin(source)}
        cursor.execute(sql_for_storing_the_register(), parameters)
        known, changed, total, wind = cursor.fetchone()
    return RegisterResult(
        added=total - known, changed=changed, unchanged=known - changed, total=total, wind=wind
    )


def record_unknown_units(ids: Iterable[str | None], *, now: datetime) -> list[str]:
    """This will add the units of a stack that `bm_units` lacks, to be classified by staff.

    Null, blank and bare-number ids are no units. Units that are there already stay as they are.
    Returns the ids that were added, in order.
    """
    units = sorted({bmu_id for bmu_id in ids if bmu_id is not None and _names_a_unit(bmu_id)})
    farms = farm_names()
    parameters: dict[str, Any] = {
        "ids": units,
        "farms": [farms.get(unit, "") for unit in units],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_for_adding_unknown_units(), parameters)
        return sorted(elexon_bmu_id for (elexon_bmu_id,) in cursor.fetchall())


def _origin(source: SettlementSource) -> str:
    is_sample = source.name == IngestionProgress.Source.SAMPLE
    return (BMUnit.Source.SAMPLE if is_sample else BMUnit.Source.REGISTER).value


def _names_a_unit(bmu_id: str) -> bool:
    return bool(bmu_id.strip()) and not _BARE_NUMBER.fullmatch(bmu_id.strip())


def _parameters(entries: list[RegisterEntry], now: datetime) -> dict[str, Any]:
    """The entries by column, sorted by id so that two writers lock rows in one order."""
    ordered = sorted(entries, key=lambda entry: entry.elexon_bmu_id)
    farms = farm_names()
    parameters: dict[str, Any] = {
        field: [getattr(entry, field) for entry in ordered]
        for field in RegisterEntry.__struct_fields__
    }
    parameters["farm_name"] = [farms.get(entry.elexon_bmu_id, "") for entry in ordered]
    parameters["now"] = now
    return parameters


def sql_for_taking_turns() -> str:
    """One synchronization at a time, so that each counts what it itself changed."""
    return "SELECT pg_advisory_xact_lock(hashtext('windfall.bm_units'))"


def sql_for_storing_the_register() -> str:
    """Adds or updates every listed unit; returns how many were known, changed, stored, are wind.

    All parts of the statement see `bm_units` as it was before. Every row is written, as each was
    seen now; a farm name is given to new units only. What Elexon's register said of a unit is
    not replaced by what the sample says.
    """
    return """
        WITH listed AS (
            SELECT *, upper(fuel_type) = 'WIND' AS register_is_wind
            FROM unnest(
                %(elexon_bmu_id)s::text[], %(national_grid_bmu_id)s::text[], %(name)s::text[],
                %(fuel_type)s::text[], %(lead_party_name)s::text[], %(lead_party_id)s::text[],
                %(bm_unit_type)s::text[], %(area)s::text[], %(capacity_mw)s::numeric[],
                %(farm_name)s::text[]
            ) AS t (
                elexon_bmu_id, national_grid_bmu_id, name, fuel_type, lead_party_name,
                lead_party_id, bm_unit_type, area, capacity_mw, farm_name
            )
        ),
        known AS (
            SELECT
                (u.national_grid_bmu_id, u.name, u.fuel_type, u.lead_party_name, u.lead_party_id,
                 u.bm_unit_type, u.area, u.capacity_mw, u.register_is_wind, u.source)
                IS DISTINCT FROM
                (l.national_grid_bmu_id, l.name, l.fuel_type, l.lead_party_name, l.lead_party_id,
                 l.bm_unit_type, l.area, l.capacity_mw, l.register_is_wind, %(origin)s)
                AS is_changed
            FROM listed l JOIN bm_units u USING (elexon_bmu_id)
        ),
        stored AS (
            INSERT INTO bm_units AS u (
                elexon_bmu_id, national_grid_bmu_id, name, fuel_type, lead_party_name,
                lead_party_id, bm_unit_type, area, capacity_mw, farm_name, register_is_wind,
                source, first_seen_at, last_seen_at)
            SELECT
                elexon_bmu_id, national_grid_bmu_id, name, fuel_type, lead_party_name,
                lead_party_id, bm_unit_type, area, capacity_mw, farm_name, register_is_wind,
                %(origin)s, %(now)s, %(now)s
            FROM listed ORDER BY elexon_bmu_id
            ON CONFLICT (elexon_bmu_id) DO UPDATE SET
                national_grid_bmu_id = excluded.national_grid_bmu_id,
                name = excluded.name,
                fuel_type = excluded.fuel_type,
                lead_party_name = excluded.lead_party_name,
                lead_party_id = excluded.lead_party_id,
                bm_unit_type = excluded.bm_unit_type,
                area = excluded.area,
                capacity_mw = excluded.capacity_mw,
                register_is_wind = excluded.register_is_wind,
                source = excluded.source,
                last_seen_at = greatest(u.last_seen_at, excluded.last_seen_at)
            WHERE u.source <> 'register' OR excluded.source = 'register'
            RETURNING is_wind
        )
        SELECT
            (SELECT count(*) FROM known),
            (SELECT count(*) FILTER (WHERE is_changed) FROM known),
            (SELECT count(*) FROM stored),
            (SELECT count(*) FILTER (WHERE is_wind) FROM stored)
    """


def sql_for_adding_unknown_units() -> str:
    """Adds the ids that are new, unclassified, and returns them."""
    return """
        INSERT INTO bm_units (
            elexon_bmu_id, national_grid_bmu_id, name, farm_name, fuel_type, lead_party_name,
            lead_party_id, bm_unit_type, area, source, first_seen_at, last_seen_at)
        SELECT id, '', '', farm, '', '', '', '', '', 'stack', %(now)s, %(now)s
        FROM unnest(%(ids)s::text[], %(farms)s::text[]) AS t (id, farm)
        ORDER BY id
        ON CONFLICT (elexon_bmu_id) DO NOTHING
        RETURNING elexon_bmu_id
    """
