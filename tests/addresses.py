"""Where other processes find what this one uses."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """An address of the database that this process is connected to."""
    parameters = connection.get_connection_params()
    host, password = parameters.get("host", ""), parameters.get("password", "")
    credentials = quote(parameters.get("user", "")) + (f":{quote(password)}" if password else "")
    place = f":{parameters['port']}" if parameters.get("port") else ""
    if host.startswith("/"):
        return f"postgresql://{credentials}@{place}/{parameters['dbname']}?host={quote(host)}"
    return f"postgresql://{credentials}@{host}{place}/{parameters['dbname']}"
