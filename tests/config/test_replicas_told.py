"""What the log, /readyz and /metrics say of replicas, of one that is well and of every mistake."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from config.database.address import PORT
from config.replicas.servers import ANOTHER_CLUSTER, ANOTHER_DATABASE, PRIMARY_ITSELF
from tests.config.replicated import MAX_LAG_SECONDS, Web, served, wait_until, with_a_day
from tests.config.standby import Standby, Stranger, running

SECRET = "of-nobody"  # noqa: S105
# Nobody listens on port 1.
UNREACHABLE = f"postgresql://somebody:{SECRET}@127.0.0.1:1/windfall"


@pytest.fixture(scope="module")
def primary(home, manage):
    return with_a_day(manage)


@pytest.fixture(scope="module")
def standby(primary, folder) -> Iterator[Standby]:
    with running(Standby(folder / "standby", primary)) as standby:
        yield standby


@pytest.fixture(scope="module")
def web(primary, standby, folder, home) -> Iterator[Web]:
    """Its replicas: a standby, nobody, the primary, another database, another cluster."""
    itself = f"postgresql://windfall@/windfall?host={quote(str(primary.socket_dir))}"
    with running(Stranger(folder / "stranger")) as stranger:
        urls = [
            standby.url(),
            UNREACHABLE,
            itself,
            standby.url("postgres", "postgres"),
            stranger.url("postgres", "postgres"),
        ]
        with served(home, ",".join(urls)) as web:
            yield web


def name_of(server: Standby) -> str:
    return f"{server.socket_dir}:{PORT}/windfall"


def test_mistakes_are_in_the_log_from_the_start_each_in_a_sentence(web, primary):
    for number, reason in [
        (2, "It does not answer: "),
        (3, PRIMARY_ITSELF),
        (4, ANOTHER_DATABASE),
        (5, ANOTHER_CLUSTER),
    ]:
        said = f"Reports are not read from replica-{number}, "
        wait_until(lambda said=said: web.count(said) == 1)
        (line,) = (line for line in web.lines if said in line)
        assert reason in line
        assert "DATABASE_REPLICA_URLS" in line
    assert web.count("replica-2, 127.0.0.1:1/windfall. ") == 1
    assert web.count(SECRET) == web.count("Traceback") == 0


def test_readiness_tells_each_and_fails_for_none(web, standby):
    wait_until(lambda: web.count("Reports are read from replica-1,") == 1)
    told = web.readiness()
    assert told["replica-1"]["state"] == "ok"
    assert re.fullmatch(r"used, \d\.\d s behind", told["replica-1"]["detail"])
    for number, reason in [
        (2, "not used. It does not answer"),
        (3, f"not used. {PRIMARY_ITSELF}"),
        (4, f"not used. {ANOTHER_DATABASE}"),
        (5, f"not used. {ANOTHER_CLUSTER}"),
    ]:
        assert told[f"replica-{number}"] == {"state": "warning", "detail": reason}
    # Anybody may ask.
    assert str(standby.socket_dir) not in str(told)
    assert "127.0.0.1" not in str(told)


def test_metrics_tell_lag_and_where_pages_were_read(web, standby):
    name = name_of(standby)
    wait_until(lambda: web.count("Reports are read from replica-1,") == 1)

    def reads(server):
        return web.metric("windfall_report_reads_total", server=server)

    # One who reads on goes on to the replica, which has come as far as it was read.
    reader = requests.Session()
    for _ in range(3):
        web.mwh(reader)
    assert (reads(name), reads("primary")) == (3, 0)
    assert web.metric("windfall_replica_used", server=name) == 1
    assert 0 <= web.metric("windfall_replica_lag_seconds", server=name) < MAX_LAG_SECONDS
    assert web.metric("windfall_replica_used", server="127.0.0.1:1/windfall") == 0


def test_one_that_hangs_is_left_out_and_used_again(web, standby):
    """It takes connections, as its kernel does, and says nothing."""
    wait_until(lambda: web.readiness()["replica-1"]["state"] == "ok")
    silent = {"state": "warning", "detail": "not used. It does not answer"}
    with standby.hanging():
        wait_until(lambda: web.readiness()["replica-1"] == silent)
        assert web.count("no answer within 2 s") == 1
        web.mwh(requests.Session())
    wait_until(lambda: web.readiness()["replica-1"]["state"] == "ok")


def test_how_far_a_lagging_one_is_behind_is_told_and_that_a_killed_one_is_gone(
    web, standby, manage
):
    name = name_of(standby)
    standby.ask("SELECT pg_wal_replay_pause()")
    assert manage("sync_schedules").returncode == 0
    wait_until(lambda: web.metric("windfall_replica_lag_seconds", server=name) > MAX_LAG_SECONDS)
    told = web.readiness()["replica-1"]
    assert told["state"] == "warning"
    reason = f"It is more than {MAX_LAG_SECONDS} s behind the primary."
    assert re.fullmatch(rf"not used, \d+\.\d s behind. {reason}", told["detail"])
    standby.kill()
    gone = {"state": "warning", "detail": "not used. It does not answer"}
    wait_until(lambda: web.readiness()["replica-1"] == gone)
    assert web.metric("windfall_replica_used", server=name) == 0
    before = web.metric("windfall_report_reads_total", server="primary")
    web.mwh(requests.Session())
    assert web.metric("windfall_report_reads_total", server="primary") == before + 1
