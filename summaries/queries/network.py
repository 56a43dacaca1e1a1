"""What the bitcoin of a day was calculated with."""

from datetime import date
from typing import Any

from curtailment.settlement import day_ends_at, day_starts_at
from summaries.queries.database import fetch_rows

# A row for every epoch that holds for a part of the day, or one without; both prices in each.
SQL_FOR_NETWORK = """
SELECT epoch.height, epoch.starts_at, epoch.difficulty,
       price.price_gbp, price.quoted_at, price.source,
       newest.price_gbp AS price_now_gbp, newest.quoted_at AS price_now_quoted_at,
       newest.source AS price_now_source
FROM (VALUES (1)) AS one
LEFT JOIN bitcoin_prices price ON price.date = %(date)s
LEFT JOIN bitcoin_prices newest ON newest.date IS NULL
LEFT JOIN difficulty_epochs epoch
    ON epoch.starts_at < %(ends_at)s AND epoch.known_until > %(starts_at)s
ORDER BY epoch.starts_at
"""


def read_network(settlement_date: date) -> list[dict[str, Any]]:
    """At least one row, whose columns are null for what is not known."""
    parameters = {
        "date": settlement_date,
        "starts_at": day_starts_at(settlement_date),
        "ends_at": day_ends_at(settlement_date),
    }
    return fetch_rows(SQL_FOR_NETWORK, parameters)
