"""The table of the platform before, in a second real database, and what is taken over of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from config.commands import BadInput
from curtailment.legacy import LegacyUnreachable, open_table
from curtailment.models import BMUnit, CurtailmentRecord, IngestionProgress
from curtailment.operations import register
from curtailment.sample import SampleSource
from mining.operations import load_embedded_epochs
from summaries.importing import import_legacy
from summaries.models import DailySummary
from summaries.pipeline import refresh_day
from tests.raw_sql import execute
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

DAY, SPRING, AUTUMN = date(2024, 3, 5), date(2024, 3, 31), date(2024, 10, 27)
SEAGREEN, MORAY = "T_SGRWO-1", "T_MOWEO-1"
NOW = datetime(2025, 1, 20, 9, tzinfo=UTC)
OLD = "windfall_old_platform"
TABLE = """
    CREATE TABLE curtailment_records (
        id serial PRIMARY KEY, settlement_date {date}, settlement_period integer,
        {unit} text, {party} text, volume {number}, payment {number}, original_price {number},
        final_price {number}, so_flag boolean, cadl_flag boolean
    )
"""
ROW = "INSERT INTO curtailment_records VALUES (DEFAULT, {})"


@pytest.fixture(scope="module")
def old_server(django_db_setup, django_db_blocker):
    """An empty second database on the server of the tests: its address, and a connection."""
    with django_db_blocker.unblock():
        parameters = connection.get_connection_params()
    place = {
        name: parameters[name]
        for name in ("host", "port", "user", "password")
        if name in parameters
    }
    with psycopg.connect(**place, dbname="postgres", autocommit=True) as server:
        name = sql.Identifier(f"{OLD}_{parameters['dbname']}")
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        with psycopg.connect(**place, dbname=name.as_string().strip('"'), autocommit=True) as old:
            yield old
        server.execute(sql.SQL("DROP DATABASE {}").format(name))


@pytest.fixture
def old(old_server):
    old_server.execute("DROP TABLE IF EXISTS curtailment_records")
    return old_server


@pytest.fixture
def source(db, elexon_stub, elexon_client, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    settings.ELEXON_REQUESTS_PER_MINUTE = 1_000_000
    register.sync_bmunits(elexon_client, now=NOW)
    load_embedded_epochs(now=datetime.now(UTC))
    elexon_stub.add_day(DAY)
    return elexon_stub


def url_of(old):
    info = old.info
    return f"postgresql://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"


def create(old, *rows, unit="farm_id", party="lead_party_name", number="numeric", date="date"):
    old.execute(TABLE.format(unit=unit, party=party, number=number, date=date))
    for row in rows:
        old.execute(ROW.format(", ".join(["%s"] * 10)), row)


def row(
    day=DAY,
    period=1,
    unit=SEAGREEN,
    volume="-10",
    payment="705",
    price="-70.5",
    *,
    party="Old Ltd",
    final=None,
    so=True,
    cadl=False,
):
    return (day, period, unit, party, volume, payment, price, final, so, cadl)


def run(old, *arguments):
    """What the command says, and its exit status."""
    out = StringIO()
    try:
        call_command("import_legacy", f"--database-url={url_of(old)}", *arguments, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


def refresh(day, source):
    with ThreadPoolExecutor(8) as executor:
        return refresh_day(day, source=source, executor=executor, clock=lambda: NOW).status


def figures(table="curtailment_records"):
    return sorted(map(str, execute(f"SELECT * FROM {table}")))


def test_duplicates_add_up_and_payments_are_computed_with_the_right_sign(source, old):
    create(
        old,
        row(payment="705"),
        row(payment="-705"),
        row(volume="-2", price="30", payment="60", so=None, cadl=True),
        row(period=2, volume="-4", price="-50", payment=None, so=False, cadl=False),
    )

    said, status = run(old)

    assert status == 0, said
    first, second = CurtailmentRecord.objects.order_by("settlement_period")
    assert (first.curtailed_mwh, first.payment_gbp) == (Decimal(22), Decimal(1350))
    assert (first.so_mwh, first.so_payment_gbp) == (Decimal(20), Decimal(1410))
    assert (first.cadl_flag, first.lead_party_name) == (True, "Old Ltd")
    assert len(first.lines) == 3
    # Without a flag it counts under `all` alone.
    assert (second.curtailed_mwh, second.other_mwh, second.other_payment_gbp) == (0, 4, 200)
    # Losses were not kept: they are not known, and no zero.
    assert first.loss_adjusted_payment_gbp is None
    assert second.other_loss_adjusted_payment_gbp is None
    assert "4 rows of 1 days taken, 0 left alone" in said
    assert_summaries_equal_naive_sums()


def test_an_imported_day_is_labeled_and_nothing_of_it_is_made_up(source, old, client, settings):
    settings.REPORTS_PUBLIC = True
    create(old, row(period=7))
    run(old)
    progress = IngestionProgress.objects.get(pk=DAY)
    assert (progress.data_state, progress.source) == ("imported", "legacy")
    assert (progress.periods_fetched, progress.wind_generation_fetched_at) == (0, None)
    data = client.get(f"/reports/daily/{DAY}/?format=json").json()
    assert (data["is_complete"], data["is_sample"]) == (False, False)
    assert [period["settlement_period"] for period in data["periods"]] == [7]
    assert data["curtailment_percent"] is None
    for address in ("/", f"/reports/daily/{DAY}/", "/reports/monthly/2024-03/", "/lead-parties/"):
        page = client.get(address).content.decode()
        assert "Imported" in page, address
        assert "the platform before this one kept" in page, address
    assert "imported from the platform before" in client.get("/status/?year=2024").content.decode()


BAD_ROWS = {
    "without date SP1 T_SGRWO-1: settlement_date is empty": row(day=None),
    "2024-03-31 SP47 T_SGRWO-1: settlement_period is '47', the day has 1 to 46": row(SPRING, 47),
    "2024-10-27 SP51 T_SGRWO-1: settlement_period is '51', the day has 1 to 50": row(AUTUMN, 51),
    "SP0 T_SGRWO-1: settlement_period is '0'": row(period=0),
    "SP- T_SGRWO-1: settlement_period is empty": row(period=None),
    "SP1 without unit: the unit is empty": row(unit=None),
    "SP1 T_NEW-1: the register lacks T_NEW-1": row(unit="T_NEW-1"),
    "SP1 T_PEHE-1: T_PEHE-1 is not wind here": row(unit="T_PEHE-1"),
    "volume is '10', and has to be below zero": row(volume="10"),
    "volume is '0', and has to be below zero": row(volume="0"),
    "volume is empty, and has to be below zero": row(volume=None),
    "volume is 'NaN', which is no number": row(volume="NaN"),
    "original_price is empty": row(price=None),
    "2000-01-01 SP1 T_SGRWO-1: settlement_date is not between 2001-03-27": row(date(2000, 1, 1)),
    "2199-01-01 SP1 T_SGRWO-1: settlement_date is not between": row(date(2199, 1, 1)),
}


def test_every_row_that_is_not_taken_is_named_with_its_reason(source, old):
    create(old, row(), *BAD_ROWS.values(), row(AUTUMN, 50))
    said, status = run(old)
    assert status == 1
    for number, expected in enumerate(BAD_ROWS, start=2):
        (line,) = [line for line in said.splitlines() if f"not taken: id {number}, " in line]
        assert expected in line
    assert (
        f"2 rows of 2 days taken, 0 left alone as Elexon's are stored, {len(BAD_ROWS)} not" in said
    )
    assert CurtailmentRecord.objects.count() == 2
    # Staff get to see the unit, and may say that it is wind.
    assert BMUnit.objects.get(pk="T_NEW-1").source == "stack"


OF_TEXTS = """
    CREATE TABLE curtailment_records (
        id serial PRIMARY KEY, settlement_date text, settlement_period text, bmu_id text,
        lead_party text, volume text, payment text, original_price text, final_price text,
        so_flag text, cadl_flag text
    )
