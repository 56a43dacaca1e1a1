"""Reports as JSON. Its shape is a contract with other people's tools: docs say it, tests pin it."""

from datetime import UTC, datetime
from typing import Any

from summaries.exact import plain
from summaries.reports.shapes import (
    FarmTotals,
    MinerTotals,
    PeriodRow,
    Report,
    TimeframeRow,
)
from summaries.timeframes import Kind

Json = dict[str, Any]


def report_as_json(report: Report) -> Json:
    """The report of a day, a month or a year; figures are texts with all their digits."""
    coverage, totals = report.coverage, report.totals
    return {
        "period": report.timeframe.text,
        "is_complete": coverage.is_complete,
        "is_provisional": coverage.is_provisional,
        "is_sample": coverage.is_sample,
        "has_corrections": totals.has_corrections,
        "definition": report.selection.definition.value,
        "settlement_periods": {
            "expected": coverage.periods_expected,
            "fetched": coverage.periods_fetched,
            "curtailed": totals.period_count,
        },
        "farm_count": totals.farm_count,
        "record_count": totals.record_count,
        **_figures(report.energy),
        "wind_generation_mwh": plain(totals.wind_generation_mwh),
        "curtailment_percent": plain(totals.curtailment_percent),
        "definitions": {
            definition.value: _figures(energy)
            for definition, energy in totals.by_definition.items()
        },
        "bitcoin": [_miner(miner) for miner in report.bitcoin],
        "farms": [_farm(farm) for farm in report.farms],
        **_breakdown(report),
    }


def format_instant(instant: datetime) -> str:
    """ISO 8601 in UTC, e.g. 2024-03-05T00:00:00Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _figures(row: Any) -> Json:
    return {"curtailed_mwh": plain(row.curtailed_mwh), "payment_gbp": plain(row.payment_gbp)}


def _miner(miner: MinerTotals) -> Json:
    return {
        "miner_model": miner.miner_model,
        "bitcoin_mined": plain(miner.bitcoin_mined),
        "value_gbp": plain(miner.value_gbp),
        "average_difficulty": plain(miner.average_difficulty),
    }


def _farm(farm: FarmTotals) -> Json:
    return {
        "farm": farm.bmu_id,
        "name": farm.name,
        "lead_party": farm.lead_party,
        **_figures(farm),
        "bitcoin_mined": plain(farm.bitcoin_mined),
    }


def _breakdown(report: Report) -> Json:
    if report.timeframe.kind is Kind.DAILY:
        return {"periods": [_period(period) for period in report.periods]}
    if report.timeframe.kind is Kind.MONTHLY:
        return {"days": [_part(day, "settlement_date") for day in report.parts]}
    return {"months": [_part(month, "month") for month in report.parts]}


def _period(period: PeriodRow) -> Json:
    return {
        "settlement_period": period.settlement_period,
        "starts_at": format_instant(period.starts_at),
        **_figures(period),
        "bitcoin_mined": plain(period.bitcoin_mined),
    }


def _part(part: TimeframeRow, name: str) -> Json:
    return {
        name: part.timeframe.text,
        "is_complete": part.is_complete,
        **_figures(part),
        "bitcoin_mined": plain(part.bitcoin_mined),
    }
