"""Totals, rebuilt from records by SQL: never typed in and never edited."""

from summaries.models.bitcoin import (
    BitcoinDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
)
from summaries.models.energy import DailySummary, MonthlySummary, YearlySummary
from summaries.models.farms import BitcoinFarmDailySummary, FarmDailySummary

__all__ = [
    "BitcoinDailySummary",
    "BitcoinFarmDailySummary",
    "BitcoinMonthlySummary",
    "BitcoinYearlySummary",
    "DailySummary",
    "FarmDailySummary",
    "MonthlySummary",
    "YearlySummary",
]
