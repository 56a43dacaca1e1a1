"""How far everything that a page shows has changed: one text, which no other state ever has.

Each change of a day takes a number of its own from the sequence `report_revisions`, so two equal
lists of revisions are the same ledger, and what was once replaced never comes back. The highest
number, or the number of days and their sum, would not do: of two transactions the one with the
lower number may commit last, and then the highest does not move; and of days that were removed
and added, sums may be equal.
"""

from datetime import date

from summaries.queries.database import fetch_rows

SQL_FOR_REVISION_OF_DAYS = """
SELECT concat_ws(' ',
    (SELECT md5(string_agg(revision::text, ' ' ORDER BY settlement_date))
     FROM ingestion_progress WHERE settlement_date BETWEEN %(first)s AND %(last)s),
    (SELECT string_agg(concat(name, '=', revision), ' ' ORDER BY name) FROM reference_revisions)
) AS revision
"""

# Pages of everything also say when data were last confirmed, which no revision counts.
SQL_FOR_REVISION_OF_EVERYTHING = """
SELECT concat_ws(' ',
    (SELECT md5(concat(
        max(fetched_at), ' ', string_agg(revision::text, ' ' ORDER BY settlement_date)))
     FROM ingestion_progress),
    (SELECT string_agg(concat(name, '=', revision), ' ' ORDER BY name) FROM reference_revisions)
) AS revision
"""

# For operators' eyes: also every try, every backfill and every suspect answer.
SQL_FOR_REVISION_OF_RUNS = """
SELECT concat_ws(' ',
    (SELECT md5(string_agg(concat_ws('=', settlement_date, revision, attempts, attempt_state,
        attempt_started_at, attempt_ended_at, fetched_at), ' ' ORDER BY settlement_date))
     FROM ingestion_progress),
    (SELECT md5(string_agg(concat_ws('=', id, state, days_done, days_failed, updated_at, ended_at),
        ' ' ORDER BY id))
     FROM backfills),
    (SELECT md5(string_agg(concat_ws('=', id, state, decided_at), ' ' ORDER BY id))
     FROM suspect_days),
    (SELECT string_agg(concat(name, '=', revision), ' ' ORDER BY name) FROM reference_revisions)
) AS revision
"""


def read_revision_of_days(first: date, last: date) -> str:
    """The revision of the days from first to last and of the reference data: one query."""
    return _read(SQL_FOR_REVISION_OF_DAYS, {"first": first, "last": last})


def read_revision_of_everything() -> str:
    """The revision of every day and of the reference data: one query."""
    return _read(SQL_FOR_REVISION_OF_EVERYTHING, {})


def read_revision_of_runs() -> str:
    """The same with every try and backfill: one query."""
    return _read(SQL_FOR_REVISION_OF_RUNS, {})


def _read(sql: str, parameters: dict[str, date]) -> str:
    return str(fetch_rows(sql, parameters)[0]["revision"])
