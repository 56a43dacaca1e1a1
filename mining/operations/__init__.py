"""What changes the tables of this app."""

from mining.operations.calculation import CalculationResult, calculate_day
from mining.operations.epochs import load_embedded_epochs
from mining.operations.miners import recalculate_for
from mining.operations.network import NetworkResult, sync_network
from mining.operations.prices import load_sample_prices

__all__ = [
    "CalculationResult",
    "NetworkResult",
    "calculate_day",
    "load_embedded_epochs",
    "load_sample_prices",
    "recalculate_for",
    "sync_network",
]
