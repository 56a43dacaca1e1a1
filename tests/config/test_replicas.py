"""Reports from a real standby: one that lags, stops, is killed, is promoted."""

from collections.abc import Iterator

import psycopg
import pytest
import requests
from django.core.exceptions import ImproperlyConfigured

from config.database import embedded
from config.environment import Environment
from config.replicas import replica_settings
from config.replicas.position import START, Position
from config.replicas.servers import NOT_A_STANDBY, Unfit
from config.replicas.watching import Watcher
from tests.config.replicated import MAX_LAG_SECONDS, Web, served, wait_until, with_a_day
from tests.config.standby import Standby, running

NAME = "standby:5432/windfall"
PASSWORD = "no-secret-of-anybody"  # noqa: S105

# --- Positions and choices --------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0/0", "0/16B3748", "16/B374D848", "FFFFFFFF/FFFFFFFF"])
def test_a_position_is_written_as_postgresql_writes_it(text):
    assert str(Position.parse(text)) == text


def test_a_later_position_is_larger():
    assert Position.parse("0/FFFFFFFF") < Position.parse("1/0") < Position.parse("A/1")


@pytest.mark.parametrize("text", ["", "1", "0/", "0/g", "0/123456789", "0/1\n", "a/1", "१/1"])
def test_what_is_no_position_is_refused(text):
    with pytest.raises(ValueError, match="not a place in the write-ahead log"):
        Position.parse(text)


class Cluster:
    """Servers whose positions a test decides, and its clock."""

    def __init__(self):
        self.now = 100.0
        self.positions = {"default": Position(10), "replica-1": Position(10)}
        self.watcher = Watcher(
            {"replica-1": NAME}, max_lag_seconds=5, ask=self.ask, clock=lambda: self.now
        )

    def ask(self, alias):
        position = self.positions[alias]
        if isinstance(position, Exception):
            raise position
        return position

    def look(self, *, after=1.0, **positions):
        self.positions |= {name.replace("_", "-"): value for name, value in positions.items()}
        self.now += after
        self.watcher.look()
        return self.watcher.choose(START)


def test_a_replica_that_is_up_to_date_is_used_and_one_that_was_not_asked_is_not():
    cluster = Cluster()
    assert cluster.watcher.choose(START) is None
    assert cluster.look() == "replica-1"


def test_one_that_lags_is_used_up_to_the_limit_and_again_once_it_has_caught_up():
    cluster = Cluster()
    cluster.look()
    assert cluster.look(default=Position(20)) == "replica-1"
    for _ in range(4):
        assert cluster.look() == "replica-1"
    assert cluster.look() is None
    replica = cluster.watcher.replicas["replica-1"]
    assert replica.reason == "It is more than 5 s behind the primary."
    assert replica.lag_seconds == 6
    assert cluster.look(replica_1=Position(20)) == "replica-1"


def test_of_an_idle_primary_a_replica_is_never_behind():
    cluster = Cluster()
    assert [cluster.look(after=60) for _ in range(3)] == ["replica-1"] * 3


def test_how_far_one_is_behind_is_not_guessed_at_the_start():
    cluster = Cluster()
    assert cluster.look(default=Position(20)) is None
    assert "nobody knows how far yet" in cluster.watcher.replicas["replica-1"].reason


def test_one_that_has_not_come_as_far_as_its_reader_is_not_chosen():
    cluster = Cluster()
    cluster.look()
    assert cluster.watcher.choose(Position(10)) == "replica-1"
    assert cluster.watcher.choose(Position(11)) is None


def test_without_word_from_the_primary_replicas_count_as_lagging_more_and_more():
    cluster = Cluster()
    cluster.look()
    away = psycopg.OperationalError("away")
    assert cluster.look(default=away, after=4) == "replica-1"
    assert cluster.look(default=away, after=4) is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (psycopg.OperationalError("connection refused\nmore"), "does not answer: connection ref"),
        (Unfit(NOT_A_STANDBY), NOT_A_STANDBY),
    ],
)
def test_one_that_fails_is_left_out_with_one_line_and_used_again(caplog, error, reason):
    cluster = Cluster()
    caplog.set_level("INFO", "config.replicas")
    cluster.look()
    assert cluster.look(replica_1=error) is None
    assert cluster.look() is None
    assert cluster.look(replica_1=Position(10)) == "replica-1"
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == said[2] == f"Reports are read from replica-1, {NAME}."
    assert len(said) == 3 and reason in said[1] and "\n" not in said[1]


