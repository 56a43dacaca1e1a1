"""Where reports are cached: what CACHE_URL may say."""

import shutil
import socket
import subprocess
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config.cache import IN_PROCESS, cache_settings
from config.environment import Environment
from summaries import report_cache
from summaries.report_cache import StoredPage

HAS_REDIS = find_spec("redis") is not None


def settings_of(monkeypatch, address):
    monkeypatch.setenv("CACHE_URL", address)
    return cache_settings(Environment())


def test_reports_are_cached_in_the_web_process_unless_told_otherwise(monkeypatch):
    assert settings_of(monkeypatch, "") == IN_PROCESS
    assert IN_PROCESS["OPTIONS"]["MAX_ENTRIES"] * report_cache.LARGEST_BODY_BYTES <= 64 * 2**20


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("memcached://secret", "must begin with redis://"),
        ("secret", "must begin with redis://"),
        ("redis://", "is not of the form"),
        ("redis://me:sec/ret@host:port/1", "is not of the form"),
        ("redis://[::1/secret", "is not of the form"),
        ("redis://me:secret@host/x", "is not of the form"),
        ("dbcache://", "must name a table"),
        ('dbcache://secret"; DROP TABLE x', "must name a table"),
    ],
)
def test_an_address_that_makes_no_sense_is_named_and_not_repeated(monkeypatch, address, words):
    with pytest.raises(ImproperlyConfigured, match=f"^CACHE_URL {words}") as caught:
        settings_of(monkeypatch, address)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.skipif(HAS_REDIS, reason="The package redis is installed.")
def test_redis_needs_its_package(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="the Python package redis is not installed"):
        settings_of(monkeypatch, "redis://127.0.0.1/0")


@pytest.mark.skipif(not HAS_REDIS, reason="The package redis is not installed.")
def test_a_redis_that_is_down_costs_no_page(monkeypatch, settings, caplog):
    redis = settings_of(monkeypatch, "redis://:secret@127.0.0.1:1/0")
    settings.CACHES = settings.CACHES | {"reports": redis}
    monkeypatch.setattr(report_cache, "_paused_until", 0.0)
    assert report_cache.fetch("key") is None
    assert "cannot be used" in caplog.text
    assert "secret" not in caplog.text


@pytest.fixture
def redis_address():
    """A Redis of its own, that keeps nothing on disk."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("There is no redis-server on this machine.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [server, "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port):
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail("redis-server did not start.")


@pytest.mark.skipif(not HAS_REDIS, reason="The package redis is not installed.")
def test_redis_can_be_the_cache(monkeypatch, settings, redis_address):
    settings.CACHES = settings.CACHES | {"reports": settings_of(monkeypatch, redis_address)}
    monkeypatch.setattr(report_cache, "_paused_until", 0.0)
    keeps_a_page()
    assert report_cache.usage().is_shared
    caches["reports"].clear()
    assert report_cache.fetch("key") is None
    caches["reports"].close()


def keeps_a_page():
    page = StoredPage({"Content-Type": "text/plain"}, b"compressed")
    report_cache.store("key", page, keep_for=timedelta(minutes=1))
    assert report_cache.fetch("key") == page


@pytest.mark.usefixtures("transactional_db")
def test_the_database_can_be_the_cache(monkeypatch, settings):
    table = f"report_cache_{uuid.uuid4().hex[:8]}"
    in_database = settings_of(monkeypatch, f"dbcache://{table}")
    settings.CACHES = settings.CACHES | {"reports": in_database}
    monkeypatch.setattr(report_cache, "_paused_until", 0.0)
    call_command("createcachetable", verbosity=0)
    keeps_a_page()
    usage = report_cache.usage()
    assert (usage.is_shared, usage.key_count) == (True, 1)
    caches["reports"].clear()
    assert report_cache.fetch("key") is None
