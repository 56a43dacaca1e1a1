"""The columns that the summaries of a day, a month and a year share, in the order of selects."""

FIGURES = (
    "curtailed_mwh",
    "payment_gbp",
    "loss_adjusted_payment_gbp",
    "so_mwh",
    "so_payment_gbp",
    "so_loss_adjusted_payment_gbp",
    "all_mwh",
    "all_payment_gbp",
    "all_loss_adjusted_payment_gbp",
)
COUNTS = (
    "farm_count",
    "so_farm_count",
    "all_farm_count",
    "record_count",
    "so_record_count",
    "all_record_count",
    "period_count",
    "so_period_count",
    "all_period_count",
)
COVERAGE = (
    "wind_generation_mwh",
    "curtailment_percent",
    "so_curtailment_percent",
    "all_curtailment_percent",
    "periods_expected",
    "periods_fetched",
    "is_complete",
    "is_provisional",
    "is_sample",
    "has_corrections",
)
DAY_COUNTS = (
    "days_expected",
    "day_count",
    "complete_day_count",
    "provisional_day_count",
    "sample_day_count",
)
BITCOIN_FIGURES = ("bitcoin_mined", "so_bitcoin_mined", "all_bitcoin_mined")
BITCOIN_VALUES = ("value_gbp", "so_value_gbp", "all_value_gbp")
DIFFICULTY_FIGURES = ("difficulty_mwh", "so_difficulty_mwh", "all_difficulty_mwh")
