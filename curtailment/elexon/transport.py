"""One HTTP request: time-outs, the connection pool, redirects, sizes and statuses."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from threading import Event
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, ReadTimeoutError
from urllib3.exceptions import HTTPError as ReadingError

from curtailment.elexon.faults import (
    NotFound,
    PassingFault,
    RefusedAnswer,
    RefusedRequest,
    shown,
)
from curtailment.elexon.rate_limit import RateLimit
from curtailment.elexon.retry import retry_after_s

LARGEST_BODY = 50_000_000  # bytes, decompressed; the largest real answer is below 5 MB
CHUNK = 65_536
MOST_REDIRECTS = 3
PASSING_STATUSES = frozenset({408, 425, 429})
CLOSED_STATUSES = frozenset({401, 403, 407, 451})


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds to connect, to wait for the next bytes, and for a whole answer."""

    connect_s: float = 5
    read_s: float = 30
    answer_s: float = 120


def user_agent() -> str:
    """The User-Agent that names the project."""
    try:
        number = version("windfall")
    except PackageNotFoundError:
        number = "0.1"
    return f"Windfall/{number} (curtailed wind energy of Great Britain)"


class Transport:
    """GET requests to one server over a pool of connections. Safe to use from several threads."""

    def __init__(
        self, *, base_url: str, connections: int, timeouts: Timeouts, rate_limit: RateLimit
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._host = urlsplit(base_url).netloc.rpartition("@")[2]
        self._timeouts = timeouts
        self._rate_limit = rate_limit
        self._session = _session(self._base_url, connections)

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, *, cancelled: Event) -> bytes:
        """The body of a successful answer. Raises a Fault; Cancelled while it waits its turn."""
        with self._follow(self._base_url + path, cancelled) as response:
            body = self._read(response)
        _refuse_status(response, body)
        return body

    def _follow(self, url: str, cancelled: Event) -> requests.Response:
        for _ in range(MOST_REDIRECTS + 1):
            self._rate_limit.wait(cancelled)
            response = self._send(url)
            if not response.is_redirect:
                return response
            response.close()
            url = _redirected(url, response.headers["location"])
        raise RefusedAnswer(f"redirected more than {MOST_REDIRECTS} times")

    def _send(self, url: str) -> requests.Response:
        timeout = (self._timeouts.connect_s, self._timeouts.read_s)
        try:
            return self._session.get(url, timeout=timeout, stream=True, allow_redirects=False)
        except requests.ReadTimeout as error:
            raise PassingFault(f"no answer within {self._timeouts.read_s:g} s") from error
        except requests.RequestException as error:
            if _never_connected(error):
                raise PassingFault(f"cannot connect to {self._host}", unreachable=True) from error
            raise PassingFault("the connection was cut before an answer") from error

    def _read(self, response: requests.Response) -> bytes:
        deadline = monotonic() + self._timeouts.answer_s
        body = bytearray()
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise RefusedAnswer(f"the body is larger than {LARGEST_BODY:,} bytes")
                if monotonic() > deadline:
                    raise PassingFault(f"not a whole answer in {self._timeouts.answer_s:g} s")
        except ReadTimeoutError as error:
            raise PassingFault(f"the answer stalled for {self._timeouts.read_s:g} s") from error
        except ReadingError as error:
            raise PassingFault("the answer was cut or garbled on its way") from error
        return bytes(body)


def _session(base_url: str, connections: int) -> requests.Session:
    session = requests.Session()
    # Proxies and certificates of the environment are looked up once, not for every request.
    environment = session.merge_environment_settings(base_url, {}, True, None, None)
    session.proxies, session.verify = environment["proxies"], environment["verify"]
    session.trust_env = False
    session.headers.update({"Accept": "application/json", "User-Agent": user_agent()})
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, pool_block=True)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _never_connected(error: requests.RequestException) -> bool:
    """Whether there was no connection at all: refused, no such name, no route, no handshake."""
    kinds = (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError)
    if isinstance(error, kinds):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, ConnectTimeoutError)


def _redirected(url: str, location: str) -> str:
    """Where a redirect within one server leads. Raises RefusedAnswer for one that leaves it."""
    target = urljoin(url, location)
    here, there = urlsplit(url), urlsplit(target)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise RefusedAnswer(f"redirected to another host, {shown(there.netloc)}")
    return target


def _refuse_status(response: requests.Response, body: bytes) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    reason = _named(status)
    if status in PASSING_STATUSES or status >= 500:
        wait_s = retry_after_s(response.headers.get("Retry-After"), now=datetime.now(UTC))
        raise PassingFault(reason, retry_after_s=wait_s)
    if status == HTTPStatus.NOT_FOUND:
        raise NotFound(reason)
    if status in CLOSED_STATUSES:
        raise RefusedRequest(reason)
    said = shown(body[:1000].decode(errors="replace"))
    raise RefusedAnswer(f"{reason}: {said}" if said else reason)


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
