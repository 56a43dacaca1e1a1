"""A stub of a mempool node over real HTTP, filled by tests. Faults are those of server.py."""

import json
from datetime import datetime

from tests.stubs.server import Reply, StubServer

RETARGETS = "/v1/mining/difficulty-adjustments/all"
PRICE_HISTORY = "/v1/historical-price?currency=GBP"
PRICE_NOW = "/v1/prices"


class StubNode(StubServer):
    """A node with the retargets and quotes that a test gave it; at first it knows no price."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, bytes] = {}
        self.knows_retargets([])
        self.knows_quotes([])
        self.knows_price_now(None)

    def knows_retargets(self, retargets: list[tuple[int, int, str]]) -> None:
        """Unix time, height and difficulty (as digits) of retargets; the newest is sent first."""
        rows = [f"[{time},{height},{digits},1]" for time, height, digits in reversed(retargets)]
        self.bodies[RETARGETS] = f"[{','.join(rows)}]".encode()

    def knows_quotes(self, quotes: list[tuple[datetime, float]]) -> None:
        """Times and prices in GBP; the newest is sent first."""
        rows = [{"time": int(at.timestamp()), "GBP": gbp} for at, gbp in reversed(quotes)]
        self.bodies[PRICE_HISTORY] = json.dumps({"prices": rows, "exchangeRates": {}}).encode()

    def knows_price_now(self, quote: tuple[datetime, float] | None) -> None:
        """The price now in GBP; without one the answer is that of a node that has just started."""
        now: dict[str, float] = {"USD": -1, "GBP": -1}
        if quote is not None:
            now = {"time": int(quote[0].timestamp()), "USD": quote[1] * 1.25, "GBP": quote[1]}
        self.bodies[PRICE_NOW] = json.dumps(now).encode()

    def answer(self, path: str) -> Reply:
        body = self.bodies.get(path)
        return Reply(404) if body is None else Reply(body=body)
