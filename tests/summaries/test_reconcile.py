"""A database that is damaged in each way that `reconcile` looks for: found, mended, clean."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from curtailment.elexon import ElexonClient, RetryPolicy
from curtailment.models import Correction, CurtailmentRecord, IngestionProgress
from curtailment.operations import register
from curtailment.sample import SampleSource
from mining.operations import load_embedded_epochs, load_sample_prices
from summaries.checks import check_day, check_month, check_year
from summaries.models import DailySummary
from summaries.pipeline import finish_day, refresh_day
from summaries.reconciling import NOT_TRIED, reconcile, sources_with
from summaries.tasks import NotDone, reconcile_and_fix
from tests.raw_sql import columns, execute, insert, type_of
from tests.stubs import server
from tests.stubs.elexon import make_day_lines, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.damage import DAMAGE, RECORD
from tests.summaries.test_properties import figures, undone

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
MORNING = datetime(2024, 3, 5, 9, 10, tzinfo=UTC)
CORRECTED, ADDED, WITHDRAWN = (1, "T_SGRWO-1"), (2, "T_SGRWO-2"), (3, "T_MOWEO-1")
# The first periods only: what is true of them is true of the others.
STACKS = {number: make_day_lines(DAY, number) for number in (1, 2, 3, 48)}
HEADER = "day         check            difference"
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
def stored(source, elexon_client):
    """That day stored, with a corrected record, an added one, and one whose correction is gone."""
    author = get_user_model()._default_manager.create(username="staff")
    gone = correct(author, WITHDRAWN, mwh=9)
    Correction.objects.filter(pk=gone.pk).update(
        withdrawn_by=author, withdrawn_at=timezone.now(), withdrawal_reason="A slip."
    )
    correct(author, CORRECTED, mwh=5)
    correct(author, ADDED, mwh=7)
    with ThreadPoolExecutor(8) as executor:
        refreshed = refresh_day(DAY, source=elexon_client, executor=executor, clock=timezone.now)
    assert refreshed.is_ok
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


def reconcile_day(client, *, day=DAY, fix=False):
    """What `reconcile` finds with a client that does not wait long, by check, in words."""
    result = reconcile(day, day, sources=sources_with(client), clock=timezone.now, fix=fix)
    return {finding.check: finding.sentence for finding in result.remaining}


def checks_in(table):
    """The checks that a table lists, by name."""
    rows = [line for line in table.splitlines() if line.startswith("20")]
    return {row[12:27].strip() for row in rows}


def everything():
    """Figures and ledger, but for times and numbers of tries."""
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


def test_a_day_as_it_should_be_is_one_line(stored):
    before = everything()
    assert run() == (0, f"{HEADER}\nDays: 1 ok, 0 mended, 0 with differences (0).\n")
    assert everything() == before


@pytest.mark.parametrize(("check", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_found_and_mended(stored, check, damage):
    before = everything()
    execute(damage)
    assert_mended(before, check=check)


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("bitcoin", "UPDATE miner_models SET power_w = power_w + 1 WHERE key = 'S9'"),
        ("calculations", "INSERT INTO miner_models VALUES ('NEW', 'New', 100, 3000, NULL, true)"),
        ("bitcoin", "UPDATE difficulty_epochs SET difficulty = difficulty + 1"),
        (
            "bitcoin day",
            (
                "INSERT INTO bitcoin_prices (date, price_gbp, quoted_at, source)"
                " VALUES ('2024-03-05', 50000, now(), 'node')"
            ),
        ),
    ],
)
def test_what_did_not_follow_a_change_is_found_and_recalculated(stored, check, change):
    execute(change)
    assert check in checks_in(run()[1])
    assert run("--fix")[0] == run()[0] == 0
    assert_summaries_equal_naive_sums()


def test_bitcoin_of_a_model_that_is_no_longer_active_is_not_missed(stored):
    execute("UPDATE miner_models SET active = false WHERE key = 'S9'")
    execute("DELETE FROM historical_bitcoin_calculations WHERE miner_model_id = 'S9'")
    assert "calculations" not in checks_in(run()[1])
    assert run("--fix")[0] == run()[0] == 0


def test_wind_output_of_a_period_that_the_day_lacks_stays_listed(stored):
    insert("wind_generation_data", settlement_date=DAY, settlement_period=49)
    status, table = run("--fix")
    assert (status, "wind generation" in checks_in(table)) == (1, True)
    assert "SP49 is stored, which the day lacks" in table


@pytest.mark.parametrize(("check", "table"), TABLES.items(), ids=TABLES)
def test_a_lost_summary_is_found_and_mended(stored, check, table):
    before = everything()
    execute(f"DELETE FROM {table}")
    assert_mended(before, check=check)


def test_every_column_of_every_summary_is_compared(stored):
    for check, table in TABLES.items():
        for name in compared_columns(table):
            with undone():
                execute(f"UPDATE {table} SET {name}")
                found = check_day(DAY) + check_month(DAY) + check_year(DAY)
            assert check in {finding.check for finding in found}, name


def compared_columns(table):
    """What changes each column that is a figure: all but keys, names and revisions."""
    for name, field in columns(table).items():
        if type_of(field) == "boolean":
            yield f"{name} = NOT {name}"
        elif type_of(field) in ("numeric", "integer", "bigint") and name not in ("id", "revision"):
            yield f"{name} = COALESCE({name}, 0) + 1"


def test_a_summary_without_data_is_found_and_removed(stored, elexon_client):
    before = everything()
    for table, key in (("daily", "settlement_date"), ("monthly", "month"), ("yearly", "year")):
        other = "2023" if key == "year" else "date '2023-02-01'"
        row = f"jsonb_populate_record(t, jsonb_build_object('{key}', {other}))"
        execute(f"INSERT INTO {table}_summaries SELECT ({row}).* FROM {table}_summaries AS t")
    status, table = run(day=date(2023, 2, 1))
    assert (status, checks_in(table)) == (1, {"missing", "day", "bitcoin day", "month", "year"})
    stored.fail("2023-02-01", server.status(500))
    assert "repair" in reconcile_day(elexon_client, day=date(2023, 2, 1), fix=True)
    stored.mend()
    IngestionProgress.objects.filter(pk=date(2023, 2, 1)).delete()
    finish_day(date(2023, 2, 1), now=timezone.now())
    assert everything() == before


def test_rows_in_a_default_partition_are_found_and_moved(stored):
    before = everything()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("curtailment_records", "historical_bitcoin_calculations"):
        execute(f"ALTER TABLE {table} DETACH PARTITION {table}_2024")
        execute(f"INSERT INTO {table} SELECT * FROM {table}_2024")
        execute(f"DROP TABLE {table}_2024")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert_mended(before, check="partitions")


def test_an_answer_that_changed_is_found_and_stored_under_the_corrections(stored):
    stored.set_stack(DAY, 1, "bid", [make_line(DAY, 1, volume="-100.5", price="-1")])
    status, table = run()
    assert (status, checks_in(table)) == (1, {"answer"})
    assert "the source now has" in table
    assert run("--fix")[0] == run()[0] == 0
    record = CurtailmentRecord.objects.get(settlement_period=1)
    assert (record.curtailed_mwh, record.published_curtailed_mwh) == (5, Decimal("100.5"))
    assert_summaries_equal_naive_sums()


def test_wind_output_that_cannot_be_compared_is_a_difference(stored, elexon_client):
    stored.fail("wind-and-solar", server.status(503))
    found = reconcile_day(elexon_client)
    assert found.keys() == {"wind generation"}
    assert "could not be checked" in found["wind generation"]


@pytest.mark.parametrize("fix", [False, True])
def test_an_outage_is_a_failure_and_changes_nothing(stored, elexon_client, fix):
    before = everything()
    stored.fail("", server.status(503))
    found = reconcile_day(elexon_client, fix=fix)
    assert found.keys() == {"answer"}
    assert "could not be checked: " in found["answer"]
    assert everything() == before


def test_totals_do_not_follow_records_that_could_not_be_fetched_again(stored, elexon_client):
    execute(RECORD.format("curtailed_mwh = 1000"))
    before = everything()
    stored.fail("", server.status(503))
    found = reconcile_day(elexon_client, fix=True)
    assert found.keys() >= {"answer", "evidence", "slices", "repair"}
    after = everything()
    assert after[1] == before[1]
    assert IngestionProgress.objects.get(pk=DAY).attempt_state == "failed"
    stored.mend()
    assert run("--fix")[0] == run()[0] == 0


def test_a_source_without_connection_is_soon_left_alone(stored):
    execute("UPDATE ingestion_progress SET source = 'elexon'")
    for day in (6, 7, 8):
        row = {"settlement_date": date(2024, 3, day), "periods_expected": 48}
        insert("ingestion_progress", **row, periods_fetched=48)
    with ElexonClient(
        base_url="http://nowhere.invalid",
        requests_per_minute=1_000_000,
        retries=RetryPolicy(first_wait_s=0.001),
    ) as client:
        sources = sources_with(client)
        found = reconcile(DAY, date(2024, 3, 8), sources=sources, clock=timezone.now).remaining
    assert sum(NOT_TRIED in finding.sentence for finding in found) == 2


def test_half_of_the_energy_gone_stays_suspect(stored):
    big = [make_line(DAY, 1, volume="-9000", price="-1")]
    stored.set_stack(DAY, 1, "bid", big)
    assert run("--fix")[0] == 0
    before = figures()
    stored.set_stack(DAY, 1, "bid", [])
    execute("UPDATE monthly_summaries SET payment_gbp = 0")
    for mended in ({"mended"}, set()):
        status, table = run("--fix")
        assert (status, checks_in(table)) == (1, {"answer", "repair"} | mended)
        assert "kept aside until staff accept or reject it" in table
    assert figures() == before


def test_a_day_that_was_never_ingested_is_ingested(source):
    status, table = run()
    assert (status, checks_in(table)) == (1, {"missing"})
    status, table = run("--fix")
    assert status == 0
    assert checks_in(table) == {"mended"}
    assert_summaries_equal_naive_sums()
    assert run()[0] == 0


def test_a_register_without_wind_is_no_reason_for_a_day_of_zeros(source):
    execute("UPDATE bm_units SET register_is_wind = false")
    status, table = run("--fix")
    assert (status, checks_in(table)) == (1, {"missing", "repair"})
    assert "run sync_bmunits first" in table
    assert not DailySummary.objects.exists()


def test_a_day_that_goes_on_is_compared_as_far_as_it_is_stored(source, elexon_client):
    with ThreadPoolExecutor(8) as executor:
        refresh_day(DAY, source=elexon_client, executor=executor, clock=lambda: MORNING)
    assert IngestionProgress.objects.get(pk=DAY).data_state == "running_day"
    assert remaining(elexon_client, MORNING) == set()
    assert remaining(elexon_client, MORNING + timedelta(hours=6)) == set()
    assert remaining(elexon_client, MORNING + timedelta(hours=24)) == {"periods", "answer"}


def remaining(client, now):
    found = reconcile(DAY, DAY, sources=sources_with(client), clock=lambda: now)
    return {finding.check for finding in found.remaining}


def test_sample_days_are_compared_with_the_sample(source):
    sample, day = SampleSource(), date(2024, 3, 6)
    register.sync_bmunits(sample, now=timezone.now())
    load_sample_prices(now=timezone.now())
    with ThreadPoolExecutor(8) as executor:
        refresh_day(day, source=sample, executor=executor, clock=timezone.now)
    source.fail("", server.status(503))
    assert run(day=day)[0] == 0
    execute("UPDATE curtailment_records SET so_flag = NOT so_flag")
    assert "evidence" in checks_in(run(day=day)[1])
    assert run("--fix", day=day)[0] == run(day=day)[0] == 0


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2024-03-05", "2999-01-01", "after today"),
        ("2024-03-06", "2024-03-05", "Swap them"),
        ("yesterday", "2024-03-05", "YYYY-MM-DD"),
    ],
)
def test_bad_input_is_refused(db, first, last, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("reconcile", "--from", first, "--to", last)
    assert refused.value.returncode == 2


def test_the_task_mends_and_fails_while_differences_remain(stored):
    assert "1 ok" in reconcile_and_fix(str(DAY), str(DAY))
    execute(RECORD.format("curtailed_mwh = 1000"))
    assert "1 mended" in reconcile_and_fix(str(DAY), str(DAY))
    assert_summaries_equal_naive_sums()
    execute("UPDATE difficulty_epochs SET known_until = starts_at")
    execute("DELETE FROM historical_bitcoin_calculations")
    with pytest.raises(NotDone, match="1 with differences"):
        reconcile_and_fix(str(DAY), str(DAY))
