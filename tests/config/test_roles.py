"""The web server's role can do all that pages do, and nothing to the tables themselves."""

import subprocess

import psycopg
import pytest

from config.database import binaries, embedded
from tests.config.deployment import FOLDER

# Other names than those of the script, which this server has already.
OWNER, WEB = "trial", "trial_web"
DAY = "2024-03-01"
USE = f"""
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_q.tasks import async_task
from curtailment.corrected import RecordKey
from curtailment.models import CurtailmentRecord
from curtailment.operations.corrections import correct, withdraw
from summaries.report_cache import clear
from tests.curtailment.proposals import proposal, state_of

ada = User.objects.create_superuser("ada")
record = CurtailmentRecord.objects.first()
change = proposal(RecordKey(record.settlement_date, record.settlement_period, record.bmu_id))
made = correct(change, author=ada, now=timezone.now())
withdraw(made.pk, author=ada, reason="A slip.", seen=state_of(made), now=timezone.now())
async_task("summaries.tasks.verify_day", "{DAY}")
clear()
client = Client(SERVER_NAME="localhost")
client.force_login(ada)
for page in ("/", "/reports/daily/{DAY}/", "/readyz", "/status/", "/admin/",
             "/admin/curtailment/curtailmentrecord/?settlement_date__gte={DAY}"):
    print(page, client.get(page, follow=True).status_code)
"""
FORBIDDEN = [
    "DROP TABLE corrections",
    "ALTER TABLE corrections DISABLE TRIGGER ALL",
    "TRUNCATE corrections CASCADE",
    "CREATE TABLE elsewhere (number int)",
    "SET session_replication_role = replica",
]


@pytest.fixture(scope="module")
def address(home, folder):
    """How a role connects to a database that the script made; migrated, with a day."""
    server = embedded.ensure_running()
    script = folder / "roles.sql"
    text = (FOLDER / "roles.sql").read_text().replace("windfall", OWNER)
    script.write_text(text)
    psql = [binaries.binary("psql"), "-X", "-q", "-h", server.socket_dir, "-U", embedded.SUPERUSER]
    done = subprocess.run([*psql, "-f", script, "postgres"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return lambda role: f"postgres://{role}@/{OWNER}?host={server.socket_dir}"


@pytest.fixture(scope="module")
def migrated(address, manage):
    as_owner = {"DATABASE_URL": address(OWNER)}
    assert manage("migrate", "-v0", **as_owner).stderr == ""
    assert manage("load_sample", "--from", DAY, "--to", DAY, **as_owner).returncode == 0
    return address


def test_the_web_server_does_its_work_as_a_role_that_owns_nothing(migrated, manage):
    result = manage("shell", "-v0", "-c", USE, DATABASE_URL=migrated(WEB))
    assert [line.split()[-1] for line in result.stdout.splitlines()] == ["200"] * 6, result.stderr


def test_what_background_work_creates_later_is_open_to_it_too(migrated, manage):
    created = manage("partitions", "--ahead", "9", DATABASE_URL=migrated(OWNER))
    assert created.returncode == 0
    with psycopg.connect(migrated(WEB)) as web:
        web.execute("SELECT FROM curtailment_records WHERE settlement_date > '2030-01-01'")
        closed = web.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
            " AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'UPDATE'))"
        ).fetchall()
    assert closed == []


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_it_can_do_nothing_to_tables(migrated, statement):
    forbidden = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(migrated(WEB)) as web, forbidden:
        web.execute(statement)


def test_others_do_not_even_connect(migrated):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(migrated(embedded.ROLE))
