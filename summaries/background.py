"""Handing work to the cluster, as soon as what it follows from is committed."""

import secrets
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django_q.tasks import async_task

# The cluster beside the daily one, for what takes hours (Q_CLUSTER in config/settings.py).
LONG_WORK = "long-work"
# And the one for what staff wait for, which no fetch from a slow Elexon may stand in the way of.
PROMPT_WORK = "prompt-work"
CLUSTERS = ("windfall", LONG_WORK, PROMPT_WORK)


def enqueue(task: str, *arguments: str, work: str | None = None, cluster: str | None = None) -> str:
    """This will have the cluster run a function of summaries/tasks.py, once all is committed.

    Outside a transaction that is at once. Nothing depends on it: what changed a day has marked it
    stale, and the cluster looks for stale days every minute.

    `cluster` is another one than that of the daily work.

    Returns the name of the work, by which `summaries.queries.work` finds what became of it; tasks
    that are given one name are one piece of work.
    """
    work = work or secrets.token_hex(8)
    transaction.on_commit(
        lambda: async_task(f"summaries.tasks.{task}", *arguments, group=work, cluster=cluster),
        robust=True,
    )
    return work


def enqueue_days(task: str, days: Iterable[date], *, cluster: str | None = None) -> str:
    """This will have the cluster run a task for each day, as one piece of work."""
    work = secrets.token_hex(8)
    for day in days:
        enqueue(task, day.isoformat(), work=work, cluster=cluster)
    return work
