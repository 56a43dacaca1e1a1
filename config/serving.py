"""What `make run` runs: the web server, the background work and the embedded PostgreSQL."""

import errno
import ipaddress
import os
import socket
import sys
import time

from django.conf import settings

from config.database import embedded
from config.database.binaries import EmbeddedPostgresError
from config.supervisor import Child, Say

# A task may finish for so long after Ctrl-C. One that is killed is tried again later.
CLUSTER_PATIENCE_SECONDS = 20
CLUSTERS = (
    ("background work", "windfall"),
    ("long background work", "long-work"),
    ("prompt background work", "prompt-work"),
)
# A little more than gunicorn gives its own processes (config/gunicorn.py).
WEB_PATIENCE_SECONDS = 15
PAUSE_AFTER_FAILED_START_SECONDS = 10


class CannotListen(Exception):
    """The address cannot be served. The message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, which reserves the port from the first moment. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(
                f"Port {port} of {host} is in use, perhaps by another `make run`. Stop that, "
                f"or choose another: `.venv/bin/python manage.py serve --port {port + 1}`."
            ) from error
        raise CannotListen(
            f"Cannot serve {host}, port {port}: {error.strerror}. Choose another --host or --port."
        ) from error
    # Head and body of an answer are sent one after the other: the body must not wait until the
    # reader has acknowledged the head, 40 ms later. Of a socket handed to it gunicorn leaves that.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket, as a browser wants it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def open_reports_on_loopback(listener: socket.socket) -> None:
    """Lets reports be read without signing in where only this machine can, unless told not to."""
    if ipaddress.ip_address(listener.getsockname()[0]).is_loopback:
        os.environ.setdefault("REPORTS_PUBLIC", "true")


def web_server(listener: socket.socket) -> Child:
    """gunicorn on a socket that outlives it: while it is started again, browsers wait."""
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    return Child(
        name="web server",
        command=[*command, "--bind", f"fd://{listener.fileno()}", "config.wsgi"],
        folder=settings.BASE_DIR,
        patience_seconds=WEB_PATIENCE_SECONDS,
        pass_fds=[listener.fileno()],
    )


def background_work() -> list[Child]:
    """The django-q2 clusters: of the daily work, of what takes hours, of what staff wait for."""
    return [
        Child(
            name=name,
            # env sets the name before Python starts: django-q reads it once, when it is imported.
            command=["env", f"Q_CLUSTER_NAME={cluster}", sys.executable, "manage.py", "qcluster"],
            folder=settings.BASE_DIR,
            patience_seconds=CLUSTER_PATIENCE_SECONDS,
        )
        for name, cluster in CLUSTERS
    ]


class PostgresKeeper:
    """Starts the embedded PostgreSQL again when it is gone; of another server it knows nothing."""

    def __init__(self, say: Say) -> None:
        self.is_embedded = settings.DATABASES["default"].get("EMBEDDED", False)
        self.say = say
        self.not_before = 0.0

    def look_after(self) -> None:
        """This will start the server if it does not run, with pauses if it does not start."""
        if not self.is_embedded or embedded.is_running() or time.monotonic() < self.not_before:
            return
        try:
            embedded.ensure_running()
        except EmbeddedPostgresError as error:
            self.not_before = time.monotonic() + PAUSE_AFTER_FAILED_START_SECONDS
            self.say(str(error))
        else:
            self.say("PostgreSQL was not running; it was started again.")

    def stop(self) -> None:
        """This will stop the embedded server."""
        if self.is_embedded:
            embedded.stop()
