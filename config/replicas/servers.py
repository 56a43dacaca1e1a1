"""Which servers the replicas are and how far they are, asked over connections that are kept."""

import select
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.pq import ExecStatus

from config.replicas import CONNECT_TIMEOUT_SECONDS, SILENCE
from config.replicas.position import Position

# A server that hangs, or was cut off without a word, must not keep those that are well waiting.
ANSWER_TIMEOUT_SECONDS = 2.0
ADDRESS = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")

SQL_FOR_PRIMARY = "SELECT pg_current_wal_flush_lsn()::text"
SQL_FOR_REPLICA = "SELECT pg_last_wal_replay_lsn()::text WHERE pg_is_in_recovery()"
SQL_FOR_IDENTITY = """
SELECT system_identifier::text,
    (SELECT oid::text FROM pg_database WHERE datname = current_database()),
    pg_postmaster_start_time()::text
FROM pg_control_system()
"""

ANOTHER_CLUSTER = (
    "It is a server of another cluster, by its system identifier. Correct DATABASE_REPLICA_URLS, "
    "or make it anew with pg_basebackup from the primary."
)
ANOTHER_DATABASE = "It has another database than DATABASE_URL. Correct DATABASE_REPLICA_URLS."
PRIMARY_ITSELF = "It is the primary itself. Take it out of DATABASE_REPLICA_URLS."
NOT_A_STANDBY = (
    "It is not a standby: it takes writes of its own. Make it one anew, or take it out of "
    "DATABASE_REPLICA_URLS."
)


class Unfit(Exception):
    """The server answers and must not be read from. The message says why, and what to do."""


@dataclass(frozen=True)
class Identity:
    """Which server it is: a cluster and its copies share the first two."""

    system_identifier: str
    database_oid: str
    started_at: str


class Servers:
    """Asks servers how far they are, over a connection a server that is kept while it works."""

    def __init__(self) -> None:
        self._connections: dict[str, psycopg.Connection[Any]] = {}
        self._identities: dict[str, Identity] = {}

    def position_of(self, alias: str) -> Position:
        """Raises psycopg.Error, and Unfit of a replica that is not one of this primary."""
        sql = SQL_FOR_PRIMARY if alias == DEFAULT_DB_ALIAS else SQL_FOR_REPLICA
        try:
            connection = self._connection(alias)
            row = ask(connection, sql)
        except UnicodeError as error:
            # Of a host name that cannot be one.
            raise psycopg.OperationalError(f"its host is no name ({error})") from error
        except psycopg.Error:
            if lost := self._connections.pop(alias, None):
                lost.close()
            raise
        if alias != DEFAULT_DB_ALIAS:
            self._refuse_what_is_no_copy(alias, is_standby=bool(row))
        return Position.parse(row[0])

    def _refuse_what_is_no_copy(self, alias: str, *, is_standby: bool) -> None:
        primary, replica = map(self._identities.get, (DEFAULT_DB_ALIAS, alias))
        # Of a primary that never answered nothing is known, and no replica is used.
        if primary is not None and replica is not None:
            if replica.system_identifier != primary.system_identifier:
                raise Unfit(ANOTHER_CLUSTER)
            if replica.database_oid != primary.database_oid:
                raise Unfit(ANOTHER_DATABASE)
            if replica == primary:
                raise Unfit(PRIMARY_ITSELF)
        if not is_standby:
            raise Unfit(NOT_A_STANDBY)

    def _connection(self, alias: str) -> psycopg.Connection[Any]:
        if alias not in self._connections:
            self._connections[alias] = _connect(alias)
            self._identities[alias] = Identity(*ask(self._connections[alias], SQL_FOR_IDENTITY))
        return self._connections[alias]


def ask(connection: psycopg.Connection[Any], sql: str) -> list[str]:
    """The texts of the only row of an answer; empty if there is none. Raises psycopg.Error.

    statement_timeout is kept by the server, so that it does not end the wait for one that hangs.
    """
    pgconn = connection.pgconn
    pgconn.send_query(sql.encode())
    waiting = select.poll()
    waiting.register(pgconn.socket, select.POLLIN)
    give_up_at = monotonic() + ANSWER_TIMEOUT_SECONDS
    while pgconn.is_busy():
        if not waiting.poll(max(0.0, give_up_at - monotonic()) * 1_000):
            raise psycopg.OperationalError(f"no answer within {ANSWER_TIMEOUT_SECONDS:g} s")
        pgconn.consume_input()
    result = pgconn.get_result()
    if result is None or result.status != ExecStatus.TUPLES_OK:
        raise psycopg.OperationalError(pgconn.get_error_message())
    while pgconn.get_result() is not None:
        pass
    values = [result.get_value(0, n) for n in range(result.nfields)] if result.ntuples else []
    return [value.decode() for value in values if value is not None]


def name_of(alias: str) -> str:
    """What operators call a server: host:port/database, without user and password."""
    parameters = connections[alias].get_connection_params()
    host, port = parameters.get("host") or "localhost", parameters.get("port") or 5432
    return f"{host}:{port}/{parameters['dbname']}"


def _connect(alias: str) -> psycopg.Connection[Any]:
    parameters = connections[alias].get_connection_params()
    return psycopg.connect(
        **{name: parameters[name] for name in ADDRESS if parameters.get(name)},
        autocommit=True,
        application_name="windfall replicas",
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        **SILENCE,
    )
