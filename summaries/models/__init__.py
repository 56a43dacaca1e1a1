"""Totals, rebuilt from records by SQL: never typed in and never edited. And what was told."""

from summaries.models.bitcoin import (
    BitcoinDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
)
from summaries.models.energy import DailySummary, MonthlySummary, YearlySummary
from summaries.models.farms import BitcoinFarmDailySummary, FarmDailySummary
from summaries.models.notifications import Notification

__all__ = [
    "BitcoinDailySummary",
    "BitcoinFarmDailySummary",
    "BitcoinMonthlySummary",
    "BitcoinYearlySummary",
    "DailySummary",
    "FarmDailySummary",
    "MonthlySummary",
    "Notification",
    "YearlySummary",
]
