"""A database that is damaged in each way that `reconcile` looks for: found, mended, clean."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from curtailment.models import Correction, IngestionProgress
from curtailment.operations import register
from mining.operations import load_embedded_epochs
from summaries.reconciling import reconcile, sources_with
from summaries.tasks import NotDone
from summaries.tasks import reconcile as reconcile_task
from tests.raw_sql import execute
from tests.stubs import server
from tests.stubs.elexon import make_day_lines, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.test_properties import figures

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
CORRECTED, ADDED, WITHDRAWN = (1, "T_SGRWO-1"), (2, "T_HOWAO-1"), (3, "T_MOWEO-1")
# The first periods only: what is true of them is true of the others.
STACKS = {number: make_day_lines(DAY, number) for number in (1, 2, 3, 48)}
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
        "UPDATE curtailment_records SET published_curtailed_mwh = curtailed_mwh,"
        " correction_id = (SELECT id FROM corrections WHERE withdrawn_at IS NOT NULL)"
        " WHERE settlement_period = 3 AND bmu_id = 'T_MOWEO-1'",
    ),
    "a correction's record lost": (
        "corrections",
        "DELETE FROM curtailment_records WHERE settlement_period = 2 AND bmu_id = 'T_HOWAO-1'",
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
        "DELETE FROM historical_bitcoin_calculations"
        " WHERE settlement_period = 2 AND miner_model_id = 'S21'",
    ),
    "an orphaned calculation": (
        "calculations",
        "INSERT INTO historical_bitcoin_calculations (settlement_date, settlement_period, bmu_id,"
        " miner_model_id, calculated_at) VALUES ('2024-03-05', 9, 'T_SGRWO-1', 'S21', now())",
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
    "a changed machine": ("bitcoin", "UPDATE miner_models SET power_w = 1 WHERE key = 'S9'"),
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

TABLES = {
    "slices": "farm_daily_summaries",
    "bitcoin slices": "bitcoin_farm_daily_summaries",
    "day": "daily_summaries",
    "bitcoin day": "bitcoin_daily_summaries",
    "month": "monthly_summaries",
    "bitcoin month": "bitcoin_monthly_summaries",
    "year": "yearly_summaries",
    "bitcoin year": "bitcoin_yearly_summaries",
}


@pytest.fixture
def source(db, elexon_stub, elexon_client, settings):
    """Elexon with a day, and a register that knows its units."""
    settings.ELEXON_BASE_URL = elexon_stub.url
    settings.ELEXON_REQUESTS_PER_MINUTE = 1_000_000
    register.sync_bmunits(elexon_client, now=timezone.now())
    load_embedded_epochs(now=timezone.now())
    elexon_stub.add_day(DAY, STACKS)
    return elexon_stub


@pytest.fixture
def stored(source):
    """That day stored, with a corrected record, an added one, and one whose correction is gone."""
    author = get_user_model()._default_manager.create(username="staff")
    gone = correct(author, WITHDRAWN, mwh=9)
    Correction.objects.filter(pk=gone.pk).update(
        withdrawn_by=author, withdrawn_at=timezone.now(), withdrawal_reason="A slip."
    )
    correct(author, CORRECTED, mwh=5)
    correct(author, ADDED, mwh=7)
    call_command("backfill", "--from", str(DAY), "--to", str(DAY), stdout=StringIO())
    return source


def correct(author, key, *, mwh):
    return Correction.objects.create(
        settlement_date=DAY,
        settlement_period=key[0],
        bmu_id=key[1],
        curtailed_mwh=mwh,
        payment_gbp=10 * mwh,
        so_mwh=mwh,
        so_payment_gbp=10 * mwh,
        other_mwh=0,
        other_payment_gbp=0,
        reason="The meter was wrong.",
        author=author,
    )


def run(*options, day=DAY):
    """The exit status of the command, and the table that it printed."""
    output = StringIO()
    try:
        call_command("reconcile", "--from", str(day), "--to", str(day), *options, stdout=output)
    except CommandError as error:
        return error.returncode, output.getvalue()
    return 0, output.getvalue()


def checks_in(table):
    """The checks that a table lists, by name."""
    rows = [line for line in table.splitlines() if line.startswith("20")]
    return {row[12:27].strip() for row in rows}


def everything():
    ledger = execute(
        "SELECT to_jsonb(p) - ARRAY['revision', 'attempts', 'fetched_at', 'fetch_started_at',"
        " 'attempt_started_at', 'attempt_ended_at', 'wind_generation_fetched_at']"
        " FROM ingestion_progress AS p"
    )
    return ledger, figures()


def assert_mended(before, *, check):
    status, table = run()
    assert (status, check in checks_in(table)) == (1, True), table
    status, table = run("--fix")
    assert status == 0, table
    assert "mended" in checks_in(table)
    assert everything() == before
    assert run() == (0, f"{HEADER}\nDays: 1 ok, 0 mended, 0 with differences (0).\n")
    assert_summaries_equal_naive_sums()


HEADER = "day         check            difference"


def test_a_day_as_it_should_be_is_one_line(stored):
    before = everything()
    assert run() == (0, f"{HEADER}\nDays: 1 ok, 0 mended, 0 with differences (0).\n")
    assert everything() == before


@pytest.mark.parametrize(("check", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_found_and_mended(stored, check, damage):
    before = everything()
    execute(damage)
    if "miner_models" in damage:
        assert check in checks_in(run()[1])
        assert run("--fix")[0] == run()[0] == 0
        return
    assert_mended(before, check=check)
