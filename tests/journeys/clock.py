"""The time at which journeys happen."""

from datetime import UTC, datetime

NOW = datetime(2025, 1, 20, 9, tzinfo=UTC)
