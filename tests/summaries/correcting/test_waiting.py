"""Pages wait for other writers only briefly, two previews never block each other for long, and
two people who save at the same moment are told apart.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.test import Client

from curtailment.correction_queries import read_one
from curtailment.locks import lock_day
from curtailment.models import Correction
from mining.operations import load_embedded_epochs
from summaries.pipeline import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.proposals import KEY
from tests.summaries.correcting.conftest import LINES, person
from tests.summaries.correcting.test_views import ADDRESS, FIGURES

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def clients(committed_db):
    """Ada's browser and Bob's."""
    load_embedded_epochs(now=FETCHED)
    add_wind_units()
    store(fetched_day(LINES))
    finish_day(DAY, now=FETCHED)
    browsers = [Client(), Client()]
    for browser, name in zip(browsers, ("ada", "bob"), strict=True):
        browser.force_login(person(name, "correct_record"))
    return browsers


def post(client, step, barrier=None):
    try:
        if barrier is not None:
            barrier.wait(10)
        return client.post(ADDRESS, FIGURES | {"seen": read_one(KEY).state, "step": step})
    finally:
        connections.close_all()


def test_who_meets_a_day_that_is_being_written_is_told_and_nothing_is_changed(clients):
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                lock_day(DAY)
                held.set()
                done.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as others:
        holding = others.submit(hold)
        held.wait(10)
        answer = post(clients[0], "save")
        done.set()
        holding.result()
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "being written at the moment. Try again." in page
    assert page.count("Nothing was changed") == 1
    assert not Correction.objects.exists()
    assert post(clients[0], "save").status_code == 302


def test_of_two_who_save_at_once_one_wins_and_the_other_is_told(clients):
    seen = read_one(KEY).state
    barrier = threading.Barrier(2)

    def save(client):
        try:
            barrier.wait(10)
            return client.post(ADDRESS, FIGURES | {"seen": seen, "step": "save"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(save, clients))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    told = next(answer for answer in answers if answer.status_code == 200)
    assert "changed meanwhile" in told.content.decode()
    assert Correction.objects.count() == 1


def test_two_previews_of_one_day_at_once_both_come(clients):
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(lambda client: post(client, "preview", barrier), clients))
    assert all(answer.context["preview"] for answer in answers)
    assert not Correction.objects.exists()
