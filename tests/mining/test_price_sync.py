from datetime import UTC, date, datetime, timedelta

import pytest

from curtailment.settlement import day_ends_at
from mining.models import BitcoinPrice
from mining.network import NetworkMalformed
from mining.operations import load_sample_prices, sync_network
from mining.sample_prices import sample_prices
from tests.mining.ledger import add_days, settle, stale_dates
from tests.stubs.mempool import PRICE_HISTORY, PRICE_NOW

pytestmark = pytest.mark.django_db

LAST_EMBEDDED = (1736712111, 878976, "110451907374649.52")
NOW = datetime(2025, 2, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def sync(client, *, now=NOW):
    return sync_network(client, now=now)


def test_prices_are_the_last_quotes_of_the_days(node, client):
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_quotes(
        [
            (datetime(2024, 6, 10, 22, 59, tzinfo=UTC), 54_000),
            (datetime(2024, 6, 10, 23, 1, tzinfo=UTC), 55_000),
        ]
    )
    node.knows_price_now((NOW, 80_000))
    assert sync(client).prices_written == 3
    prices = {p.date: (p.price_gbp, p.price_usd, p.source) for p in BitcoinPrice.objects.all()}
    assert prices == {
        date(2024, 6, 10): (54_000, None, "node"),
        date(2024, 6, 11): (55_000, None, "node"),
        None: (80_000, 100_000, "node"),
    }


def test_a_node_without_a_price_now_leaves_the_one_that_is_known(node, client):
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_price_now((NOW, 80_000))
    sync(client)
    node.knows_price_now(None)
    sync(client)
    assert BitcoinPrice.objects.get(date=None).price_gbp == 80_000


def test_the_price_now_is_never_replaced_by_an_older_one(node, client):
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_price_now((NOW, 80_000))
    sync(client)
    node.knows_price_now((NOW - DAY, 70_000))
    assert sync(client).prices_written == 0
    assert BitcoinPrice.objects.get(date=None).price_gbp == 80_000


def test_a_nodes_prices_replace_sample_ones_but_not_the_other_way_round(node, client):
    add_days(date(2024, 3, 1), date(2024, 5, 31))
    written = load_sample_prices(now=NOW)
    assert written == len(sample_prices())
    assert set(BitcoinPrice.objects.values_list("source", flat=True)) == {"sample"}
    assert len(stale_dates()) == 92
    assert load_sample_prices(now=NOW) == 0
    settle()
    day = date(2024, 4, 20)
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_quotes([(day_ends_at(day), 51_234)])
    node.knows_price_now((NOW, 80_000))
    sync(client)
    load_sample_prices(now=NOW)
    assert BitcoinPrice.objects.get(date=day).price_gbp == 51_234
    assert BitcoinPrice.objects.get(date=None).source == "node"
    # Within 36 hours it is the price of the day after as well.
    nodes = BitcoinPrice.objects.filter(source="node", date__isnull=False)
    assert list(nodes.order_by("date").values_list("date", flat=True)) == [day, day + DAY]


def test_a_sample_price_that_a_node_confirms_is_no_sample_any_more(node, client):
    add_days(date(2024, 4, 20), date(2024, 4, 20))
    load_sample_prices(now=NOW)
    settle()
    sample = BitcoinPrice.objects.get(date=date(2024, 4, 20))
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_quotes([(sample.quoted_at, float(sample.price_gbp))])
    sync(client)
    sample.refresh_from_db()
    assert sample.source == "node"
    assert stale_dates() == [date(2024, 4, 20)]


def test_a_new_price_touches_its_day_only(node, client):
    add_days(date(2025, 1, 28), date(2025, 2, 5))
    node.knows_retargets([LAST_EMBEDDED])
    first, second = date(2025, 1, 29), date(2025, 1, 30)
    quotes = [(day_ends_at(first) - DAY / 24, 80_000), (day_ends_at(second) - DAY / 24, 81_000)]
    node.knows_quotes(quotes)
    sync(client)
    settle()
    sync(client)
    assert stale_dates() == []
    # The price of the 29th changes; the 30th is only quoted a little later, at the same price.
    node.knows_quotes([(quotes[0][0], 80_500), (quotes[1][0] + timedelta(minutes=5), 81_000)])
    assert sync(client).prices_written == 3
    assert stale_dates() == [first]
    assert BitcoinPrice.objects.get(date=second).quoted_at == quotes[1][0] + timedelta(minutes=5)


@pytest.mark.parametrize("path", [PRICE_HISTORY, PRICE_NOW])
def test_prices_are_written_all_or_none(node, client, path):
    node.knows_retargets([LAST_EMBEDDED])
    node.knows_quotes([(NOW, 80_000)])
    node.knows_price_now((NOW, 80_000))
    node.bodies[path] = b'{"prices": 1, "GBP": "many"}'
    with pytest.raises(NetworkMalformed):
        sync(client)
    assert not BitcoinPrice.objects.exists()
