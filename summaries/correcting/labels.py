"""What pages call the six figures of a record, and those of summaries."""

FIGURE_LABELS = {
    "curtailed_mwh": "Flagged energy (MWh)",
    "payment_gbp": "Flagged payment (GBP)",
    "so_mwh": "Of it by the system operator's flag: energy (MWh)",
    "so_payment_gbp": "Of it by the system operator's flag: payment (GBP)",
    "other_mwh": "Unflagged energy (MWh)",
    "other_payment_gbp": "Unflagged payment (GBP)",
}
ENERGY_LABELS = {
    "curtailed_mwh": "Flagged (MWh)",
    "payment_gbp": "Flagged (GBP)",
    "so_mwh": "System operator (MWh)",
    "so_payment_gbp": "System operator (GBP)",
    "all_mwh": "All bids (MWh)",
    "all_payment_gbp": "All bids (GBP)",
    "curtailment_percent": "Curtailment share, flagged (%)",
    "farm_count": "BM Units with flagged curtailment",
    "record_count": "Records with flagged curtailment",
}
BITCOIN_LABELS = {
    "bitcoin_mined": "flagged (BTC)",
    "so_bitcoin_mined": "system operator (BTC)",
    "all_bitcoin_mined": "all bids (BTC)",
    "value_gbp": "flagged, value (GBP)",
}
