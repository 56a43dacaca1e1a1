"""Rebuilds summaries from records, by SQL: the only thing that writes them."""

from summaries.operations.days import rebuild_day
from summaries.operations.spans import rebuild_month, rebuild_year

__all__ = ["rebuild_day", "rebuild_month", "rebuild_year"]
