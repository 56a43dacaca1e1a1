"""Whether a big table is spread over a Citus cluster (docs/scaling.md).

Statements are such that they do the same either way. What cannot be asks here, and only along
with something else: a single machine pays no query for it.
"""

from django.db import connection

# Citus marks the tables that it distributes by a trigger of its own. A dump does not have it, so
# that a copy on a plain server is not taken for distributed.
IS_DISTRIBUTED = """
    EXISTS (
        SELECT FROM pg_trigger
        WHERE tgrelid = to_regclass(%(table)s) AND tgfoid = to_regproc('citus_truncate_trigger')
    )
"""


def free_local_copy(partition: str) -> None:
    """This will free what an attached partition still has here of rows that are on the workers.

    Asked once a year and table; of a table that is not distributed nothing is freed.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_DISTRIBUTED}", {"table": partition})
        (is_distributed,) = cursor.fetchone()
        if is_distributed:
            cursor.execute("SELECT truncate_local_data_after_distributing_table(%s)", [partition])
