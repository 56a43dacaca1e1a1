"""Fuzzed requests through the whole application: none may end in a 5xx."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from summaries.pipeline import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.soak.addresses import all_routes
from tests.soak.asking import READERS, Asked, requests
from tests.soak.found import Found, for_each, last_lines

# Not ready, which the readiness page says by this status, is an answer.
SAYS_NOT_READY = ("readyz",)


class Asking:
    """People who are signed in, and what comes of a request of each."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.sessions = {reader: self._session_of(reader) for reader in READERS}
        self.errors: list[str] = []
        self.routes: set[str] = set()

    def _session_of(self, reader: str) -> str:
        if reader == "signed out":
            return ""
        user = User.objects.create_user(
            reader, is_staff=reader != "reader", is_superuser=reader == "operator"
        )
        client = Client()
        client.force_login(user)
        return client.cookies["sessionid"].value

    def try_one(self, asked: Asked) -> None:
        self.found.tried += 1
        self.routes.add(asked.route)
        self.errors.clear()
        with transaction.atomic():
            try:
                status = self.status_of(asked)
            # Whatever escapes is what is looked for.
            except Exception as error:  # noqa: BLE001
                status = 0
                self.errors.append(last_lines(error))
            transaction.set_rollback(True)
        self.found.count(f"answers {status // 100}xx")
        is_allowed = status == 503 and asked.route in SAYS_NOT_READY
        if (status >= 500 and not is_allowed) or self.errors:
            self.found.broken.append(f"{asked}: {status} {' '.join(self.errors)}")

    def status_of(self, asked: Asked) -> int:
        client = Client(raise_request_exception=False)
        if self.sessions[asked.reader]:
            client.cookies["sessionid"] = self.sessions[asked.reader]
        environ: dict[str, Any] = {
            "HTTP_HOST": "127.0.0.1",
            **asked.headers,
            "PATH_INFO": asked.path.decode("latin-1"),
            "QUERY_STRING": asked.query,
        }
        answer: Any = client.generic(
            asked.method,
            "/",
            asked.body,
            asked.content_type or "application/octet-stream",
            **environ,
        )
        # Files are read as a server would read them.
        _ = answer.getvalue() if answer.streaming else answer.content
        return int(answer.status_code)


class Listener(logging.Handler):
    """Tracebacks that the application logged."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.errors.append(last_lines(record.exc_info[1]))


@contextmanager
def listening(errors: list[str]) -> Iterator[None]:
    """Notes what is logged with a traceback; what requests do wrong is not printed."""
    logger, handler = logging.getLogger("django.request"), Listener(errors)
    hosts = logging.getLogger("django.security.DisallowedHost")
    hosts.disabled = True
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        hosts.disabled = False
        logging.disable(level)


def store_a_day() -> None:
    """Something to be shown: records of two units on a finished day, and the sample miners."""
    add_wind_units()
    lines = {
        1: [stack_line(volume="-10", so_flag=True), stack_line(id="T_MOWEO-1", volume="-4")],
        17: [stack_line(volume="-7", cadl_flag=True, settlement_period=17)],
    }
    store(fetched_day(lines))
    finish_day(DAY, now=FETCHED)


def run(count: int, seed: int) -> Found:
    """This will send so many requests; the database is as before when it ends."""
    found = Found()
    with transaction.atomic():
        store_a_day()
        asking = Asking(found)
        with listening(asking.errors):
            for_each(requests(), count, seed, asking.try_one)
        transaction.set_rollback(True)
    found.figures = f"{len(asking.routes)} of {len(all_routes())} addresses"
    return found
