"""A stub of Elexon's Insights API over real HTTP, filled by tests.

    with StubElexon() as elexon:
        elexon.add_day(date(2024, 3, 31))
        elexon.fail(r"/bid/2024-03-31/7$", server.status(500), times=2)
        client = ElexonClient(base_url=elexon.url, ...)

Faults are those of tests/stubs/server.py; payloads those of tests/stubs/elexon_lines.py.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from curtailment.settlement import count_periods, iter_periods
from tests.stubs.elexon_lines import (
    Json,
    make_cash_flows,
    make_day_lines,
    make_line,
    make_register,
    make_unit,
    make_volumes,
    make_wind,
)
from tests.stubs.server import Reply, StubServer

__all__ = [
    "StubElexon",
    "make_cash_flows",
    "make_day_lines",
    "make_line",
    "make_register",
    "make_unit",
    "make_volumes",
    "make_wind",
]

_STACK = re.compile(r"/balancing/settlement/stack/all/(bid|offer)/(\d{4}-\d\d-\d\d)/(\d+)")
_INDICATIVE = re.compile(
    r"/balancing/settlement/indicative/(cashflows|volumes)/all/(bid|offer)/(\d{4}-\d\d-\d\d)"
)
_MISSING = Reply(404, b'{"message":"Not Found"}')
_encode = msgspec.json.Encoder(decimal_format="number").encode


class StubElexon(StubServer):
    """Elexon with the days, units and wind that a test gave it.

    A period that was not set has empty `data`; one that its date lacks answers 404, or empty
    `data` once `empty_past_the_end` is set.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self.bm_units: list[Json] = make_register()
        self.empty_past_the_end = False
        self._stacks: dict[tuple[str, date, int], bytes] = {}
        self._wind: dict[date, list[Json]] = {}
        self._lines: dict[tuple[str, date, int], list[Json]] = {}
        self._indicative: dict[tuple[str, date], list[Json]] = {}

    def set_stack(self, settlement_date: date, period: int, side: str, lines: list[Json]) -> None:
        """This will serve the lines as the stack of a period and side."""
        self._stacks[side, settlement_date, period] = _data(lines)
        self._lines[side, settlement_date, period] = lines

    def add_day(
        self, settlement_date: date, lines_by_period: Mapping[int, list[Json]] | None = None
    ) -> None:
        """This will serve a whole date: bids, one offer line a period, and wind output.

        Without lines every period has the small stack of `make_day_lines`; with them, periods
        that they leave out have no bids.
        """
        for period in iter_periods(settlement_date):
            if lines_by_period is None:
                lines = make_day_lines(settlement_date, period.number)
            else:
                lines = lines_by_period.get(period.number, [])
            self.set_stack(settlement_date, period.number, "bid", lines)
            offer = make_line(settlement_date, period.number, "T_PEHE-1", "25", "95.5")
            self.set_stack(settlement_date, period.number, "offer", [offer])
        self.set_wind(settlement_date)

    def set_wind(
        self,
        settlement_date: date,
        rows: list[Json] | None = None,
        *,
        onshore_mw: Any = 4_000,
        offshore_mw: Any = "7000.5",
    ) -> None:
        """This will serve wind output of a date: the rows, or the same output in each period."""
        self._wind[settlement_date] = (
            make_wind(settlement_date, onshore_mw=onshore_mw, offshore_mw=offshore_mw)
            if rows is None
            else rows
        )

    def cash_flows(self, settlement_date: date) -> list[Json]:
        """The cash flows that follow from a date's bid stacks."""
        return make_cash_flows(self._bids(settlement_date))

    def volumes(self, settlement_date: date) -> list[Json]:
        """The volumes that follow from a date's bid stacks, `Original` and `Tagged`."""
        return make_volumes(self._bids(settlement_date))

    def set_cash_flows(self, settlement_date: date, rows: list[Json]) -> None:
        """This will serve the rows, whatever the stacks of the date say."""
        self._indicative["cashflows", settlement_date] = rows

    def set_volumes(self, settlement_date: date, rows: list[Json]) -> None:
        """This will serve the rows, whatever the stacks of the date say."""
        self._indicative["volumes", settlement_date] = rows

    def answer(self, path: str) -> Reply:
        if match := _STACK.fullmatch(path):
            return self._stack(match[1], date.fromisoformat(match[2]), int(match[3]))
        if match := _INDICATIVE.fullmatch(path):
            return self._indicative_of(match[1], match[2], date.fromisoformat(match[3]))
        url = urlsplit(path)
        if url.path == "/reference/bmunits/all":
            return Reply(200, _encode(self.bm_units))
        if url.path == "/generation/actual/per-type/wind-and-solar":
            query = parse_qs(url.query)
            return self._wind_between(_instant(query["from"][0]), _instant(query["to"][0]))
        return _MISSING

    def _stack(self, side: str, settlement_date: date, period: int) -> Reply:
        stored = self._stacks.get((side, settlement_date, period))
        if stored is not None:
            return Reply(200, stored)
        exists = 1 <= period <= count_periods(settlement_date)
        return Reply(200, _data([])) if exists or self.empty_past_the_end else _MISSING

    def _indicative_of(self, kind: str, side: str, settlement_date: date) -> Reply:
        if side == "offer":
            return Reply(200, _data([]))
        derive = self.cash_flows if kind == "cashflows" else self.volumes
        rows = self._indicative.get((kind, settlement_date))
        return Reply(200, _data(derive(settlement_date) if rows is None else rows))

    def _bids(self, settlement_date: date) -> list[Json]:
        periods = range(1, count_periods(settlement_date) + 1)
        return [line for n in periods for line in self._lines.get(("bid", settlement_date, n), [])]

    def _wind_between(self, first: datetime, last: datetime) -> Reply:
        if last - first > timedelta(days=7):
            return Reply(400, b'{"title":"The date range must not exceed 7 days"}')
        rows = [row for day in self._wind.values() for row in day]
        within = [row for row in rows if first <= _instant(row["startTime"]) <= last]
        return Reply(200, _data(within))


def _data(rows: Iterable[Json]) -> bytes:
    return _encode({"metadata": {"datasets": ["STUB"]}, "data": list(rows)})


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
