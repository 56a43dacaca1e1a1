"""Django's PostgreSQL engine, on a server that is started when it is first needed."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db.backends.postgresql import base, client, features

from config.queries.timing import time_query


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseClient(client.DatabaseClient):
    def runshell(self, parameters: Iterable[str]) -> None:
        """`manage.py dbshell`, with the embedded server's own psql."""
        if self.connection.settings_dict.get("EMBEDDED"):
            from config.database import binaries

            self.connection.get_connection_params()
            # runshell reads it from the class.
            type(self).executable_name = str(binaries.binary("psql"))
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    client_class = DatabaseClient

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(time_query)

    @property
    def pool(self) -> Any:
        """Django's pool, which checks connections in our way (config/database/pool.py)."""
        pool = super().pool
        if pool is not None:
            from config.database.pool import check_connection

            # Django names psycopg's own check, and lets nobody name another.
            pool._check = check_connection
        return pool

    def get_connection_params(self) -> dict[str, Any]:
        """Connection parameters; of the embedded server after making sure that it runs.

        The pool asks too, each time before it lends a connection, so a look at the server counts
        for a moment. Should it die in that, the connection that fails has it started.
        """
        if not self.settings_dict.get("EMBEDDED"):
            return super().get_connection_params()
        # Settings are not complete when Django imports the engine.
        from config.database import embedded

        is_pooled = self.settings_dict["OPTIONS"].get("pool")
        server = (embedded.seen_lately() if is_pooled else None) or embedded.ensure_running()
        self.settings_dict |= {
            "HOST": str(server.socket_dir),
            "PORT": server.port,
            "USER": server.user,
        }
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A new connection; if the embedded server died in this very moment, of the next one."""
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if not self.settings_dict.get("EMBEDDED"):
                raise
            from config.database import embedded

            if embedded.is_running():
                raise
            embedded.ensure_running()
            return super().get_new_connection(conn_params)
