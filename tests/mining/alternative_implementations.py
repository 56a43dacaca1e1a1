"""The same figures in slow, obvious Python."""

from datetime import date
from decimal import Decimal

from curtailment.models import CurtailmentRecord
from curtailment.settlement import SettlementPeriod
from mining.calculator import bitcoin_mined
from mining.models import BitcoinCalculation, DifficultyEpoch, MinerModel
from mining.protocol import SubsidyNotKnown, subsidy_btc

Row = tuple[Decimal | None, ...]


def recompute_day_naively(settlement_date: date) -> dict[tuple[int, str, str], Row]:
    """Bitcoin (flagged, so, other), difficulty and subsidy by period, unit and active miner."""
    epochs = list(DifficultyEpoch.objects.all())
    return {
        (record.settlement_period, record.bmu_id, miner.key): _row(record, miner, epochs)
        for record in CurtailmentRecord.objects.filter(settlement_date=settlement_date)
        for miner in MinerModel.objects.filter(active=True)
    }


def stored_day(settlement_date: date) -> dict[tuple[int, str, str], Row]:
    """What the database has of a date, in the same shape."""
    return {
        (row.settlement_period, row.bmu_id, row.miner_model_id): (
            row.bitcoin_mined,
            row.so_bitcoin_mined,
            row.other_bitcoin_mined,
            row.difficulty,
            row.subsidy_btc,
        )
        for row in BitcoinCalculation.objects.filter(settlement_date=settlement_date)
    }


def _row(record: CurtailmentRecord, miner: MinerModel, epochs: list[DifficultyEpoch]) -> Row:
    starts_at = SettlementPeriod(record.settlement_date, record.settlement_period).starts_at
    for epoch in epochs:
        if epoch.starts_at <= starts_at < epoch.known_until:
            try:
                subsidy = subsidy_btc(starts_at, epoch_height=epoch.height)
            except SubsidyNotKnown:
                break
            mined = [
                bitcoin_mined(
                    energy_mwh=energy_mwh,
                    hashrate_th_s=miner.hashrate_th_s,
                    power_w=miner.power_w,
                    difficulty=epoch.difficulty,
                    subsidy_btc=subsidy,
                )
                for energy_mwh in (record.curtailed_mwh, record.so_mwh, record.other_mwh)
            ]
            return (*mined, epoch.difficulty, subsidy)
    return (None, None, None, None, None)
