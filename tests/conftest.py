"""Fixtures of all tests, and the guard that keeps tests off the network."""

import ipaddress
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from curtailment.elexon import ElexonClient, RetryPolicy, Timeouts
from mining.operations import load_embedded_epochs
from tests.citus import running
from tests.stubs.elexon import StubElexon


def pytest_configure(config: pytest.Config) -> None:
    if running.is_asked(config):
        running.use_cluster(config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if running.is_asked(config):
        for item in items:
            if running.runs_there(item):
                item.add_marker(running.MARKER)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, pytestconfig: pytest.Config
) -> Iterator[None]:
    """The database of a run on a cluster is made on all its nodes before Django fills it."""
    if not running.is_asked(pytestconfig):
        yield
        return
    test = connection.settings_dict["TEST"]
    name = test["NAME"] = test["NAME"] or f"test_{connection.settings_dict['NAME']}"
    running.make_database(name)
    yield
    running.drop_database(name)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, pytestconfig: pytest.Config
) -> None:
    """Where the run is on a cluster, the big tables are distributed once they are there."""
    if running.is_asked(pytestconfig):
        with django_db_blocker.unblock():
            call_command("distribute", shards=running.SHARDS)


class NetworkForbidden(AssertionError):
    """A test tried to reach beyond this machine. Not an OSError: no client may take it for one."""


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_beyond_loopback(family: int, address: Any) -> None:
    if family != socket.AF_UNIX and not _is_loopback(str(address[0])):
        raise NetworkForbidden(f"a test tried to connect to {address}")


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """Sockets of Python reach loopback and Unix sockets only; names resolve to loopback only.

    Names under .invalid do not exist, by RFC 2606, and nobody is asked.
    """
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_beyond_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_beyond_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, *args: Any) -> int:
        _refuse_beyond_loopback(self.family, args[-1])
        return sendto(self, *args)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not _is_loopback(name):
            raise NetworkForbidden(f"a test tried to resolve {name}")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    """Pages need no collected static files."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _uncached_reports(settings: Any) -> None:
    """Every page is built anew: tests write summaries that no revision counts."""
    cache = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = settings.CACHES | {"reports": cache}


@pytest.fixture
def public_reports(settings: Any) -> None:
    """Reports may be read without signing in."""
    settings.REPORTS_PUBLIC = True


@pytest.fixture
def elexon_stub() -> Iterator[StubElexon]:
    """Elexon on loopback, with the known wind units in its register and no day yet."""
    with StubElexon() as stub:
        yield stub


@pytest.fixture
def elexon_client(elexon_stub: StubElexon) -> Iterator[ElexonClient]:
    """A client of the stub that is quick to try again, and patient with a busy machine."""
    with ElexonClient(
        base_url=elexon_stub.url,
        requests_per_minute=1_000_000,
        retries=RetryPolicy(first_wait_s=0.001),
        timeouts=Timeouts(connect_s=10, read_s=10),
    ) as client:
        yield client


@pytest.fixture
def committed_db(transactional_db: None) -> Iterator[None]:
    """A database whose changes are committed, with the miner models of the migrations."""
    _guard_against_truncation("ENABLE")
    import_module("mining.migrations.0002_miner_models").add_miner_models(apps, None)
    load_embedded_epochs(now=datetime.now(UTC))
    yield
    # Emptying the tables is the test runner's business; the product cannot.
    _guard_against_truncation("DISABLE")


def _guard_against_truncation(verb: str) -> None:
    with connection.cursor() as cursor:
        for table in ("corrections", "correction_batches"):
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {table}_not_truncated")
