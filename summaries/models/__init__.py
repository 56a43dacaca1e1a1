"""Totals, rebuilt from records by SQL, never typed in; what operators were told; one switch."""

from summaries.models.bitcoin import (
    BitcoinDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
)
from summaries.models.energy import DailySummary, MonthlySummary, YearlySummary
from summaries.models.farms import BitcoinFarmDailySummary, FarmDailySummary
from summaries.models.notifications import Notification
from summaries.models.switch import ScheduledFetching

__all__ = [
    "BitcoinDailySummary",
    "BitcoinFarmDailySummary",
    "BitcoinMonthlySummary",
    "BitcoinYearlySummary",
    "DailySummary",
    "FarmDailySummary",
    "MonthlySummary",
    "Notification",
    "ScheduledFetching",
    "YearlySummary",
]
