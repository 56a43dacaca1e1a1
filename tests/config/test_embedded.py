import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import override_settings

from config.database import address, embedded
from config.database.base import DatabaseWrapper
from config.database.binaries import EmbeddedPostgresError
from tests.config.conftest import ROOT, embedded_server, environment

ATTACH = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(EMBEDDED_POSTGRES_DIR=Path(sys.argv[1]))
from config.database import embedded
embedded.ensure_running()
sys.stdout.write((Path(sys.argv[1]) / "data" / "postmaster.pid").read_text().split()[0])
"""


def connect() -> "psycopg.Connection":
    server = embedded.ensure_running()
    return psycopg.connect(
        host=str(server.socket_dir),
        port=server.port,
        user=server.user,
        dbname=embedded.DATABASE,
        autocommit=True,
    )


@pytest.fixture
def django_connection(home, django_db_blocker):
    """Django's own connection to the embedded server, of a process that lives long."""
    ours = {"NAME": embedded.DATABASE, "EMBEDDED": True, "PASSWORD": "", "OPTIONS": {}}
    with django_db_blocker.unblock():
        wrapper = DatabaseWrapper({**connection.settings_dict, **ours}, alias="embedded")
        yield wrapper
        wrapper.close()


def postmaster_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def attach(home: Path) -> "subprocess.Popen[str]":
    """A process of its own that makes sure that the server runs, and says its process id."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ATTACH, str(home)],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_many_processes_at_once_end_up_with_one_silent_server(folder):
    with embedded_server(folder / "many") as home:
        processes = [attach(home) for _ in range(8)]
        answers = [process.communicate(timeout=60) for process in processes]

        assert answers == [(str(postmaster_pid(home)), "")] * 8


def test_only_the_owner_reaches_the_server(home):
    server = embedded.ensure_running()
    socket_path = server.socket_dir / address.SOCKET_NAME

    assert stat.S_IMODE(socket_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    with connect() as server_connection:
        assert server_connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_application_may_create_databases_but_is_no_superuser(home):
    with connect() as server_connection:
        rights = server_connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )

        assert rights.fetchone() == (False, True, False)


def test_looking_after_a_running_server_costs_next_to_nothing(home):
    embedded.ensure_running()
    started_at = time.perf_counter()
    for _ in range(200):
        embedded.ensure_running()

    assert (time.perf_counter() - started_at) / 200 < 0.002


def test_a_killed_server_is_started_again_and_keeps_what_was_committed(home, django_connection):
    with django_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed = postmaster_pid(home)
    for _ in range(2):
        os.kill(killed, signal.SIGKILL)
        django_connection.close()

        with django_connection.cursor() as cursor:
            cursor.execute("SELECT answer FROM kept")
            assert cursor.fetchone() == (42,)
        assert postmaster_pid(home) != killed
        killed = postmaster_pid(home)


def test_a_process_id_that_now_belongs_to_another_program_is_not_a_server(home):
    embedded.ensure_running()
    pid_file = home / "data" / "postmaster.pid"
    written = pid_file.read_text().splitlines()
    embedded.stop()
    owner = (home / "data").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as other:
        pid_file.write_text("\n".join([str(other.pid), *written[1:]]) + "\n")
        os.chown(pid_file, owner, -1)

        connect().close()

        assert postmaster_pid(home) != other.pid
        other.kill()


def test_a_torn_pid_file_does_not_prevent_a_start(home):
    embedded.ensure_running()
    embedded.stop()
    pid_file = home / "data" / "postmaster.pid"
    pid_file.write_text("")
    os.chown(pid_file, (home / "data").stat().st_uid, -1)

    connect().close()


def test_a_half_made_data_directory_is_made_anew(folder):
    with embedded_server(folder / "half") as home:
        (home / "data.new").mkdir(parents=True)
        (home / "data.new" / "PG_VERSION").write_text("18")

        connect().close()


def test_a_stopped_server_stays_stopped_until_it_is_needed(home):
    embedded.ensure_running()
    embedded.stop()
    embedded.stop()

    assert not embedded.is_running()
    assert not (home / "data" / "postmaster.pid").exists()


def test_any_path_will_do(folder):
    with embedded_server(folder / "with spaces, a comma and 'quotes'" / ("long" * 30)) as home:
        connect().close()

        link = embedded.ensure_running().socket_dir
        assert link.readlink() == home / "data"
    link.unlink()


def test_a_link_of_somebody_else_is_not_followed(folder):
    target = folder / ("x" * 100)
    link = address.reachable_dir(target)
    link.unlink()
    link.symlink_to("/somewhere/else")

    with pytest.raises(EmbeddedPostgresError, match="is in the way"):
        address.reachable_dir(target)
    link.unlink()


def test_a_place_that_cannot_be_written_is_one_sentence():
    with (
        override_settings(EMBEDDED_POSTGRES_DIR=Path("/dev/null/postgres")),
        pytest.raises(EmbeddedPostgresError, match="cannot write to /dev/null/postgres: Not a dir"),
    ):
        embedded.ensure_running()


def test_a_server_that_does_not_start_says_why_and_names_its_log(home):
    embedded.ensure_running()
    embedded.stop()
    configuration = home / "data" / "postgresql.conf"
    sound = configuration.read_text()
    configuration.write_text(sound + "\nnonsense = 1\n")
    try:
        with pytest.raises(EmbeddedPostgresError, match=r"contains errors.*server\.log"):
            embedded.ensure_running()
    finally:
        configuration.write_text(sound)


def test_checks_and_static_files_start_no_server(folder, start_manage):
    home = folder / "never"
    commands = (
        ("check",),
        ("collectstatic", "--noinput", "--dry-run"),
        ("makemigrations", "--check", "--dry-run", "--settings", "config.offline"),
    )
    processes = [start_manage(*command, EMBEDDED_POSTGRES_DIR=str(home)) for command in commands]
    errors = [process.communicate(timeout=60)[1] for process in processes]

    assert errors == ["", "", ""]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert not home.exists()
