"""Where reports are cached: what CACHE_URL may say."""

import uuid
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


@pytest.mark.usefixtures("transactional_db")
def test_the_database_can_be_the_cache(monkeypatch, settings):
    table = f"report_cache_{uuid.uuid4().hex[:8]}"
    in_database = settings_of(monkeypatch, f"dbcache://{table}")
    settings.CACHES = settings.CACHES | {"reports": in_database}
    monkeypatch.setattr(report_cache, "_paused_until", 0.0)
    call_command("createcachetable", verbosity=0)
    page = StoredPage({"Content-Type": "text/plain"}, b"compressed")
    report_cache.store("key", page, keep_for=report_cache.timedelta(minutes=1))
    assert report_cache.fetch("key") == page
    usage = report_cache.usage()
    assert (usage.is_shared, usage.key_count) == (True, 1)
    caches["reports"].clear()
    assert report_cache.fetch("key") is None
