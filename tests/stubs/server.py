"""A real HTTP/1.1 server on loopback, small and fast, whose answers and faults tests decide."""

import re
import socket
import socketserver
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self


@dataclass(frozen=True)
class Reply:
    """What goes over the wire. `sent` cuts the body there, and the connection with it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0
    sent: int | None = None
    cut: bool = False


# A fault makes another reply of the one that the server would have given.
Fault = Callable[[Reply], Reply]


@dataclass(frozen=True)
class Request:
    """A request as it came in; `at` is in seconds of the monotonic clock, `client` who asked."""

    path: str
    headers: Mapping[str, str]
    at: float
    client: str = ""


@dataclass
class _Rule:
    pattern: re.Pattern[str]
    fault: Fault
    left: int | None


class StubServer:
    """Serves what `answer` says, except for the faults that a test has ordered."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.log: list[Request] = []
        self._rules: list[_Rule] = []
        self._lock = Lock()
        self._stopping = Event()
        self._server = _Server(self, host)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def requests(self) -> list[str]:
        """The paths asked for, queries included, in the order in which they came."""
        with self._lock:
            return [request.path for request in self.log]

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(self.requests)

    def fail(self, path: str, fault: Fault, *, times: int | None = None) -> None:
        """This will answer paths that match the pattern with a fault, the first `times` times."""
        with self._lock:
            self._rules.append(_Rule(re.compile(path), fault, times))

    def mend(self) -> None:
        """This will end all faults."""
        with self._lock:
            self._rules.clear()

    def forget(self) -> None:
        """This will empty the record of requests."""
        with self._lock:
            self.log.clear()

    def answer(self, path: str) -> Reply:
        """The reply to a path, query included, when nothing is wrong."""
        raise NotImplementedError

    def reply(self, request: Request) -> Reply:
        """The reply to a request, recorded, with the first fault that is due."""
        with self._lock:
            self.log.append(request)
            fault = self._due(request.path)
        reply = self.answer(request.path)
        return fault(reply) if fault else reply

    def wait(self, delay_s: float) -> None:
        """This will pause, but not longer than the server runs."""
        self._stopping.wait(delay_s)

    def _due(self, path: str) -> Fault | None:
        for rule in self._rules:
            if rule.left != 0 and rule.pattern.search(path):
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        return None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, stub: StubServer, host: str) -> None:
        self.stub = stub
        self._open: set[socket.socket] = set()
        super().__init__((host, 0), _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wakes the threads that wait for the next request of a kept connection."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what some tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while (request := self._read()) and self._write(self.server.stub.reply(request)):  # type: ignore[attr-defined]
            pass

    def _read(self) -> Request | None:
        parts = self.rfile.readline().split()
        if len(parts) != 3:
            return None
        headers = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        client = str(self.client_address[0])
        return Request(parts[1].decode("latin-1"), headers, monotonic(), client)

    def _write(self, reply: Reply) -> bool:
        """Whether the connection is kept."""
        self.server.stub.wait(reply.delay_s) if reply.delay_s else None  # type: ignore[attr-defined]
        if reply.cut and reply.sent is None:
            return False
        headers = {"Content-Type": "application/json", "Content-Length": str(len(reply.body))}
        lines = "".join(f"{k}: {v}\r\n" for k, v in (headers | dict(reply.headers)).items())
        head = f"HTTP/1.1 {reply.status} Stub\r\n{lines}\r\n".encode("latin-1")
        self.wfile.write(head + reply.body[: reply.sent])
        return not reply.cut


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Another status; `Retry_After="1"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(code, body, named)


def not_found() -> Fault:
    return status(404, b'{"message":"Not Found"}')


def too_many(retry_after: str | None = None) -> Fault:
    return status(429) if retry_after is None else status(429, Retry_After=retry_after)


def unavailable_in_html() -> Fault:
    return status(503, b"<html><h1>Service Unavailable</h1></html>", Content_Type="text/html")


def empty_data() -> Fault:
    return body(b'{"metadata":{"datasets":["ISPSTACK"]},"data":[]}')


def body(text: bytes, **headers: str) -> Fault:
    """200 with another body."""
    return status(200, text, **headers)


def half_a_document() -> Fault:
    """The first half of the body, as if it were all."""
    return lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2])


def cut_in_the_body() -> Fault:
    """Half of the promised body, then the connection ends."""
    return lambda reply: replace(reply, sent=len(reply.body) // 2, cut=True)


def cut_before_the_answer() -> Fault:
    """The connection ends without a byte."""
    return lambda reply: replace(reply, cut=True)


def slow(delay_s: float) -> Fault:
    """The usual answer, late."""
    return lambda reply: replace(reply, delay_s=delay_s)


def redirect(location: str) -> Fault:
    return status(302, Location=location)
