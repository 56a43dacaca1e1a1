"""Ways to damage the database, each by the check of `reconcile` that finds it."""

# Of the day that tests/summaries/test_reconcile.py stores: SP1 of T_SGRWO-1 is corrected, SP2 of
# T_SGRWO-2 is there by a correction only, and the correction of SP3 of T_MOWEO-1 is withdrawn.
RECORD = "UPDATE curtailment_records SET {} WHERE settlement_period = 2 AND bmu_id = 'T_SGRWO-1'"
LAID = "UPDATE curtailment_records SET {} WHERE settlement_period = 1 AND bmu_id = 'T_SGRWO-1'"
CALCULATION = (
    "UPDATE historical_bitcoin_calculations SET {}"
    " WHERE settlement_period = 2 AND bmu_id = 'T_SGRWO-1' AND miner_model_id = 'S21'"
)

DAMAGE = {
    "never ingested": ("missing", "DELETE FROM ingestion_progress"),
    "nothing stored": ("missing", "UPDATE ingestion_progress SET data_state = 'none'"),
    "too few periods": (
        "periods",
        "UPDATE ingestion_progress SET periods_expected = 46, periods_fetched = 46",
    ),
    "a running day that is over": (
        "periods",
        "UPDATE ingestion_progress SET data_state = 'running_day', periods_fetched = 40",
    ),
    "never made final": ("periods", "UPDATE ingestion_progress SET data_state = 'provisional'"),
    "a period that the day lacks": (
        "periods",
        "UPDATE curtailment_records SET settlement_period = 49 WHERE settlement_period = 48",
    ),
    "lines counted": ("ledger", "UPDATE ingestion_progress SET line_count = line_count + 1"),
    "records counted": ("ledger", "UPDATE ingestion_progress SET record_count = 0"),
    "published energy": ("ledger", "UPDATE ingestion_progress SET curtailed_mwh = 1"),
    "published payment": ("ledger", "UPDATE ingestion_progress SET payment_gbp = NULL"),
    "published energy of all": ("ledger", "UPDATE ingestion_progress SET all_mwh = 1"),
    "published payment of all": ("ledger", "UPDATE ingestion_progress SET all_payment_gbp = 1"),
    "digest": ("ledger", "UPDATE ingestion_progress SET digest = ''"),
    "a record lost": (
        "ledger",
        "DELETE FROM curtailment_records WHERE settlement_period = 2 AND bmu_id = 'T_SGRWO-1'",
    ),
    "evidence lost": ("evidence", RECORD.format("lines = '[]'")),
    "evidence that is none": ("evidence", RECORD.format("lines = '[{\"volume\": 1}]'")),
    "evidence without a price": (
        "evidence",
        RECORD.format("lines = jsonb_set(lines, '{0,originalPrice}', 'null')"),
    ),
    "evidence changed": (
        "evidence",
        RECORD.format("lines = jsonb_set(lines, '{0,volume}', '-1000.000000001')"),
    ),
    "published figures under a correction": (
        "evidence",
        LAID.format("published_payment_gbp = published_payment_gbp + 1"),
    ),
    "a correction's figures": ("corrections", LAID.format("curtailed_mwh = curtailed_mwh + 1")),
    "a correction's loss-adjusted payment": (
        "corrections",
        LAID.format("so_loss_adjusted_payment_gbp = 1"),
    ),
    "a correction not laid": (
        "corrections",
        LAID.format(
            "correction_id = NULL, published_curtailed_mwh = NULL, published_payment_gbp = NULL,"
            " published_so_mwh = NULL, published_so_payment_gbp = NULL,"
            " published_other_mwh = NULL, published_other_payment_gbp = NULL"
        ),
    ),
    "a withdrawn correction laid": (
        "corrections",
        (
            "UPDATE curtailment_records SET published_curtailed_mwh = curtailed_mwh,"
            " correction_id = (SELECT id FROM corrections WHERE withdrawn_at IS NOT NULL)"
            " WHERE settlement_period = 3 AND bmu_id = 'T_MOWEO-1'"
        ),
    ),
    "a correction's record lost": (
        "corrections",
        "DELETE FROM curtailment_records WHERE settlement_period = 2 AND bmu_id = 'T_SGRWO-2'",
    ),
    "wind output changed": (
        "wind generation",
        "UPDATE wind_generation_data SET offshore_mwh = 1 WHERE settlement_period = 5",
    ),
    "wind output lost": (
        "wind generation",
        "DELETE FROM wind_generation_data WHERE settlement_period = 5",
    ),
    "a calculation lost": (
        "calculations",
        (
            "DELETE FROM historical_bitcoin_calculations"
            " WHERE settlement_period = 2 AND miner_model_id = 'S21'"
        ),
    ),
    "an orphaned calculation": (
        "calculations",
        (
            "INSERT INTO historical_bitcoin_calculations"
            " (settlement_date, settlement_period, bmu_id, miner_model_id, calculated_at)"
            " VALUES ('2024-03-05', 9, 'T_SGRWO-1', 'S21', now())"
        ),
    ),
    "bitcoin of one record": ("bitcoin", CALCULATION.format("bitcoin_mined = bitcoin_mined * 2")),
    "bitcoin of the others": ("bitcoin", CALCULATION.format("other_bitcoin_mined = 1")),
    "difficulty": ("bitcoin", CALCULATION.format("difficulty = difficulty + 1")),
    "subsidy": ("bitcoin", CALCULATION.format("subsidy_btc = 3.125")),
    "bitcoin forgotten": (
        "bitcoin",
        CALCULATION.format(
            "bitcoin_mined = NULL, so_bitcoin_mined = NULL, other_bitcoin_mined = NULL,"
            " difficulty = NULL, subsidy_btc = NULL"
        ),
    ),
    "stale": (
        "stale",
        "UPDATE ingestion_progress SET stale_since = now(), stale_reason = 'A crash.'",
    ),
}
for name in ("curtailed_mwh", "other_payment_gbp", "so_loss_adjusted_payment_gbp"):
    DAMAGE[f"{name} of a record"] = ("evidence", RECORD.format(f"{name} = 1000"))
for name in ("original_price_gbp_per_mwh", "final_price_gbp_per_mwh"):
    DAMAGE[f"{name} of a record"] = ("evidence", RECORD.format(f"{name} = 7"))
DAMAGE["multiplier of a record"] = ("evidence", RECORD.format("transmission_loss_multiplier = 1"))
for name in ("so_flag", "cadl_flag"):
    DAMAGE[f"{name} of a record"] = ("evidence", RECORD.format(f"{name} = NOT {name}"))
