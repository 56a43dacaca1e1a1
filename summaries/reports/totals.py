"""Totals of a timeframe: from its summary, or from the days of the selected units."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from curtailment.definitions import Definition
from summaries.columns import pick
from summaries.exact import add, divide, multiply
from summaries.queries.choices import Choices
from summaries.reports.shapes import Energy, FarmTotals, MinerTotals, Totals
from summaries.selection import Selection

Row = Mapping[str, Any]

NOTHING_KNOWN = Totals(
    by_definition={definition: Energy(None, None) for definition in Definition},
    farm_count=None,
    record_count=None,
    period_count=None,
    wind_generation_mwh=None,
    curtailment_percent=None,
    has_corrections=False,
)


def energy_of(row: Row, definition: Definition) -> Energy:
    """The energy and payment of a row under a definition."""
    return Energy(pick(row, definition, "curtailed_mwh"), pick(row, definition, "payment_gbp"))


def totals_of_summary(row: Row, definition: Definition) -> Totals:
    """The totals of a summary row; counts and share under a definition."""
    return Totals(
        by_definition={each: energy_of(row, each) for each in Definition},
        farm_count=pick(row, definition, "farm_count"),
        record_count=pick(row, definition, "record_count"),
        period_count=pick(row, definition, "period_count"),
        wind_generation_mwh=row["wind_generation_mwh"],
        curtailment_percent=pick(row, definition, "curtailment_percent"),
        has_corrections=row["has_corrections"],
    )


def totals_of_days(days: Iterable[Row], definition: Definition, *, farm_count: int) -> Totals:
    """The totals of selected units; the country's wind generation is none of theirs."""
    days = list(days)
    return Totals(
        by_definition={each: _sum_energy(days, each) for each in Definition},
        farm_count=farm_count,
        record_count=sum(pick(day, definition, "record_count") for day in days),
        period_count=sum(pick(day, definition, "period_count") for day in days),
        wind_generation_mwh=None,
        curtailment_percent=None,
        has_corrections=any(day["has_corrections"] for day in days),
    )


def _sum_energy(days: list[Row], definition: Definition) -> Energy:
    energies = [energy_of(day, definition) for day in days]
    return Energy(
        curtailed_mwh=add(energy.curtailed_mwh for energy in energies),
        payment_gbp=add(energy.payment_gbp for energy in energies),
    )


def miners_of_summary(
    rows: Mapping[str, Row], choices: Choices, definition: Definition, *, mwh: Decimal | None
) -> tuple[MinerTotals, ...]:
    """Every active miner model's bitcoin from the summary rows; null where there is no row."""

    def figure(key: str, name: str) -> Decimal | None:
        return pick(rows[key], definition, name) if key in rows else None

    return tuple(
        MinerTotals(
            miner_model=miner.key,
            name=miner.name,
            bitcoin_mined=figure(miner.key, "bitcoin_mined"),
            value_gbp=figure(miner.key, "value_gbp"),
            average_difficulty=divide(figure(miner.key, "difficulty_mwh"), mwh),
        )
        for miner in choices.miners
    )


def miners_of_days(
    rows: Iterable[Row], choices: Choices, definition: Definition, *, mwh: Decimal | None
) -> tuple[MinerTotals, ...]:
    """Every active miner model's bitcoin from the days of selected units."""
    by_miner: dict[str, list[Row]] = {miner.key: [] for miner in choices.miners}
    for row in rows:
        by_miner[row["miner_model_id"]].append(row)

    def total(key: str, name: str) -> Decimal | None:
        return add(pick(row, definition, name) for row in by_miner[key])

    return tuple(
        MinerTotals(
            miner_model=miner.key,
            name=miner.name,
            bitcoin_mined=total(miner.key, "bitcoin_mined"),
            value_gbp=add(
                multiply(pick(row, definition, "bitcoin_mined"), row["price_gbp"])
                for row in by_miner[miner.key]
            ),
            average_difficulty=divide(total(miner.key, "difficulty_mwh"), mwh),
        )
        for miner in choices.miners
    )


def farms_of(rows: Iterable[Row], selection: Selection) -> tuple[FarmTotals, ...]:
    """The units with curtailed energy under the definition, the largest first."""
    definition = selection.definition
    farms = [
        FarmTotals(
            bmu_id=row["bmu_id"],
            name=row["name"] or row["bmu_id"],
            farm_name=row["farm_name"],
            lead_party=row["lead_party"],
            curtailed_mwh=pick(row, definition, "curtailed_mwh"),
            payment_gbp=pick(row, definition, "payment_gbp"),
            bitcoin_mined=pick(row, definition, "bitcoin_mined"),
        )
        for row in rows
        if pick(row, definition, "curtailed_mwh") > 0
    ]
    farms.sort(key=lambda farm: farm.bmu_id)
    return tuple(sorted(farms, key=lambda farm: farm.curtailed_mwh, reverse=True))
