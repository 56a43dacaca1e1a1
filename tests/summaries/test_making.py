"""A page that many ask for at once is made once, and one page is made at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Lock
from time import sleep

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse

from config.cache import IN_PROCESS
from summaries import making
from summaries.caching import Shown, _make
from summaries.making import turn_to_make
from summaries.report_cache import StoredPage

READERS = 8
# As long as making a page takes here: readers that are there at the start wait for it.
MAKING_SECONDS = 0.05


@pytest.fixture
def _cached_reports(settings, _uncached_reports):
    settings.CACHES = settings.CACHES | {"reports": IN_PROCESS}
    caches["reports"].clear()


class Makers:
    """Counts who is at it at the same time."""

    def __init__(self):
        self.lock, self.now, self.most, self.total = Lock(), 0, 0, 0

    def work(self):
        with self.lock:
            self.now, self.total = self.now + 1, self.total + 1
            self.most = max(self.most, self.now)
        sleep(MAKING_SECONDS)
        with self.lock:
            self.now -= 1


def at_once(do, keys):
    """Does something for each key, all beginning together."""
    barrier = Barrier(len(keys))

    def one(key):
        barrier.wait(10)
        return do(key)

    with ThreadPoolExecutor(len(keys)) as threads:
        return list(threads.map(one, keys))


def test_one_page_is_made_at_a_time():
    makers = Makers()

    def make(_):
        with turn_to_make() as has_waited:
            makers.work()
            return has_waited

    waited = at_once(make, range(READERS))

    assert sorted(waited) == [False] + [True] * (READERS - 1)
    assert (makers.most, makers.total) == (1, READERS)


@pytest.mark.usefixtures("_cached_reports")
def test_a_page_that_many_ask_for_is_made_once():
    makers = Makers()

    def build():
        makers.work()
        return HttpResponse(b"a page")

    shown = Shown("revision", timedelta(minutes=1))
    pages = at_once(lambda key: _make(key, shown, build), ["page"] * READERS)

    assert makers.total == 1
    assert {page.body for page in pages} == {b"a page"}


@pytest.mark.usefixtures("_cached_reports")
def test_what_cannot_be_stored_is_made_for_each_reader():
    makers = Makers()

    def refuse():
        makers.work()
        return HttpResponse(b"Not found.", status=404)

    shown = Shown("revision", timedelta(minutes=1))
    answers = at_once(lambda key: _make(key, shown, refuse), ["page"] * READERS)

    assert makers.total == READERS
    assert not any(isinstance(answer, StoredPage) for answer in answers)


def test_who_fails_lets_the_next_one_in():
    def fail():
        with turn_to_make():
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    with turn_to_make() as has_waited:
        assert not has_waited


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr(making, "PATIENCE_SECONDS", MAKING_SECONDS)

    def make(_):
        with turn_to_make():
            return "made"

    with ThreadPoolExecutor(READERS) as threads, turn_to_make():
        assert list(threads.map(make, range(READERS))) == ["made"] * READERS


@pytest.mark.usefixtures("committed_db")
def test_who_waits_holds_no_connection():
    is_made = Event()

    def wait_for_a_turn():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with turn_to_make() as has_waited:
            assert has_waited
            return connection.connection

    with ThreadPoolExecutor(1) as threads:
        with turn_to_make():
            waiting = threads.submit(wait_for_a_turn)
            is_made.wait(MAKING_SECONDS)
        assert waiting.result(10) is None
