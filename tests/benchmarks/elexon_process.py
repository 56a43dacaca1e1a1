"""Elexon's API without delay, in a process of its own, so that it does not slow down who asks.

Run as a program; prints its address and serves until its standard input ends. Bodies are encoded
once; only their date is put in when they are sent.
"""

import re
import sys
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import msgspec

from curtailment.sources import StackLine
from tests.benchmarks.stacks import lines_of
from tests.stubs.elexon import StubElexon
from tests.stubs.elexon_lines import make_line
from tests.stubs.server import Reply, Request

KINDS = 5
PLACE = date(2001, 4, 1)
MOST_PERIODS = 50
STACK = re.compile(r"/balancing/settlement/stack/all/bid/(\d{4}-\d\d-\d\d)/(\d+)")
FROM = re.compile(r"\?from=(\d{4}-\d\d-\d\d)")
encode = msgspec.json.Encoder(decimal_format="number").encode


class FastElexon(StubElexon):
    """Any day's stacks, of a few kinds of day."""

    def reply(self, request: Request) -> Reply:
        """Without a record of requests, which would grow."""
        return self.answer(request.path)

    def answer(self, path: str) -> Reply:
        if match := STACK.fullmatch(path):
            day = date.fromisoformat(match[1])
            body = body_of(day.toordinal() % KINDS, int(match[2]))
            return Reply(200, body.replace(str(PLACE).encode(), match[1].encode()))
        if match := FROM.search(path):
            self._wind.clear()
            for offset in range(3):
                self.set_wind(date.fromisoformat(match[1]) + timedelta(days=offset))
        return super().answer(path)


@cache
def body_of(kind: int, period: int) -> bytes:
    """The body of a period of a kind of day, with a date to be replaced."""
    lines = lines_of(PLACE + timedelta(days=kind), period)
    return encode({"metadata": {"datasets": ["ISPSTACK"]}, "data": [_as_json(x) for x in lines]})


def _as_json(line: StackLine) -> dict[str, object]:
    """A line in the API's own shape, with all of its fields."""
    return make_line(
        PLACE,
        min(line.settlement_period, 48),
        line.id,
        _digits(line.volume),
        _digits(line.original_price),
        settlementPeriod=line.settlement_period,
        sequenceNumber=line.sequence_number,
        acceptanceId=line.acceptance_id,
        bidOfferPairId=line.bid_offer_pair_id,
        soFlag=line.so_flag,
        cadlFlag=line.cadl_flag,
        finalPrice=_digits(line.final_price),
        transmissionLossMultiplier=_digits(line.transmission_loss_multiplier),
    )


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def main() -> None:
    for kind in range(KINDS):
        for period in range(1, MOST_PERIODS + 1):
            body_of(kind, period)
    with FastElexon() as elexon:
        print(elexon.url, flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
