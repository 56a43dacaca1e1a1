"""Writing prices of a bitcoin, and marking the days that they touch as stale."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from curtailment.locks import LockSpace, lock
from curtailment.operations import mark_stale
from mining.models import BitcoinPrice
from mining.prices import Price
from mining.sample_prices import sample_prices


def sql_for_writing_prices() -> str:
    """Writes prices by date; a sample price never takes the place of a node's.

    The price now is never replaced by an older one. Answers the dates written whose price, or
    whose source, is another one than before; the others were written for their quote only.
    """
    return """
        WITH offered AS (
            SELECT * FROM unnest(
                %(dates)s::date[], %(prices_gbp)s::numeric[], %(prices_usd)s::numeric[],
                %(quoted_at)s::timestamptz[]
            ) AS o (date, price_gbp, price_usd, quoted_at)
        ), before AS (
            SELECT date, price_gbp, source FROM bitcoin_prices
        ), written AS (
            INSERT INTO bitcoin_prices AS p (date, price_gbp, price_usd, quoted_at, source)
            SELECT date, price_gbp, price_usd, quoted_at, %(source)s FROM offered
            ON CONFLICT (date) DO UPDATE SET
                price_gbp = EXCLUDED.price_gbp, price_usd = EXCLUDED.price_usd,
                quoted_at = EXCLUDED.quoted_at, source = EXCLUDED.source
            WHERE (p.price_gbp, p.price_usd, p.quoted_at, p.source)
                    IS DISTINCT FROM
                  (EXCLUDED.price_gbp, EXCLUDED.price_usd, EXCLUDED.quoted_at, EXCLUDED.source)
                AND (p.source = 'sample' OR EXCLUDED.source = 'node')
                AND (p.date IS NOT NULL OR p.source <> EXCLUDED.source
                     OR p.quoted_at <= EXCLUDED.quoted_at)
            RETURNING p.date, p.price_gbp, p.source
        )
        SELECT written.date,
            (before.price_gbp, before.source) IS DISTINCT FROM (written.price_gbp, written.source)
        FROM written LEFT JOIN before ON before.date IS NOT DISTINCT FROM written.date
    """


def load_sample_prices(*, now: datetime) -> int:
    """This will store the sample prices where no node has given one. Returns rows written."""
    samples = [
        Price(sample.settlement_date, sample.price_gbp, None, sample.quoted_at)
        for sample in sample_prices()
    ]
    return write_prices(samples, source=BitcoinPrice.Source.SAMPLE, now=now)


@transaction.atomic
def write_prices(prices: Sequence[Price], *, source: BitcoinPrice.Source, now: datetime) -> int:
    """This will store prices, at most one a date; days whose price changed become stale.

    Returns how many rows were written; rows that would not change are not touched.
    """
    lock(LockSpace.NETWORK, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            sql_for_writing_prices(),
            {
                "dates": [price.settlement_date for price in prices],
                "prices_gbp": [price.price_gbp for price in prices],
                "prices_usd": [price.price_usd for price in prices],
                "quoted_at": [price.quoted_at for price in prices],
                "source": source.value,
            },
        )
        written = cursor.fetchall()
    touched = sorted(day for day, changed in written if changed and day is not None)
    mark_stale(touched, reason="The price of a bitcoin changed.", now=now)
    return len(written)
