"""What an operator can mend is one sentence on stderr, without a traceback or a password."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError

from config.database import embedded
from config.database.problems import sentence_of
from config.environment import Environment

ASK = ("shell", "-v", "0", "-c", "from django.db import connection; connection.ensure_connection()")


def assert_one_sentence(result, *, about: str, advice: str) -> None:
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert about in result.stderr
    assert advice in result.stderr
    assert "secret" not in result.stderr


def test_a_server_that_is_down(manage):
    result = manage(*ASK, DATABASE_URL="postgres://me:secret@127.0.0.1:1/windfall")

    assert_one_sentence(
        result,
        about="No connection to PostgreSQL at 127.0.0.1:1: Connection refused.",
        advice="Start that server, or correct the address in DATABASE_URL.",
    )


def test_a_traceback_for_those_who_want_one(manage):
    url = "postgres://me:secret@127.0.0.1:1/windfall"
    result = manage(*ASK, "--traceback", DATABASE_URL=url)

    assert result.stderr.startswith("Traceback")
    assert result.returncode == 1


def test_a_database_that_does_not_exist(manage):
    server = embedded.ensure_running()
    result = manage(*ASK, DATABASE_URL=f"postgres://windfall@/nowhere?host={server.socket_dir}")

    assert_one_sentence(result, about='"nowhere" does not exist', advice="createdb")


def test_a_wrong_password(manage, home):
    server = embedded.ensure_running()
    rules = home / "data" / "pg_hba.conf"
    rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
    embedded.stop()
    embedded.ensure_running()
    url = f"postgres://locked:secret@/windfall?host={server.socket_dir}"

    assert_one_sentence(
        manage(*ASK, DATABASE_URL=url),
        about='password authentication failed for user "locked"',
        advice="Correct the user and the password in DATABASE_URL.",
    )


def test_a_setting_that_makes_no_sense(manage):
    result = manage("migrate", ELEXON_REQUESTS_PER_MINUTE="many")

    assert_one_sentence(
        result, about="ELEXON_REQUESTS_PER_MINUTE", advice="must be a whole number, not 'many'"
    )


def test_another_kind_of_database(manage):
    result = manage("migrate", DATABASE_URL="mysql://me:secret@db/windfall")

    assert_one_sentence(result, about="DATABASE_URL must begin with", advice="postgres://")


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:sec/ret@db/windfall",
        "postgres://me:secret@db:port/windfall",
        "postgres://me:secret@[::1/windfall",
        "postgres://me:secret@db/",
        "postgres://",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="is not of the form") as caught:
        Environment().postgres_url("DATABASE_URL")

    assert "sec" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_misspelled_switch_is_not_off(monkeypatch):
    monkeypatch.setenv("HTTPS", "ture")
    with pytest.raises(ImproperlyConfigured, match="HTTPS must be true or false, not 'ture'"):
        Environment().bool("HTTPS", default=False)


def test_a_server_that_is_too_old():
    error = NotSupportedError("PostgreSQL 15 or later is required (found 13.4).")

    assert sentence_of(error).startswith(f"{error} Set DATABASE_URL to a newer server")


def test_a_database_that_was_not_migrated(manage):
    result = manage("recalculate", "--from", "2024-03-01", "--to", "2024-03-01")

    assert_one_sentence(result, about="lacks tables", advice="manage.py migrate")


def test_bad_input_is_its_sentence_alone_and_exit_status_2(manage):
    result = manage("backfill", "--from", "2024-02-30", "--to", "2024-03-01")

    assert result.stderr == "'2024-02-30' is not a date. Write it as YYYY-MM-DD.\n"
    assert result.returncode == 2


def test_partitions_of_thousands_of_years_are_refused(manage):
    result = manage("partitions", "--ahead", "99999")

    assert result.stderr == "--ahead 99999 is more than 50 years.\n"
    assert result.returncode == 2
