"""What report pages read: summaries, slices, the ledger, and the half-hours of one day."""
