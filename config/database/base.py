"""Django's PostgreSQL engine, on a server that is started when it is first needed."""

from typing import Any

from django.db.backends.postgresql import base, features


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def get_connection_params(self) -> dict[str, Any]:
        """Connection parameters; of the embedded server after making sure that it runs."""
        if not self.settings_dict.get("EMBEDDED"):
            return super().get_connection_params()
        from config.database import embedded

        server = embedded.ensure_running()
        self.settings_dict |= {"HOST": str(server.socket_dir), "USER": server.user}
        return super().get_connection_params()
