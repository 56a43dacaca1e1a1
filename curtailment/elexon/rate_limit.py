"""How many requests may leave in a span of time, over all threads."""

from threading import Event, Lock
from typing import cast

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from curtailment.sources import Cancelled


class RateLimit:
    """At most `requests` in any span of `per_s` seconds; bursts within that are free.

    The bucket is used without the library's own waiting, which could not be cancelled.
    """

    def __init__(self, requests: int, *, per_s: float = 60) -> None:
        self._bucket = InMemoryBucket([Rate(requests, int(per_s * 1000))])
        self._lock = Lock()

    def wait(self, cancelled: Event) -> None:
        """This will return when a request may leave. Raises Cancelled as soon as it is set."""
        while not cancelled.is_set():
            wait_s = self._take()
            if wait_s == 0:
                return
            cancelled.wait(wait_s)
        raise Cancelled("The request was given up while it waited for the rate limit.")

    def _take(self) -> float:
        """Takes a place and answers 0, or answers how many seconds to wait for one."""
        with self._lock:
            item = RateItem("elexon", self._bucket.now())
            self._bucket.leak(item.timestamp)
            if self._bucket.put(item):
                return 0
            wait_ms = cast(int, self._bucket.waiting(item))
            return max(wait_ms, 1) / 1000
