"""Waiting for what a process cannot do without, so that the order of starting does not matter."""

import time
from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from config.broker import BrokerUnreachable, check_broker
from config.database import problems

PAUSE_SECONDS = 1.0
# The same reason is said again after so many tries.
REMINDER = 60

Say = Callable[[str], None]


def wait_for_database(say: Say) -> None:
    """Waits until the database answers and has the tables of this version."""
    _wait_until_none(reason_against_database, say)


def wait_for_servers(say: Say) -> None:
    """Waits until the database and the broker answer, whatever tables there are."""
    _wait_until_none(reason_against_connection, say)
    _wait_until_none(reason_against_broker, say)


def wait_for_cluster_needs(say: Say) -> None:
    """Waits until the database and the broker of tasks answer."""
    wait_for_database(say)
    _wait_until_none(reason_against_broker, say)


def reason_against_database() -> str:
    """Why nothing can be done with the database now, in a sentence; empty if something can.

    The connection is closed: it must not be inherited by processes that fork.
    """
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error as error:
        return problems.sentence_of(error)
    finally:
        connection.close()
    if missing:
        return f"The database lacks {missing} migrations of this version: run `manage.py migrate`."
    return ""


def reason_against_connection() -> str:
    """Why there is no connection to the database, in a sentence; empty if there is one.

    Raises what the database says where it is no use to wait, as of a wrong password.
    """
    try:
        connection.ensure_connection()
    except Error as error:
        if problems.is_mistake(error):
            raise
        return problems.sentence_of(error)
    finally:
        connection.close()
    return ""


def reason_against_broker() -> str:
    """Why tasks cannot be taken from where they wait, in a sentence; empty if they can."""
    try:
        check_broker()
    except BrokerUnreachable as error:
        return str(error)
    return ""


def _wait_until_none(reason_now: Callable[[], str], say: Say) -> None:
    """Says each reason once, and again from time to time; says too when there is none any more."""
    said, tries = "", 0
    while reason := reason_now():
        if reason != said or tries % REMINDER == 0:
            say(f"Waiting. {reason}")
        said, tries = reason, tries + 1
        time.sleep(PAUSE_SECONDS)
    if said:
        say("Going on.")
