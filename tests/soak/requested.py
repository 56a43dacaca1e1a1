"""Fuzzed requests through the whole application: none may end in a 5xx."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connections, transaction
from django.test import Client, TestCase, override_settings

from tests.access.stored import PEOPLE, client_of, store_everything
from tests.soak.addresses import all_routes
from tests.soak.asking import Asked, ask
from tests.soak.found import Found, last_lines

# Not ready, which the readiness page says by this status, is an answer.
SAYS_NOT_READY = ("readyz",)
# Passwords that are tried are not what takes the time.
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Asking:
    """People who are signed in, and what comes of a request of each."""

    def __init__(self, sessions: dict[str, str]) -> None:
        self.found = Found()
        self.sessions = sessions
        self.errors: list[str] = []

    def try_one(self, asked: Asked, name: str) -> None:
        """This will ask, do what is done on commit, and take everything back."""
        self.found.tried += 1
        self.errors.clear()
        with transaction.atomic():
            try:
                with TestCase.captureOnCommitCallbacks(execute=True):
                    status = self.status_of(asked)
            # Whatever escapes is what is looked for.
            except Exception as error:  # noqa: BLE001
                status = 0
                self.errors.append(last_lines(error))
            transaction.set_rollback(True)
        self.found.count(f"answers {status}")
        is_allowed = status == 503 and asked.route in SAYS_NOT_READY
        if (status >= 500 and not is_allowed) or self.errors:
            self.found.broken.append(f"{name}: {asked}: {status} {' '.join(self.errors)}")

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
        if answer.wsgi_request.resolver_match is None:
            self.found.count("that no view was asked")
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


def sign_everybody_in() -> dict[str, str]:
    """The session of each kind of person; none of the stranger."""
    browsers = {name: client_of(name) for name in PEOPLE}
    return {
        name: browser.cookies["sessionid"].value if browser.cookies else ""
        for name, browser in browsers.items()
    }


def ask_those(numbers: range, seed: int, sessions: dict[str, str]) -> Found:
    """What comes of the requests of these numbers."""
    asking = Asking(sessions)
    with override_settings(PASSWORD_HASHERS=QUICK_HASHERS), listening(asking.errors):
        for number in numbers:
            asking.try_one(ask(seed, number), f"seed {seed}, request {number}")
    return asking.found


def run_here(count: int, seed: int) -> Found:
    """This will send so many requests; the database is as before when it ends."""
    with transaction.atomic():
        store_everything()
        found = ask_those(range(count), seed, sign_everybody_in())
        transaction.set_rollback(True)
    return found


def run(count: int, seed: int) -> Found:
    """The same by a process for each core, on rows that stay; each takes back what it changes."""
    store_everything()
    sessions = sign_everybody_in()
    # Connections do not survive a fork.
    connections.close_all()
    jobs = os.cpu_count() or 1
    shares = [range(first, count, jobs) for first in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as executor:
        parts = executor.map(partial(ask_those, seed=seed, sessions=sessions), shares)
        found = sum_of(parts)
    asked = min(count, len(all_routes()))
    found.figures = f"seed {seed}, {asked} of {len(all_routes())} addresses"
    return found


def sum_of(parts: Iterator[Found]) -> Found:
    """All that several found."""
    whole = Found()
    for part in parts:
        whole.tried += part.tried
        whole.broken += part.broken
        for name, number in part.counts.items():
            whole.counts[name] = whole.counts.get(name, 0) + number
    return whole
