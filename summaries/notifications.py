"""Telling operators by e-mail what needs them, each event once. Off unless NOTIFY_EMAILS is set.

An event is noticed, told once, and forgotten when it is over; the next one is told again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from config.logs.formatting import one_line
from summaries.models import Notification
from summaries.queries.troubles import Trouble, read_troubles

Troubles = dict[tuple[str, date], Trouble]

# One failure is often an outage that is over before anybody has read of it.
TOLD_AFTER_FAILURES = 3
# A mail about more would not be read to its end.
MOST_NAMED = 20


class NotSent(Exception):
    """E-mail could not be sent; it is tried again the next time. The message says why."""


def notify(*, now: datetime) -> list[Trouble]:
    """This will notice what is not well, and tell what is to be told; returns that.

    Two processes do not tell the same. Raises NotSent.
    """
    if not settings.NOTIFY_EMAILS:
        return []
    troubles = {trouble.key: trouble for trouble in read_troubles(now=now)}
    _notice(troubles, now)
    with transaction.atomic():
        waiting = Notification.objects.filter(sent_at=None).select_for_update(skip_locked=True)
        due = [
            (row, trouble)
            for row in waiting.order_by("settlement_date", "event")
            if (trouble := troubles.get((row.event, row.settlement_date))) and _is_due(row, trouble)
        ]
        if due:
            Notification.objects.filter(pk__in=[row.pk for row, _ in due]).update(sent_at=now)
            # Within the transaction: what could not be sent was not told.
            _send([trouble for _, trouble in due])
    return [trouble for _, trouble in due]


@transaction.atomic
def _notice(troubles: Troubles, now: datetime) -> None:
    """Forgets what is over and notes what is new."""
    for row in Notification.objects.all():
        if (row.event, row.settlement_date) not in troubles:
            row.delete()
    rows = [
        Notification(
            event=trouble.event,
            settlement_date=trouble.settlement_date,
            attempts_before=_attempts_before(trouble),
            noticed_at=now,
        )
        for trouble in troubles.values()
        if not trouble.is_being_tried
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _attempts_before(trouble: Trouble) -> int:
    """Of a day that never succeeded none; else all but the one that was just found to fail."""
    return max(trouble.attempts - 1, 0) if trouble.was_ever_stored else 0


def _is_due(row: Notification, trouble: Trouble) -> bool:
    if row.event != Notification.Event.FAILED:
        return True
    failures = trouble.attempts - row.attempts_before - trouble.is_being_tried
    return failures >= TOLD_AFTER_FAILURES


def _send(troubles: Sequence[Trouble]) -> None:
    count = "1 thing needs" if len(troubles) == 1 else f"{len(troubles)} things need"
    # An error repeats what a server said, which must not look like a sentence of ours.
    lines = [one_line(trouble.sentence) for trouble in troubles[:MOST_NAMED]]
    if len(troubles) > MOST_NAMED:
        lines.append(f"And {len(troubles) - MOST_NAMED} more: see the admin's front page.")
    try:
        send_mail(f"Windfall: {count} attention", "\n".join(lines), None, settings.NOTIFY_EMAILS)
    except (SMTPException, OSError) as error:
        # Without its text, in which servers repeat addresses.
        raise NotSent(f"The e-mail server of EMAIL_URL fails: {type(error).__name__}.") from error
