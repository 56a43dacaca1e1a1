"""Handing work to the cluster, as soon as what it follows from is committed."""

from django.db import transaction
from django_q.tasks import async_task


def enqueue(task: str, *arguments: str) -> None:
    """This will have the cluster run a function of summaries/tasks.py, once all is committed.

    Outside a transaction that is at once. Nothing depends on it: what changed a day has marked it
    stale, and the cluster looks for stale days every minute.
    """
    transaction.on_commit(lambda: async_task(f"summaries.tasks.{task}", *arguments), robust=True)
