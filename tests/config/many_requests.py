"""Ten thousand requests through the real WSGI application, with its pool, errors in between.

Run as a program; prints what became of the connections, as JSON.
"""

import json
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from time import perf_counter, sleep
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from config.database.pool import PoolUsage, pool_usage
from config.wsgi import application

THREADS = 16


def ask(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def well(request: HttpRequest) -> HttpResponse:
    ask("SELECT 1")
    return HttpResponse("ok")


def fails_in_sql(request: HttpRequest) -> HttpResponse:
    ask("SELECT 1 / 0")
    return HttpResponse("never")


def fails_in_a_transaction(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        ask("SELECT 1")
        raise ValueError("a bug")


def loses_its_connection(request: HttpRequest) -> HttpResponse:
    ask("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("never")


urlpatterns = [path("well", well), path("sql", fails_in_sql), path("bug", fails_in_a_transaction)]
urlpatterns += [path("lost", loses_its_connection)]


def kind_of(number: int) -> str:
    """A quarter fails, and one in a hundred so that its connection is gone."""
    if number % 100 == 99:
        return "lost"
    return {0: "sql", 4: "bug"}.get(number % 8, "well")


def request(number: int) -> str:
    environ = RequestFactory().get(f"/{kind_of(number)}").environ
    statuses: list[str] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return len

    body = application(environ, start)
    list(body)
    body.close()
    return statuses[0][:3]


def settled_usage() -> PoolUsage:
    """The pool's, once it has replaced the connection that was lost last."""
    for _ in range(100):
        if (usage := pool_usage()) and usage.idle == usage.size:
            return usage
        sleep(0.1)
    raise AssertionError(pool_usage())


def main(count: int) -> None:
    settings.ROOT_URLCONF = __name__
    logging.disable()
    started = perf_counter()
    with ThreadPoolExecutor(THREADS) as executor:
        statuses = list(executor.map(request, range(count)))
    seconds = perf_counter() - started
    usage = settled_usage()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'windfall'")
        (at_server,) = cursor.fetchone()
    answers = {status: statuses.count(status) for status in sorted(set(statuses))}
    told = asdict(usage) | {"at_server": at_server, "answers": answers, "seconds": seconds}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