"""
DIGITS = "9" * 5_000
BAD_TEXTS = {
    # Each would have been another spelling of a day whose rows came before.
    "20240305 SP1 T_SGRWO-1: settlement_date is '20240305', which is no date": row("20240305"),
    "2024-W10-2 SP1 T_SGRWO-1: settlement_date is '2024-W10-2'": row("2024-W10-2"),
    "2024-02-30 SP1 T_SGRWO-1: settlement_date is '2024-02-30'": row("2024-02-30"),
    "volume: expected at most 100,000 MWh, got -1E+999999": row(volume="-1e999999"),
    "volume: expected at most 30 decimals": row(volume="-1e-999999"),
    "volume is '-1e9999999999', which is no number": row(volume="-1e9999999999"),
    "volume is '-1_0', which is no number": row(volume="-1_0"),
    "original_price: expected at most 1,000,000 GBP/MWh, got 1E+400": row(price="1e400"),
    "final_price: expected at most 1,000,000 GBP/MWh": row(final="1e400"),
    "settlement_period is '1.0'": row(period="1.0"),
    "settlement_period is '9999999999999999999999999999999999999999', the": row(period=DIGITS),
    "SP1 T_X [31m 2024-03-05 written: the unit is no short": row(
        unit="T_X\x1b[31m\n2024-03-05 written"
    ),
    "lead_party is 'Old\\x1b[31m', which is no short": row(party="Old\x1b[31m"),
    "lead_party is '9999999999": row(party=DIGITS),
    "cadl_flag is 'maybe', which is neither true nor false": row(cadl="maybe"),
}


def test_what_a_table_of_texts_may_hold_is_a_matter_of_its_row_alone(source, old):
    old.execute(OF_TEXTS)
    for each in (row(), *BAD_TEXTS.values(), row(period="2", payment="1e400", party=" Old  Ltd ")):
        old.execute(ROW.format(", ".join(["%s::text"] * 10)), each)
    said, status = run(old)
    assert status == 1
    for number, expected in enumerate(BAD_TEXTS, start=2):
        (line,) = [line for line in said.splitlines() if f"not taken: id {number}, " in line]
        assert expected in line
    assert f"2 rows of 1 days taken, 0 left alone as Elexon's are stored, {len(BAD_TEXTS)}" in said
    assert "\x1b" not in said
    assert [record.lead_party_name for record in CurtailmentRecord.objects.all()] == ["Old Ltd"] * 2
    assert not BMUnit.objects.filter(pk__startswith="T_X").exists()


def test_a_unit_that_staff_call_wind_is_taken_the_next_time(source, old):
    create(old, row(), row(unit="T_NEW-1"))
    assert run(old)[1] == 1
    BMUnit.objects.filter(pk="T_NEW-1").update(staff_is_wind=True)
    said, status = run(old)
    assert status == 0, said
    assert CurtailmentRecord.objects.count() == 2


def test_twice_equals_once(source, old):
    create(old, row(), row(period=2), row(AUTUMN, 50))
    run(old)
    before = [figures(), figures("historical_bitcoin_calculations"), figures("daily_summaries")]
    said, status = run(old)
    assert status == 0
    assert f"{DAY} unchanged (2 rows)" in said
    tables = ("curtailment_records", "historical_bitcoin_calculations", "daily_summaries")
    assert [figures(table) for table in tables] == before


def test_a_backfill_replaces_what_was_imported_and_never_the_other_way_round(
    source, elexon_client, old
):
    create(old, row(volume="-99999"), row(SPRING, 3))
    run(old)
    assert refresh(DAY, elexon_client) == "written"
    progress = IngestionProgress.objects.get(pk=DAY)
    assert (progress.data_state, progress.source) == ("final", "elexon")
    fetched = figures()

    said, status = run(old)

    assert f"{DAY} left alone: Elexon's answer is stored (1 rows)" in said
    assert (status, figures()) == (0, fetched)
    assert DailySummary.objects.get(pk=DAY).is_complete
    assert not DailySummary.objects.get(pk=SPRING).is_complete
    # The company of then is known from the platform before, and only from there.
    record = CurtailmentRecord.objects.get(
        settlement_date=DAY, settlement_period=1, bmu_id=SEAGREEN
    )
    assert record.lead_party_name == "Old Ltd"
    assert_summaries_equal_naive_sums()


def test_sample_data_give_way_to_imported_ones_and_not_these_to_them(source, old):
    sample = date(2024, 3, 10)
    register.sync_bmunits(SampleSource(), now=NOW)
    assert refresh(sample, SampleSource()) == "written"
    create(old, row(sample))
    assert run(old)[1] == 0
    assert refresh(sample, SampleSource()) == "outdated"
    assert IngestionProgress.objects.get(pk=sample).source == "legacy"
    assert CurtailmentRecord.objects.count() == 1


def test_reconcile_says_that_a_day_was_never_fetched_and_fetches_it(source, old):
    create(old, row())
    run(old)
    out = StringIO()
    with pytest.raises(CommandError, match="Differences remain: 1"):
        call_command("reconcile", f"--from={DAY}", f"--to={DAY}", stdout=out)
    assert "answer           imported from the platform before, and never" in out.getvalue()
    call_command("reconcile", f"--from={DAY}", f"--to={DAY}", "--fix", stdout=StringIO())
    assert IngestionProgress.objects.get(pk=DAY).source == "elexon"


def test_other_names_and_types_of_columns_are_read_too(source, old):
    create(
        old,
        row(date(2024, 3, 5), volume=-0.1, price=-70.5),
        row("2024-03-06", volume=-0.2, price=-1e2),
        unit="bmu_id",
        party="lead_party",
        number="double precision",
        date="timestamp",
    )
    said, status = run(old)
    assert status == 0, said
    energies = CurtailmentRecord.objects.order_by("settlement_date")
    assert [record.curtailed_mwh for record in energies] == [Decimal("0.1"), Decimal("0.2")]


def test_only_the_dates_that_are_asked_for_are_imported(source, old):
    create(old, row(), row(SPRING), row(AUTUMN))
    assert run(old, f"--from={SPRING}", f"--to={SPRING}")[1] == 0
    assert list(IngestionProgress.objects.values_list("pk", flat=True)) == [SPRING]


def test_what_differs_from_volume_times_price_is_counted(source, old):
    create(old, row(payment="-705.004"), row(period=2, payment="700"), row(period=3, payment=None))
    assert "whatever the sign: 1;" in run(old)[0]


def test_another_table_is_refused_in_a_sentence(source, old):
    said, status = run(old)
    assert (said, status) == ("The old database has no table curtailment_records.", 2)
    create(old, row())
    old.execute("ALTER TABLE curtailment_records DROP COLUMN volume, DROP COLUMN farm_id")
    said, status = run(old)
    lacking = "lacks bmu_id or farm_id, volume, so nothing was imported."
    assert (said, status) == (f"The old table curtailment_records {lacking}", 2)
    assert not IngestionProgress.objects.exists()


def test_an_old_database_that_goes_away_leaves_whole_days(source, old):
    create(old, row(), row(SPRING))
    # Enough for several fetches of rows.
    old.execute(
        "INSERT INTO curtailment_records (settlement_date, settlement_period, farm_id, volume,"
        " original_price) SELECT settlement_date, 1, farm_id, -1, -70 FROM curtailment_records,"
        " generate_series(1, 4000)"
    )

    def stop_reading(_day):
        old.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with (
        pytest.raises(LegacyUnreachable, match="The old database went away"),
        open_table(url_of(old)) as table,
    ):
        import_legacy(table, date.min, date.max, clock=lambda: NOW, on_day=stop_reading)
    record = CurtailmentRecord.objects.get()
    assert (record.curtailed_mwh, record.other_mwh) == (10, 4000)
    said, status = run(old)
    assert (status, CurtailmentRecord.objects.count()) == (0, 2), said


@pytest.mark.parametrize(
    ("url", "sentence", "status"),
    [
        ("postgresql://u:secret@127.0.0.1:1/old", "No connection to the old database: Conn", 1),
        ("mysql://u:secret@127.0.0.1/old", "--database-url is no address of PostgreSQL", 2),
        ("postgresql://u:secret@127.0.0.1:x/old?y", "--database-url cannot be read", 2),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_in_a_sentence(source, url, sentence, status):
    with pytest.raises(CommandError) as refused:
        call_command("import_legacy", f"--database-url={url}", stdout=StringIO())
    assert refused.value.returncode == status
    assert str(refused.value).startswith(sentence)
    assert "secret" not in str(refused.value)
    assert not IngestionProgress.objects.exists()


def test_without_a_register_nothing_is_imported(db, old):
    create(old, row())
    with pytest.raises(BadInput, match="Nothing was imported: the register has no wind unit"):
        call_command("import_legacy", f"--database-url={url_of(old)}", stdout=StringIO())
