"""What changes the tables of this app, one public operation a file."""

from curtailment.operations.staleness import clear_stale, mark_stale

__all__ = ["clear_stale", "mark_stale"]
