"""Where a Unix socket is, under a path that clients can use, and whether a server listens on it."""

import errno
import hashlib
import os
import socket
from contextlib import suppress
from pathlib import Path

from config.database.binaries import EmbeddedPostgresError

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# The shortest limit of the systems that the server runs on: macOS's. Linux has 107.
LONGEST_SOCKET_PATH_BYTES = 103
# Not the temporary directory of the environment, which may itself be long.
SHORT_DIR = Path("/tmp")  # noqa: S108 (what is found there is checked before it is used)


def reachable_dir(socket_dir: Path) -> Path:
    """`socket_dir`, or a short symbolic link to it where clients could not use its own path.

    The kernel refuses long paths, and libpq takes a comma for the end of a host.
    Raises EmbeddedPostgresError.
    """
    length_bytes = len(os.fsencode(socket_dir / SOCKET_NAME))
    if length_bytes <= LONGEST_SOCKET_PATH_BYTES and "," not in str(socket_dir):
        return socket_dir
    digest = hashlib.sha256(os.fsencode(socket_dir)).hexdigest()[:16]
    link = SHORT_DIR / f"windfall-{os.geteuid()}-{digest}"
    with suppress(FileExistsError):
        link.symlink_to(socket_dir)
    # Anyone may create files in /tmp: only a link that we made leads to our server.
    if link.lstat().st_uid != os.geteuid() or link.readlink() != socket_dir:
        raise EmbeddedPostgresError(
            f"{link} is in the way: remove it, or set EMBEDDED_POSTGRES_DIR to a shorter path."
        )
    return link


def is_listened_on(socket_path: Path) -> bool:
    """Whether a server has the socket open: it says the truth even of a killed one.

    A connection of the wrong type is refused with EPROTOTYPE if there is a listener, and with
    ECONNREFUSED if not. It costs microseconds, and the server never notices.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(socket_path))
        except OSError as error:
            return error.errno == errno.EPROTOTYPE
    return False
