"""The register of BM Units."""

import re
from decimal import Decimal
from typing import Any

import msgspec

from curtailment.elexon.decoding import (
    check_id,
    check_number,
    convert,
    rows_of,
)
from curtailment.elexon.faults import RefusedAnswer, shown
from curtailment.sources import LONGEST_NAME, RegisterEntry

LARGEST_CAPACITY_MW = 1_000_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class _Row(msgspec.Struct, rename="camel"):
    # Which unit it is and whether it is wind must be said, though it may be null.
    elexon_bm_unit: str | None
    fuel_type: str | None
    national_grid_bm_unit: str | None = None
    bm_unit_name: str | None = None
    lead_party_name: str | None = None
    lead_party_id: str | None = None
    bm_unit_type: str | None = None
    gsp_group_name: str | None = None
    gsp_group_id: str | None = None
    generation_capacity: str | None = None


def register_entries(payload: Any) -> list[RegisterEntry]:
    """The units of the register, each once, in the register's order. Raises RefusedAnswer.

    Rows without an Elexon id are dropped. Of several rows of one unit the one with a fuel type
    counts, then the one with a capacity, then the one whose texts sort last: whatever the order.
    """
    for raw in rows_of(payload):
        if type(raw.get("generationCapacity")) in (int, Decimal):
            raw["generationCapacity"] = str(raw["generationCapacity"])
    entries: dict[str, RegisterEntry] = {}
    for position, row in enumerate(convert(payload, list[_Row])):
        if (row.elexon_bm_unit or "").strip():
            entry = _entry(row, f"[{position}]")
            known = entries.get(entry.elexon_bmu_id, entry)
            entries[entry.elexon_bmu_id] = max(known, entry, key=_preference)
    return list(entries.values())


def _entry(row: _Row, place: str) -> RegisterEntry:
    elexon_bmu_id = (row.elexon_bm_unit or "").strip()
    check_id(elexon_bmu_id, place=f"{place}.elexonBmUnit")
    return RegisterEntry(
        elexon_bmu_id=elexon_bmu_id,
        national_grid_bmu_id=_text(row.national_grid_bm_unit, f"{place}.nationalGridBmUnit"),
        name=_text(row.bm_unit_name, f"{place}.bmUnitName"),
        fuel_type=_text(row.fuel_type, f"{place}.fuelType"),
        lead_party_name=_text(row.lead_party_name, f"{place}.leadPartyName"),
        lead_party_id=_text(row.lead_party_id, f"{place}.leadPartyId"),
        bm_unit_type=_text(row.bm_unit_type, f"{place}.bmUnitType"),
        area=_text(row.gsp_group_name, f"{place}.gspGroupName")
        or _text(row.gsp_group_id, f"{place}.gspGroupId"),
        capacity_mw=_capacity_mw(row.generation_capacity, f"{place}.generationCapacity"),
    )


def _text(value: str | None, place: str) -> str:
    """A text in single spaces, without control characters, which the database would refuse."""
    text = " ".join(_CONTROL.sub(" ", value or "").split())
    if len(text) > LONGEST_NAME:
        raise RefusedAnswer(
            f"{place}: expected at most {LONGEST_NAME} characters, got {len(text):,}"
        )
    return text


def _capacity_mw(text: str | None, place: str) -> Decimal | None:
    """The capacity that a text says; none of an empty one, and never none of an unreadable one."""
    number = (text or "").strip()
    if not number:
        return None
    if not _NUMBER.fullmatch(number):
        raise RefusedAnswer(f"{place}: expected a number of MW, got {shown(repr(text))}")
    capacity_mw = Decimal(number)
    check_number(capacity_mw, place=place, largest=LARGEST_CAPACITY_MW, unit="MW")
    return capacity_mw


def _preference(entry: RegisterEntry) -> tuple[bool, bool, tuple[str, ...]]:
    texts = tuple(str(value) for value in msgspec.structs.astuple(entry))
    return bool(entry.fuel_type), entry.capacity_mw is not None, texts
