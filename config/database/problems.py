"""Says what is wrong with the database, and what to do about it, in a sentence."""

import psycopg
from django.db import Error, NotSupportedError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg_pool import PoolTimeout

from config.database.binaries import EmbeddedPostgresError

# What servers and libpq say, in lower case, and what to do about it.
ADVICE = (
    ("too many clients", "Raise its max_connections, or lower DB_POOL_MAX."),
    ("connection slots", "Raise its max_connections, or lower DB_POOL_MAX."),
    ("recovery mode", "It is starting after a crash: wait."),
    ("starting up", "It is starting: wait."),
    ("connection refused", "Start that server, or correct the address in DATABASE_URL."),
    ("no such file", "Start that server, or correct the address in DATABASE_URL."),
    ("resolve host", "Correct the host in DATABASE_URL."),
    ("timeout", "Check the network and the address in DATABASE_URL."),
    ("authentication failed", "Correct the user and the password in DATABASE_URL."),
    ("no password supplied", "Put the password into DATABASE_URL."),
    ('role "', "Create that user, or correct DATABASE_URL."),
    ('database "', "Create it with `createdb`, or correct DATABASE_URL."),
)
# What a server that is there says of an address that is wrong: it does not heal by waiting.
MISTAKES = ("authentication failed", "no password supplied", 'role "', 'database "')
OTHERWISE = "Correct DATABASE_URL or the server."
MISSING = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
# The server was stopped, or crashed, or is starting.
GONE = (
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.CannotConnectNow,
)
# What a server that answers cannot do for a while, and what ends that. What was begun is undone.
UNABLE = (
    (psycopg.errors.DiskFull, "Free some space on the server's disk; then it goes on by itself."),
    (psycopg.errors.OutOfMemory, "Give the server more memory, or lower DB_POOL_MAX."),
    (psycopg.errors.ReadOnlySqlTransaction, "Make the server writable; then it goes on by itself."),
    (psycopg.errors.LockNotAvailable, "Somebody else is writing the same. Try again."),
    (psycopg.errors.DeadlockDetected, "Somebody else is writing the same. Try again."),
    (psycopg.errors.QueryCanceled, "It took too long. Try again, or ask for less."),
    # Of Citus, whose coordinator answers and one of whose workers does not.
    (psycopg.errors.ConnectionFailure, "Start that node; then it goes on by itself."),
)
# What libpq and psycopg say when the other end of a connection is gone.
BROKEN = (
    "server closed the connection",
    "consuming input failed",
    "flushing failed",
    "no connection to the server",
    "connection is closed",
    "connection is lost",
)
LOST = "What was not committed is undone. Check the network and the server, and try again."
SQL_FOR_WHETHER_READ_ONLY = (
    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
)
SERVER_HINT = ("Is the server running", "This probably means")


def sentence_of(error: Exception) -> str:
    """What happened and what to do; passwords never occur in what drivers and servers say."""
    if isinstance(error.__cause__, EmbeddedPostgresError):
        return str(error.__cause__)
    if isinstance(error, NotSupportedError):
        return f"{error} Set DATABASE_URL to a newer server, or unset it to use the embedded one."
    if not isinstance(error, Error):
        return str(error)
    if isinstance(error.__cause__, PoolTimeout):
        return _sentence_of_pool()
    if is_connection_loss(error):
        reason = _first_line(error)
        return f"The connection to PostgreSQL{_place()} was lost: {reason}. {LOST}"
    if is_connection_refusal(error):
        reason = _reason(str(error))
        return f"No connection to PostgreSQL{_place()}: {reason}. {_advice(reason)}"
    if lacks_migrations(error):
        return "The database lacks tables of this version. Run `manage.py migrate` first."
    if is_unable(error):
        advice = _advice_for_the_unable(error)
        return f"The database cannot do that now: {_said_by_server(error)}. {advice}"
    return f"The database did not finish: {_said_by_server(error)}. --traceback shows where."


def is_for_the_operator(error: Exception) -> bool:
    """Whether an error of a statement is no bug, but something that an operator can mend."""
    return is_outage(error) or lacks_migrations(error) or is_unable(error)


def lacks_migrations(error: Exception) -> bool:
    """Whether a table or column is not there because migrations were not applied."""
    if not isinstance(error.__cause__, MISSING):
        return False
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_connection_refusal(error: Exception) -> bool:
    """Whether a database error came before there was a connection."""
    cause = error.__cause__
    return (
        isinstance(cause, psycopg.Error)
        and cause.sqlstate is None
        and connection.connection is None
    )


def is_connection_loss(error: Exception) -> bool:
    """Whether the connection broke while it was used: the network, or the server, went away.

    Django may have made another one since.
    """
    cause = error.__cause__
    if isinstance(cause, GONE):
        return True
    is_told_here = isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
    return is_told_here and any(text in str(cause) for text in BROKEN)


def is_mistake(error: Exception) -> bool:
    """Whether somebody has to correct something before there can be a connection."""
    if isinstance(error, NotSupportedError) or isinstance(error.__cause__, EmbeddedPostgresError):
        return True
    return any(text in _reason(str(error)).lower() for text in MISTAKES)


def is_outage(error: Exception) -> bool:
    """Whether the server is away, or went away while it was asked: later it may be back."""
    return isinstance(error, Error) and (is_connection_refusal(error) or is_connection_loss(error))


def _sentence_of_pool() -> str:
    """The pool does not tell which of the two it is; without counts, so that it is said once."""
    pool = connection.settings_dict["OPTIONS"]["pool"]
    return (
        f"No connection to PostgreSQL{_place()} within {pool['timeout']} s "
        f"(DB_CONNECTION_TIMEOUT): it does not answer, or all {pool['max_size']} of this process "
        "(DB_POOL_MAX) are in use. /readyz and slow queries in the log tell which."
    )


def is_unable(error: Exception) -> bool:
    """Whether the server answers but cannot do what it usually can: later it may.

    A write in a transaction of ours that only reads is a bug, and no fault of the server.
    """
    if isinstance(error.__cause__, psycopg.errors.ReadOnlySqlTransaction):
        return _is_read_only()
    return bool(_advice_for_the_unable(error))


def _advice_for_the_unable(error: Exception) -> str:
    return next((advice for kind, advice in UNABLE if isinstance(error.__cause__, kind)), "")


def _is_read_only() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_WHETHER_READ_ONLY)
        return bool(cursor.fetchone()[0])


def _place() -> str:
    host, port = (connection.settings_dict[key] for key in ("HOST", "PORT"))
    if not host:
        return ""
    return f" at {host}:{port}" if port else f" at {host}"


def _said_by_server(error: Error) -> str:
    """What a server says of a statement, without its hints and where it happened."""
    cause = error.__cause__
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    return (said or _reason(str(error))).splitlines()[0].strip(" .")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rpartition("failed: ")[2].strip(" .")


def _reason(message: str) -> str:
    """The essence of a message, such as 'Connection refused'."""
    lines = [line.strip(" -\t") for line in message.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(SERVER_HINT)] or [message]
    return told[-1].rpartition("failed: ")[2].removeprefix("FATAL:").strip(" .")


def _advice(reason: str) -> str:
    return next((advice for text, advice in ADVICE if text in reason.lower()), OTHERWISE)
