"""Servers beside the embedded one: a streaming standby, and one that has nothing to do with it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import psutil
import psycopg

from config.database import address, binaries, embedded


class Server:
    """A server with its data in a folder of its own, started and stopped by pg_ctl."""

    def __init__(self, folder: Path) -> None:
        self.user = binaries.server_user(folder)
        folder.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.data = folder / "data"

    @property
    def socket_dir(self) -> Path:
        return address.reachable_dir(self.data)

    def url(self, user: str = embedded.ROLE, database: str = embedded.DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_dir))}"

    def start(self) -> None:
        log = str(self.data / "server.log")
        self._ctl("start", "-w", "-l", log, "-o", embedded.SERVER)

    def kill(self) -> None:
        self._ctl("stop", "-w", "-m", "immediate")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Within it none of its processes does anything."""
        first = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        processes = [first, *first.children()]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

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


class Stranger(Server):
    """A server of a cluster of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        binaries.run("initdb", *embedded.INITDB, "-D", str(self.data), user=self.user)


class Standby(Server):
    """A copy of the embedded server, made as an operator would."""

    def __init__(self, folder: Path, primary: embedded.EmbeddedServer) -> None:
        super().__init__(folder)
        source = ("-h", str(primary.socket_dir), "-p", str(primary.port), "-U", embedded.SUPERUSER)
        options = ("-R", "-C", "-S", "standby", "-X", "stream", "-c", "fast")
        binaries.run("pg_basebackup", *source, *options, "-D", str(self.data), user=self.user)
        # The embedded server's socket lies in its data directory, and was copied with it.
        (self.data / f"{address.SOCKET_NAME}.lock").unlink()

    def promote(self) -> None:
        self._ctl("promote", "-w")


OneServer = TypeVar("OneServer", bound=Server)


@contextmanager
def running(server: OneServer) -> Iterator[OneServer]:
    """A server that runs, and is gone in the end."""
    server.start()
    try:
        yield server
    finally:
        if address.is_listened_on(server.socket_dir / address.SOCKET_NAME):
            server.kill()
