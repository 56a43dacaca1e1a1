"""A streaming standby of the embedded server, made and kept as an operator would."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.database import address, binaries, embedded


class Standby:
    """A standby in a folder of its own, started and stopped by pg_ctl."""

    def __init__(self, folder: Path, primary: embedded.EmbeddedServer) -> None:
        self.user = binaries.server_user(folder)
        folder.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.data = folder / "data"
        source = ("-h", str(primary.socket_dir), "-p", str(primary.port), "-U", embedded.SUPERUSER)
        options = ("-R", "-C", "-S", "standby", "-X", "stream", "-c", "fast")
        binaries.run("pg_basebackup", *source, *options, "-D", str(self.data), user=self.user)
        # The embedded server's socket lies in its data directory, and was copied with it.
        (self.data / f"{address.SOCKET_NAME}.lock").unlink()

    @property
    def socket_dir(self) -> Path:
        return address.reachable_dir(self.data)

    @property
    def url(self) -> str:
        return f"postgresql://{embedded.ROLE}@/windfall?host={quote(str(self.socket_dir))}"

    def start(self) -> None:
        log = str(self.data / "server.log")
        self._ctl("start", "-w", "-l", log, "-o", embedded.SERVER)

    def kill(self) -> None:
        self._ctl("stop", "-w", "-m", "immediate")

    def promote(self) -> None:
        self._ctl("promote", "-w")

    def ask(self, sql: str) -> None:
        """Runs a statement of a superuser's."""
        with psycopg.connect(
            host=str(self.socket_dir),
            port=address.PORT,
            user=embedded.SUPERUSER,
            dbname=embedded.DATABASE,
            autocommit=True,
        ) as connection:
            connection.execute(sql)

    def _ctl(self, *arguments: str) -> None:
        binaries.run("pg_ctl", *arguments, "-D", str(self.data), user=self.user)


@contextmanager
def running_standby(folder: Path, primary: embedded.EmbeddedServer) -> Iterator[Standby]:
    """A standby that runs, and is gone in the end."""
    standby = Standby(folder, primary)
    standby.start()
    try:
        yield standby
    finally:
        if address.is_listened_on(standby.socket_dir / address.SOCKET_NAME):
            standby.kill()
