"""A database that answers, but cannot do what it usually can."""

import os
import socket

import pytest
from django.db import Error, connection, transaction
from django.test import RequestFactory

from config.database.problems import is_for_the_operator, is_outage, is_unable, sentence_of
from config.outage import DatabaseOutage
from summaries.queries.database import SQL_FOR_SNAPSHOT


def error_of(*statements):
    """What PostgreSQL says of the last statement."""
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
    return caught.value


def answer_to(error):
    return DatabaseOutage(lambda request: None).process_exception(RequestFactory().get("/"), error)


def raised(code):
    return error_of(f"DO $$ BEGIN RAISE EXCEPTION 'it is so' USING ERRCODE = '{code}'; END $$")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("53100", "Free some space on the server's disk; then it goes on by itself."),
        ("53200", "Give the server more memory, or lower DB_POOL_MAX."),
        ("55P03", "Somebody else is writing the same. Try again."),
        ("40P01", "Somebody else is writing the same. Try again."),
        ("57014", "It took too long. Try again, or ask for less."),
    ],
)
def test_a_page_answers_503_and_operators_are_told_what_to_do(code, advice):
    error = raised(code)
    assert sentence_of(error).startswith("The database cannot do that now: it is so")
    assert sentence_of(error).endswith(advice)
    answer = answer_to(error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert b"Nothing was changed. Try again soon." in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["57P01", "57P02", "57P03"])
def test_a_server_that_went_away_is_an_outage(code):
    error = raised(code)
    assert sentence_of(error).startswith("The connection to PostgreSQL")
    assert " was lost: it is so. What was not committed is undone. " in sentence_of(error)
    assert is_for_the_operator(error)
    answer = answer_to(error)
    assert (answer.status_code, b"does not answer" in answer.content) == (503, True)


@pytest.mark.usefixtures("committed_db")
def test_a_write_in_a_transaction_that_only_reads_is_a_bug_and_no_outage():
    error = error_of(SQL_FOR_SNAPSHOT, "UPDATE miner_models SET active = false")
    assert "read-only transaction" in str(error)
    assert not is_unable(error)
    assert answer_to(error) is None


@pytest.mark.usefixtures("committed_db")
def test_a_server_that_is_read_only_is_an_outage():
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        error = error_of("UPDATE miner_models SET active = false")
        assert sentence_of(error).endswith("Make the server writable; then it goes on by itself.")
        assert answer_to(error).status_code == 503
    finally:
        connection.close()


@pytest.mark.django_db
def test_a_statement_that_makes_no_sense_is_a_bug():
    assert answer_to(error_of("SELECT nonsense")) is None


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("is_in_transaction", [True, False])
def test_a_connection_that_breaks_while_it_is_used_is_an_outage(is_in_transaction):
    """As when a machine loses its network; Django may have connected anew by then."""

    def ask_over_a_broken_line():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
            cursor.execute("SELECT 1")

    with pytest.raises(Error) as caught:
        if is_in_transaction:
            with transaction.atomic():
                ask_over_a_broken_line()
        else:
            ask_over_a_broken_line()
    error = caught.value
    connection.close()
    assert is_outage(error)
    assert "was lost: " in sentence_of(error)
    assert "What was not committed is undone." in sentence_of(error)
    answer = answer_to(error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert b"does not answer" in answer.content
