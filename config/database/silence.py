"""How soon a connection counts as lost whose other end is gone without a word.

A machine that loses its network or its power closes nothing. By default the system asks such a
connection for the first time after two hours, and sends again what was not received for a
quarter of an hour: so long would its threads hang here, and its locks hold there.
"""

from typing import Any

SECONDS = 15

# Of the client.
# https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-KEEPALIVES
LIMITS_OF_CLIENT: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": SECONDS * 1_000,
}
# Of the server, for the sessions of this client. They count for TCP only.
LIMITS_OF_SERVER = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2 "
    f"-c tcp_user_timeout={SECONDS}s"
)
