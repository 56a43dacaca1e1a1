from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from curtailment.models import IngestionProgress
from mining.epochs import embedded_retargets
from mining.models import BitcoinPrice, DifficultyEpoch
from mining.network import NetworkMalformed, NetworkUnavailable
from mining.operations import (
    NetworkResult,
    load_embedded_epochs,
    sync_network,
)
from mining.queries import difficulty_horizon
from tests.mining.ledger import add_days, settle, stale_dates
from tests.stubs import server
from tests.stubs.mempool import RETARGETS

pytestmark = pytest.mark.django_db

# The last embedded retarget, and two that are made up to follow it.
LAST_EMBEDDED = (1736712111, 878976, "110451907374649.52")
NEXT = (1737931000, 880992, "108105433845147.2")
ONE_AFTER = (1739150000, 883008, "114167270716407.6")
NEXT_AT = datetime.fromtimestamp(NEXT[0], UTC)
NOW = datetime(2025, 2, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def sync(client, *, now=NOW):
    return sync_network(client, now=now)


def epoch(retarget):
    return DifficultyEpoch.objects.get(height=retarget[1])


def test_the_embedded_epochs_hold_until_the_last_retarget():
    assert load_embedded_epochs(now=NOW) == 437
    assert difficulty_horizon() == epoch(LAST_EMBEDDED).starts_at
    assert epoch(LAST_EMBEDDED).known_until == epoch(LAST_EMBEDDED).starts_at
    assert load_embedded_epochs(now=NOW + DAY) == 0


def test_the_first_sync_also_brings_the_embedded_epochs(node, client):
    # A node does not list the retargets of 2009, which left the difficulty at 1.
    node.knows_retargets([NEXT])
    assert sync(client).epochs_written == 438
    assert epoch(LAST_EMBEDDED).known_until == NEXT_AT
    assert epoch(NEXT).known_until == NOW


def test_a_second_sync_moves_nothing_but_the_horizon(node, client):
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    node.knows_quotes([(NOW, 80_000)])
    node.knows_price_now((NOW, 80_001))
    assert sync(client) == NetworkResult(epochs_written=438, prices_written=2)
    assert sync(client) == NetworkResult(epochs_written=0, prices_written=0)
    assert sync(client, now=NOW - DAY).epochs_written == 0
    assert sync(client, now=NOW + timedelta(hours=1)).epochs_written == 1
    assert difficulty_horizon() == NOW + timedelta(hours=1)


def test_embedded_epochs_never_take_the_place_of_a_nodes(node, client):
    changed = (LAST_EMBEDDED[0] + 60, LAST_EMBEDDED[1], "120451907374649.5")
    node.knows_retargets([changed, NEXT])
    sync(client)
    assert load_embedded_epochs(now=NOW) == 0
    assert epoch(LAST_EMBEDDED).difficulty == Decimal(changed[2])


def test_other_digits_of_the_same_difficulty_are_not_a_change(node, client):
    load_embedded_epochs(now=NOW)
    node.knows_retargets([(1736712111, 878976, "110451907374650")])
    sync(client)
    assert epoch(LAST_EMBEDDED).difficulty == Decimal(LAST_EMBEDDED[2])


def test_two_epochs_may_change_places_in_time(node, client):
    node.knows_retargets([LAST_EMBEDDED, NEXT, ONE_AFTER])
    sync(client, now=NOW + 30 * DAY)
    moved = (NEXT[0] - 600, NEXT[1], NEXT[2])
    node.knows_retargets([LAST_EMBEDDED, moved, (NEXT[0], ONE_AFTER[1], ONE_AFTER[2])])
    sync(client, now=NOW + 30 * DAY)
    assert epoch(ONE_AFTER).starts_at == epoch(NEXT).known_until == NEXT_AT


@pytest.mark.parametrize(
    ("retarget", "sentence"),
    [
        ((1736712000, 880992, "1"), "block 880992 would not be later than block 878976"),
        ((1900000000, 880992, "1"), "block 880992 is of 2030-03-17 17:46 UTC, in the future"),
    ],
)
def test_an_answer_that_cannot_be_true_changes_nothing(node, client, retarget, sentence):
    load_embedded_epochs(now=NOW)
    node.knows_retargets([retarget])
    with pytest.raises(NetworkMalformed, match=sentence):
        sync(client)
    assert DifficultyEpoch.objects.count() == 437


# --- What becomes stale ---------------------------------------------------------------------


def test_the_days_since_the_last_sync_become_stale(node, client):
    add_days(date(2025, 1, 25), date(2025, 2, 10))
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    sync(client, now=datetime(2025, 1, 30, 12, tzinfo=UTC))
    assert stale_dates()[0] == date(2025, 1, 25)
    assert stale_dates()[-1] == date(2025, 1, 30)
    settle()
    sync(client, now=NOW)
    assert stale_dates() == [date(2025, 1, 30) + n * DAY for n in range(5)]
    [reason] = IngestionProgress.objects.exclude(stale_reason="").values_list(
        "stale_reason", flat=True
    )[:1]
    assert reason == "The difficulty changed."


def test_a_changed_difficulty_touches_its_own_days_only(node, client):
    add_days(date(2025, 1, 1), date(2025, 2, 10))
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    sync(client)
    settle()
    node.knows_retargets([(*LAST_EMBEDDED[:2], "120451907374649.5"), NEXT])
    sync(client)
    # From 2025-01-12 20:01 to 2025-01-26 22:36 UTC.
    assert stale_dates() == [date(2025, 1, 12) + n * DAY for n in range(15)]


def test_days_without_data_and_days_that_were_stale_before_stay_as_they_are(node, client):
    add_days(date(2025, 1, 27), date(2025, 1, 27), data_state="none")
    add_days(date(2025, 1, 28), date(2025, 1, 28))
    long_ago = NOW - 9 * DAY
    IngestionProgress.objects.filter(data_state="final").update(stale_since=long_ago)
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    sync(client)
    assert stale_dates() == [date(2025, 1, 28)]
    assert IngestionProgress.objects.get(pk=date(2025, 1, 28)).stale_since == long_ago


# --- Faults, and two at once ----------------------------------------------------------------


def test_prices_that_fail_do_not_hold_up_the_difficulty(node, client):
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    node.fail("historical-price", server.status(500))
    with pytest.raises(NetworkUnavailable):
        sync(client)
    assert difficulty_horizon() == NOW
    assert not BitcoinPrice.objects.exists()


def test_an_unreachable_node_changes_nothing(node, client):
    node.fail(RETARGETS, server.cut_before_the_answer())
    with pytest.raises(NetworkUnavailable):
        sync(client)
    assert not DifficultyEpoch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_syncs_at_once_write_what_one_would(node, client):
    node.knows_retargets([LAST_EMBEDDED, NEXT])
    node.knows_quotes([(NOW, 80_000)])
    node.knows_price_now((NOW, 80_000))

    def sync_and_hang_up(minutes):
        try:
            return sync(client, now=NOW + timedelta(minutes=minutes))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(sync_and_hang_up, range(4)))
    assert sum(result.prices_written for result in results) == 2
    assert DifficultyEpoch.objects.count() == len(embedded_retargets()) + 1
    assert difficulty_horizon() == NOW + timedelta(minutes=3)


# --- The command ----------------------------------------------------------------------------


@pytest.fixture
def configured(node, settings):
    settings.MEMPOOL_BASE_URL = node.url
    return node


def test_the_command_says_what_it_did(configured, capsys):
    configured.knows_retargets([LAST_EMBEDDED, NEXT])
    call_command("sync_network")
    said = capsys.readouterr().out
    assert said.startswith("438 difficulty epochs and 0 prices written; difficulty known until 2")
    assert said.endswith(" UTC.\n")


def test_an_unreachable_node_is_one_sentence_and_exit_status_1(configured):
    configured.fail(RETARGETS, server.status(403))
    with pytest.raises(CommandError) as refusal:
        call_command("sync_network")
    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        f"Not synchronized with the mempool node: GET {RETARGETS}: HTTP 403 Forbidden."
    )


def test_an_address_that_is_none_says_what_to_set(settings):
    settings.MEMPOOL_BASE_URL = "mempool.space"
    with pytest.raises(ImproperlyConfigured, match=r"Set MEMPOOL_BASE_URL\.$"):
        call_command("sync_network")
