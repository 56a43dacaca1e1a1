"""A backup is worth what its restoration is: dumped, restored elsewhere, and worked with."""

from datetime import date, timedelta

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from curtailment.corrected import RecordKey
from curtailment.models import Correction, CurtailmentRecord, SuspectDay
from curtailment.operations.corrections import correct, withdraw
from curtailment.operations.suspects import reject
from curtailment.settlement import iter_dates
from tests.curtailment.proposals import proposal, state_of
from tests.journeys import dumps
from tests.journeys.conftest import database_url
from tests.stubs.elexon import make_day_lines

# The clocks go forward, the month ends.
FIRST, LAST = date(2024, 3, 30), date(2024, 4, 1)
NEXT = LAST + timedelta(days=1)
RANGE = (f"--from={FIRST}", f"--to={LAST}")
PAGES = [
    f"/reports/{page}/?format=json"
    for page in ("daily/2024-03-31", "monthly/2024-03", "yearly/2024")
]
ASK = f"""
from django.test import Client
client = Client(SERVER_NAME="localhost")
for page in {PAGES}:
    print(client.get(page).content.decode())
"""
TABLES = """
    SELECT c.oid::regclass::text FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relnamespace = 'public'::regnamespace
    ORDER BY 1
"""
# Partitions, defaults, constraints, indexes, triggers. PostgreSQL spells casts of checks anew.
DEFINITIONS = """
    SELECT relname::text, pg_get_expr(relpartbound, oid) FROM pg_class WHERE relispartition
    UNION SELECT attrelid::regclass::text || attname, pg_get_expr(adbin, adrelid)
        FROM pg_attrdef JOIN pg_attribute ON (attrelid, attnum) = (adrelid, adnum)
    UNION SELECT conrelid::regclass::text || conname,
            CASE contype WHEN 'c' THEN 'check' ELSE pg_get_constraintdef(oid) END
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT tgrelid::regclass::text || tgname, tgenabled::text || pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
"""
OWNERS = "SELECT tableowner::text FROM pg_tables WHERE schemaname = 'public'"
# As the admin and the monthly task would do it.
CORRECT = f"""
from django.core.management import call_command
from django.contrib.auth.models import User
from django.utils import timezone
from curtailment.corrected import RecordKey
from curtailment.models import CurtailmentRecord
from curtailment.operations.corrections import correct
from tests.curtailment.proposals import proposal, state_of
record = CurtailmentRecord.objects.filter(settlement_period=3).first()
key = RecordKey(record.settlement_date, 3, record.bmu_id)
call_command("partitions", "--ahead", "30")
number = correct(proposal(key), author=User.objects.get(), now=timezone.now()).pk
call_command("recalculate", "--from={FIRST}", "--to={NEXT}")
print("Correction", number)
"""


@pytest.fixture
def stored(elexon):
    """Three days, with corrections (one of them withdrawn) and an answer that was kept aside."""
    for day in iter_dates(FIRST, LAST):
        elexon.add_day(day)
    call_command("backfill", *RANGE)
    author = User.objects.create(username="ada", is_staff=True)
    slip = correct_first_record_of(1, author)
    withdraw(slip.pk, author=author, reason="A slip.", seen=state_of(slip), now=timezone.now())
    correct_first_record_of(2, author)
    call_command("recalculate", *RANGE)
    reject_a_piece_of_a_day(elexon, author)
    return elexon


def correct_first_record_of(period, author):
    record = CurtailmentRecord.objects.filter(settlement_date=FIRST, settlement_period=period)[0]
    change = proposal(RecordKey(FIRST, period, record.bmu_id))
    return correct(change, author=author, now=timezone.now())


def reject_a_piece_of_a_day(elexon, author):
    """Elexon answers once with one period of the last day only."""
    elexon.add_day(LAST, {1: make_day_lines(LAST, 1)})
    with pytest.raises(CommandError, match="kept aside"):
        call_command("backfill", f"--from={LAST}", f"--to={LAST}", "--force")
    reject(SuspectDay.objects.get(), by=author, reason="An outage.", now=timezone.now())
    elexon.add_day(LAST)


@pytest.fixture
def restored(stored, tmp_path):
    """The address of a new database, restored from a dump of the other."""
    name = connection.settings_dict["NAME"]
    new_name = f"{name}_restored"
    execute(f'DROP DATABASE IF EXISTS "{new_name}"')
    execute(f'CREATE DATABASE "{new_name}" TEMPLATE template0')
    address = database_url().replace(f"/{name}", f"/{new_name}")
    dumps.dump(database_url(), tmp_path / "windfall.dump")
    dumps.restore(tmp_path / "windfall.dump", address)
    yield address
    execute(f'DROP DATABASE "{new_name}"')


@pytest.mark.usefixtures("public_reports")
def test_a_restored_database_is_equal_and_reconciles_and_goes_on(stored, restored, manage, client):
    before, after = contents_of(database_url()), contents_of(restored)
    assert len(before["corrections"]) == 2
    assert before == after
    assert definitions_of(database_url()) == definitions_of(restored)
    shown = [client.get(page).content.decode() for page in PAGES]
    assert figures_of_pages(manage, restored) == shown
    assert manage("reconcile", *RANGE, DATABASE_URL=restored).returncode == 0

    assert_no_number_is_given_away_again(restored)
    assert_corrections_are_append_only(restored)
    assert_work_goes_on(stored, manage, restored)


def contents_of(address):
    """Every row of every table."""
    with psycopg.connect(address) as server:
        tables = [name for (name,) in server.execute(TABLES).fetchall()]
        assert len(tables) > 25
        return {name: sorted(map(repr, server.execute(f"TABLE {name}"))) for name in tables}


def definitions_of(address):
    """How the tables are made, and that one role owns all."""
    with psycopg.connect(address) as server:
        return [set(server.execute(statement)) for statement in (DEFINITIONS, OWNERS)]


def figures_of_pages(manage, address):
    shown = manage("shell", "-v0", "-c", ASK, DATABASE_URL=address, REPORTS_PUBLIC="true")
    return shown.stdout.splitlines()


def assert_no_number_is_given_away_again(restored):
    """Pages that were cached under numbers of after the backup are never taken for later ones."""
    highest = "SELECT max(revision) FROM ingestion_progress"
    with psycopg.connect(restored) as server:
        (used,), (after,) = (
            server.execute(statement).fetchone()
            for statement in (highest, "SELECT last_value FROM report_revisions")
        )
    assert after - used > 900_000_000


def assert_corrections_are_append_only(restored):
    for statement in ("DELETE FROM corrections", "TRUNCATE corrections CASCADE"):
        with psycopg.connect(restored) as server, pytest.raises(psycopg.errors.RestrictViolation):
            server.execute(statement)


def assert_work_goes_on(elexon, manage, restored):
    """A new day, a revised one, a correction and new partitions: sequences and owner are right."""
    elexon.add_day(NEXT)
    elexon.add_day(LAST, {p: make_day_lines(LAST, p) for p in range(2, 49)})
    wider = (f"--from={FIRST}", f"--to={NEXT}")
    assert manage("backfill", *wider, "--force", DATABASE_URL=restored).stderr == ""
    corrected = manage("shell", "-v0", "-c", CORRECT, DATABASE_URL=restored)
    assert corrected.stderr == ""
    assert "curtailment_records_2040" in corrected.stdout
    last = Correction.objects.latest("pk").pk
    assert corrected.stdout.endswith(f"Correction {last + 1}\n"), "its sequence goes on"
    assert manage("reconcile", *wider, DATABASE_URL=restored).returncode == 0


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
