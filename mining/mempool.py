"""A mempool.space-compatible node: difficulty and prices, decoded and validated."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from threading import Event
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from curtailment.elexon.decoding import check_number, convert, decode_json
from curtailment.elexon.faults import Fault, PassingFault, RefusedAnswer
from curtailment.elexon.rate_limit import RateLimit
from curtailment.elexon.retry import RetryPolicy, call_with_retries
from curtailment.elexon.transport import Timeouts, Transport
from mining.network import NetworkMalformed, NetworkUnavailable, Quote, Retarget
from mining.protocol import GENESIS, RETARGET_INTERVAL_BLOCKS

Answer = TypeVar("Answer")

RETARGETS_PATH = "/v1/mining/difficulty-adjustments/all"
PRICE_HISTORY_PATH = "/v1/historical-price?currency=GBP"
PRICE_NOW_PATH = "/v1/prices"
# Three are needed; more would be a mistake of ours that a public node should not suffer from.
MOST_REQUESTS_PER_MINUTE = 60

# Unix time, from the first block to the year 2100: what is outside was not meant in seconds.
UnixTime = Annotated[int, msgspec.Meta(ge=int(GENESIS.timestamp()), lt=4_102_444_800)]
RetargetHeight = Annotated[int, msgspec.Meta(ge=0, lt=2**31, multiple_of=RETARGET_INTERVAL_BLOCKS)]
Number = int | Decimal
# Far beyond anything real; what is larger, or has more decimals than a figure needs, is garbled.
LARGEST_PRICE = 10**12
LARGEST_DIFFICULTY = 10**30


class _QuoteRow(msgspec.Struct, frozen=True):
    """Prices at a time; 0, -1 and null are a node's words for unknown."""

    time: UnixTime | None = None
    price_gbp: Number | None = msgspec.field(name="GBP", default=None)
    price_usd: Number | None = msgspec.field(name="USD", default=None)


class _PriceHistory(msgspec.Struct, frozen=True):
    prices: list[_QuoteRow]


class MempoolClient:
    """Asks one node. Every question raises NetworkUnavailable and NetworkMalformed.

    It goes about HTTP as the client of Elexon does. Leaving it as a context closes it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
    ) -> None:
        """Raises ValueError for an address that is no http(s) one."""
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise ValueError(f"{base_url!r} is not an address of a mempool node. Use https://...")
        self._retries = retries or RetryPolicy()
        self._transport = Transport(
            base_url=base_url,
            connections=1,
            timeouts=timeouts or Timeouts(),
            rate_limit=RateLimit(MOST_REQUESTS_PER_MINUTE),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._transport.close()

    def difficulty_adjustments(self) -> list[Retarget]:
        """The retargets that the node lists, oldest first: at least one.

        A node lists only those that changed the difficulty (until the end of 2009 none did), and
        only as many as it has indexed; so heights may be missing.
        """
        rows = self._get(RETARGETS_PATH, list[tuple[UnixTime, RetargetHeight, Number, Any]])
        retargets = [
            Retarget(height, _instant(unix_time), Decimal(difficulty))
            for unix_time, height, difficulty, _change in rows
        ]
        retargets.sort(key=lambda retarget: retarget.height)
        _refuse_impossible(retargets)
        return retargets

    def price_history(self) -> list[Quote]:
        """All quotes in GBP that the node has, oldest first."""
        history = self._get(PRICE_HISTORY_PATH, _PriceHistory)
        quotes = [_quote(row, PRICE_HISTORY_PATH) for row in history.prices]
        known = [quote for quote in quotes if quote is not None]
        return sorted(known, key=lambda quote: quote.quoted_at)

    def price_now(self) -> Quote | None:
        """The newest quote; None while the node knows no price in GBP."""
        return _quote(self._get(PRICE_NOW_PATH, _QuoteRow), PRICE_NOW_PATH)

    def _get(self, path: str, shape: type[Answer]) -> Answer:
        """The answer at a path, as typed values."""
        cancelled = Event()

        def attempt() -> Answer:
            return convert(decode_json(self._transport.get(path, cancelled=cancelled)), shape)

        try:
            return call_with_retries(attempt, policy=self._retries, cancelled=cancelled)
        except PassingFault as fault:
            tries = self._retries.tries
            raise NetworkUnavailable(f"GET {path}: {fault}, tried {tries} times") from fault
        except RefusedAnswer as fault:
            raise NetworkMalformed(f"GET {path}: {fault}") from fault
        except Fault as fault:
            raise NetworkUnavailable(f"GET {path}: {fault}") from fault


def _refuse_impossible(retargets: list[Retarget]) -> None:
    if not retargets:
        raise _malformed(RETARGETS_PATH, "no retarget at all")
    for retarget in retargets:
        if not (retarget.difficulty.is_finite() and retarget.difficulty > 0):
            raise _malformed(
                RETARGETS_PATH, f"difficulty of block {retarget.height}: {retarget.difficulty}"
            )
        _refuse_garbled(
            retarget.difficulty,
            RETARGETS_PATH,
            f"difficulty of block {retarget.height}",
            largest=LARGEST_DIFFICULTY,
        )
    for retarget, successor in pairwise(retargets):
        if successor.height == retarget.height:
            raise _malformed(RETARGETS_PATH, f"block {retarget.height} is listed twice")
        if successor.starts_at <= retarget.starts_at:
            raise _malformed(
                RETARGETS_PATH,
                f"time of block {successor.height}: not later than that of {retarget.height}",
            )


def _quote(row: _QuoteRow, path: str) -> Quote | None:
    price_gbp = _known(row.price_gbp, path, "GBP")
    if price_gbp is None:
        return None
    if row.time is None:
        raise _malformed(path, "time: is missing of a price")
    return Quote(_instant(row.time), price_gbp, _known(row.price_usd, path, "USD"))


def _known(price: Number | None, path: str, currency: str) -> Decimal | None:
    if price is None or price <= 0:
        return None
    _refuse_garbled(Decimal(price), path, currency, largest=LARGEST_PRICE)
    return Decimal(price)


def _refuse_garbled(number: Decimal, path: str, place: str, *, largest: int) -> None:
    try:
        check_number(number, place=place, largest=largest, unit="")
    except RefusedAnswer as fault:
        raise _malformed(path, str(fault)) from fault


def _malformed(path: str, what: str) -> NetworkMalformed:
    return NetworkMalformed(f"GET {path}: {what}")


def _instant(unix_time: int) -> datetime:
    return datetime.fromtimestamp(unix_time, UTC)
