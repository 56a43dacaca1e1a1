"""What a mempool node tells of the bitcoin network, as typed values. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Retarget:
    """A block at which the difficulty is set anew: the first one of an epoch."""

    height: int
    starts_at: datetime
    difficulty: Decimal


@dataclass(frozen=True)
class Quote:
    """The price of a bitcoin at an instant; the price in USD may be unknown."""

    quoted_at: datetime
    price_gbp: Decimal
    price_usd: Decimal | None = None


class NetworkError(Exception):
    """A mempool node has no answer. The message says what was asked and what went wrong."""


class NetworkUnavailable(NetworkError):
    """The node did not answer, or not usably, in spite of repeated tries."""


class NetworkMalformed(NetworkError):
    """The node answered something that its description does not allow."""
