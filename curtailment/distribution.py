"""Whether a big table is spread over a Citus cluster (docs/scaling.md).

Statements are such that they do the same either way. What cannot be asks here, and only along
with something else: a single machine pays no query for it.
"""

# Citus marks the tables that it distributes by a trigger of its own. A dump does not have it, so
# that a copy on a plain server is not taken for distributed.
IS_DISTRIBUTED = """
    EXISTS (
        SELECT FROM pg_trigger
        WHERE tgrelid = to_regclass(%(table)s) AND tgfoid = to_regproc('citus_truncate_trigger')
    )
"""