# --- Settings ---------------------------------------------------------------------------------


def test_a_replica_is_set_up_like_the_primary_at_another_address(monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URLS", "postgres://r@one:5433/w, postgresql://two/w")
    pool = {"min_size": 4, "max_size": 9, "timeout": 10}
    primary = {"ENGINE": "e", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
    replicas = replica_settings(Environment(), primary | {"OPTIONS": {"pool": pool}})
    assert list(replicas) == ["replica-1", "replica-2"]
    assert (replicas["replica-1"]["HOST"], replicas["replica-1"]["PORT"]) == ("one", 5433)
    assert replicas["replica-2"]["OPTIONS"]["pool"] == pool | {"min_size": 0, "timeout": 2}
    assert pool["min_size"] == 4


def test_a_malformed_address_is_named_and_its_password_is_not(monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URLS", "postgres://a/b,mysql://u:secret@host/db")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URLS must begin") as caught:
        replica_settings(Environment(), {"OPTIONS": {}})
    assert "secret" not in str(caught.value)


# --- With servers -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def primary(home, manage):
    server = with_a_day(manage)
    code = "from django.contrib.auth.models import User as U; U.objects.create_user('r', password="
    assert manage("shell", "-v", "0", "-c", f"{code}{PASSWORD!r})").returncode == 0
    return server


@pytest.fixture(scope="module")
def standby(primary, folder) -> Iterator[Standby]:
    with running(Standby(folder / "standby", primary)) as standby:
        yield standby


@pytest.fixture(scope="module")
def web(primary, standby, home) -> Iterator[Web]:
    with served(home, standby.url()) as web:
        yield web


def change_energy(primary: embedded.EmbeddedServer) -> None:
    with psycopg.connect(
        host=str(primary.socket_dir), port=primary.port, user=primary.user, dbname="windfall"
    ) as connection:
        connection.execute("UPDATE daily_summaries SET curtailed_mwh = curtailed_mwh + 1")
        connection.execute("UPDATE ingestion_progress SET revision = nextval('report_revisions')")


def sign_in(web: Web) -> requests.Session:
    reader = requests.Session()
    page = reader.get(f"{web.url}/accounts/login/", timeout=20)
    assert page.status_code == 200
    form = {"username": "r", "password": PASSWORD}
    form["csrfmiddlewaretoken"] = reader.cookies["csrftoken"]
    answer = reader.post(page.url, data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    return reader


def test_reports_come_from_a_standby_and_no_reader_goes_back_in_time(web, primary, standby):
    wait_until(lambda: web.count("Reports are read from replica-1,") == 1)
    reader = requests.Session()
    before = web.mwh(reader)
    standby.ask("SELECT pg_wal_replay_pause()")
    change_energy(primary)
    try:
        assert web.mwh(reader) == before, "it comes from the standby"
        # Whoever wrote something has to see it.
        writer = sign_in(web)
        after = web.mwh(writer)
        assert float(after) == float(before) + 1
        assert [web.mwh(writer) for _ in range(3)] == [after] * 3
        wait_until(lambda: web.count(f"more than {MAX_LAG_SECONDS} s behind") == 1)
        assert web.mwh(reader) == after
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")
    wait_until(lambda: web.count("Reports are read from replica-1,") == 2)
    assert web.mwh(reader) == web.mwh(writer) == after


def test_readers_do_not_notice_that_a_standby_is_killed_or_promoted(web, primary, standby):
    reader = requests.Session()
    before = web.mwh(reader)
    standby.kill()
    change_energy(primary)
    assert float(web.mwh(reader)) == float(before) + 1
    wait_until(lambda: web.count("It does not answer") == 1)
    standby.start()
    wait_until(lambda: web.count("Reports are read from replica-1,") == 3)
    standby.promote()
    wait_until(lambda: web.count("It is not a standby") == 1)
    change_energy(primary)
    assert float(web.mwh(reader)) == float(before) + 2
    assert web.count("Traceback") == 0
