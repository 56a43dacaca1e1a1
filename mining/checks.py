"""Whether a date's bitcoin is there for every record, and right; nothing is changed."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from curtailment.checks import Finding, Remedy, found
from curtailment.settlement import day_ends_at, day_starts_at, iter_periods
from curtailment.sql import fetch_rows
from mining.calculator import bitcoin_mined
from mining.models import DifficultyEpoch, MinerModel
from mining.protocol import subsidy_btc, subsidy_is_known

# By miner model, what is there of one kind only: a record without its calculation, or the other
# way round. A model that is not active may keep what was calculated of a record.
UNPAIRED_CALCULATIONS = """
    WITH wanted AS (
        SELECT r.settlement_period, r.bmu_id, m.key AS miner_model_id
        FROM curtailment_records AS r
        CROSS JOIN miner_models AS m
        WHERE r.settlement_date = %(settlement_date)s AND m.active
    ), calculated AS (
        SELECT settlement_period, bmu_id, miner_model_id FROM historical_bitcoin_calculations
        WHERE settlement_date = %(settlement_date)s
    ), record AS (
        SELECT settlement_period, bmu_id FROM curtailment_records
        WHERE settlement_date = %(settlement_date)s
    )
    SELECT w.*, true AS is_missing FROM wanted AS w LEFT JOIN calculated AS c
        USING (settlement_period, bmu_id, miner_model_id)
    WHERE c.bmu_id IS NULL
    UNION ALL
    SELECT c.*, false FROM calculated AS c LEFT JOIN record AS r USING (settlement_period, bmu_id)
    WHERE r.bmu_id IS NULL
    ORDER BY 1, 2, 3
"""

CALCULATIONS = """
    SELECT
        c.settlement_period, c.bmu_id, c.miner_model_id, c.difficulty, c.subsidy_btc,
        c.bitcoin_mined, c.so_bitcoin_mined, c.other_bitcoin_mined,
        r.curtailed_mwh, r.so_mwh, r.other_mwh
    FROM historical_bitcoin_calculations AS c
    JOIN curtailment_records AS r USING (settlement_date, settlement_period, bmu_id)
    WHERE c.settlement_date = %(settlement_date)s AND r.settlement_date = %(settlement_date)s
    ORDER BY 1, 2, 3
"""

BITCOIN_OF_ENERGY = (
    ("bitcoin_mined", "curtailed_mwh"),
    ("so_bitcoin_mined", "so_mwh"),
    ("other_bitcoin_mined", "other_mwh"),
)


class Earning(NamedTuple):
    """What mining earned in a period; both null where it is not known."""

    difficulty: Decimal | None
    subsidy_btc: Decimal | None


NOT_KNOWN = Earning(None, None)
Mine = Callable[[str, int, Decimal], Decimal | None]


def check_calculations(settlement_date: date) -> list[Finding]:
    """Every record has the bitcoin of every active miner model, and no bitcoin lacks its record."""
    rows = fetch_rows(UNPAIRED_CALCULATIONS, {"settlement_date": settlement_date})
    differences = [
        f"{_name(row)} {'is not calculated' if row['is_missing'] else 'has no record'}"
        for row in rows
    ]
    return found(settlement_date, "calculations", differences, Remedy.RECALCULATE)


def check_bitcoin(settlement_date: date) -> list[Finding]:
    """Bitcoin, difficulty and subsidy of every calculation are what the formula gives.

    So the bitcoin of a MWh is the same in all records of a period and miner model.
    """
    earnings = _earnings(settlement_date)
    mine = _miner_of(earnings)
    differences = [
        f"{_name(row)} {difference}"
        for row in fetch_rows(CALCULATIONS, {"settlement_date": settlement_date})
        for difference in _differences(row, earnings, mine)
    ]
    return found(settlement_date, "bitcoin", differences, Remedy.RECALCULATE)


def _differences(row: dict[str, Any], earnings: dict[int, Earning], mine: Mine) -> Iterator[str]:
    period, miner_key = row["settlement_period"], row["miner_model_id"]
    expected = earnings.get(period, NOT_KNOWN)._asdict()
    expected |= {name: mine(miner_key, period, row[energy]) for name, energy in BITCOIN_OF_ENERGY}
    for name, figure in expected.items():
        if row[name] != figure:
            yield f"{name} is {row[name]}, the formula gives {figure}"


def _miner_of(earnings: dict[int, Earning]) -> Mine:
    """The bitcoin of a miner model, period and energy, each computed once."""
    miners = MinerModel.objects.in_bulk()

    @cache
    def mine(miner_key: str, period: int, energy_mwh: Decimal) -> Decimal | None:
        difficulty, subsidy = earnings.get(period, NOT_KNOWN)
        if difficulty is None or subsidy is None:
            return None
        return bitcoin_mined(
            energy_mwh=energy_mwh,
            hashrate_th_s=miners[miner_key].hashrate_th_s,
            power_w=miners[miner_key].power_w,
            difficulty=difficulty,
            subsidy_btc=subsidy,
        )

    return mine


def _earnings(settlement_date: date) -> dict[int, Earning]:
    """Difficulty and subsidy of the periods of a date that are known."""
    epochs = list(
        DifficultyEpoch.objects.filter(
            starts_at__lt=day_ends_at(settlement_date),
            known_until__gt=day_starts_at(settlement_date),
        )
    )
    return {
        period.number: Earning(
            epoch.difficulty, subsidy_btc(period.starts_at, epoch_height=epoch.height)
        )
        for period in iter_periods(settlement_date)
        for epoch in epochs
        if epoch.starts_at <= period.starts_at < epoch.known_until
        and subsidy_is_known(epoch_height=epoch.height)
    }


def _name(row: dict[str, Any]) -> str:
    return f"SP{row['settlement_period']} {row['bmu_id']} {row['miner_model_id']}"
