"""The client of Elexon's Insights API, as a source of settlement data."""

from collections.abc import Callable
from datetime import date, datetime
from threading import Event
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from curtailment.elexon.bm_units import register_entries
from curtailment.elexon.decoding import decode_json
from curtailment.elexon.faults import NotFound, PassingFault, RefusedAnswer, RefusedRequest
from curtailment.elexon.rate_limit import RateLimit
from curtailment.elexon.retry import RetryPolicy, call_with_retries
from curtailment.elexon.settlement_indicative import cash_flows, volumes
from curtailment.elexon.stack import stack_lines
from curtailment.elexon.transport import Timeouts, Transport
from curtailment.elexon.wind import wind_outputs
from curtailment.settlement import SettlementPeriod, day_ends_at, day_starts_at
from curtailment.sources import (
    IndicativeCashFlow,
    IndicativeVolume,
    MalformedAnswer,
    PeriodNotFound,
    RegisterEntry,
    SourceError,
    SourceUnavailable,
    SourceUnreachable,
    StackLine,
    WindOutput,
)

Answer = TypeVar("Answer")

DEFAULT_CONNECTIONS = 16


class ElexonClient:
    """Settlement data from Elexon; a SettlementSource and an IndicativeSource. Thread-safe.

    The rate limit counts every request, tries included, of all threads that share the client.
    """

    name = "elexon"

    def __init__(
        self,
        *,
        base_url: str,
        requests_per_minute: int,
        connections: int = DEFAULT_CONNECTIONS,
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
    ) -> None:
        """Raises ValueError for an address that is no http(s) one and for a limit below 1."""
        if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
            raise ValueError(f"{base_url!r} is not an address of Elexon's API. Use https://...")
        if requests_per_minute < 1 or connections < 1:
            raise ValueError("Elexon needs at least 1 request a minute and 1 connection.")
        self._retries = retries or RetryPolicy()
        self._transport = Transport(
            base_url=base_url,
            connections=connections,
            timeouts=timeouts or Timeouts(),
            rate_limit=RateLimit(requests_per_minute),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """This will close the connections."""
        self._transport.close()

    def bid_stack(
        self, period: SettlementPeriod, *, cancelled: Event | None = None
    ) -> list[StackLine]:
        """The accepted bid lines of a period, of all units."""
        return self._stack("bid", period, cancelled)

    def has_offers(self, period: SettlementPeriod, *, cancelled: Event | None = None) -> bool:
        """Whether the offer stack of a period has lines: proof that it was settled."""
        return bool(self._stack("offer", period, cancelled))

    def wind_generation(self, settlement_date: date) -> list[WindOutput]:
        """Actual wind output of the periods of a date, in order, as far as it is published."""
        start, end = day_starts_at(settlement_date), day_ends_at(settlement_date)
        path = f"/generation/actual/per-type/wind-and-solar?from={_utc(start)}&to={_utc(end)}"
        return self._get(path, lambda payload: wind_outputs(payload, settlement_date))

    def bm_units(self) -> list[RegisterEntry]:
        """The register of BM Units, each unit once."""
        return self._get("/reference/bmunits/all", register_entries)

    def indicative_cash_flows(self, settlement_date: date) -> list[IndicativeCashFlow]:
        """The bid cash flows of a date, of all units; empty while they are not published."""
        path = f"/balancing/settlement/indicative/cashflows/all/bid/{settlement_date}"
        return self._get(path, lambda payload: cash_flows(payload, settlement_date))

    def indicative_volumes(self, settlement_date: date) -> list[IndicativeVolume]:
        """The bid volumes of a date as accepted; empty while they are not published."""
        path = f"/balancing/settlement/indicative/volumes/all/bid/{settlement_date}"
        return self._get(path, lambda payload: volumes(payload, settlement_date))

    def _stack(
        self, side: Literal["bid", "offer"], period: SettlementPeriod, cancelled: Event | None
    ) -> list[StackLine]:
        path = f"/balancing/settlement/stack/all/{side}/{period.settlement_date}/{period.number}"
        return self._get(
            path,
            lambda payload: stack_lines(payload, period),
            cancelled=cancelled,
            not_found=PeriodNotFound,
        )

    def _get(
        self,
        path: str,
        parse: Callable[[Any], Answer],
        *,
        cancelled: Event | None = None,
        not_found: type[SourceError] = MalformedAnswer,
    ) -> Answer:
        """The parsed answer of an address. Raises a SourceError that begins with the address."""
        cancelled = cancelled or Event()

        def attempt() -> Answer:
            return parse(decode_json(self._transport.get(path, cancelled=cancelled)))

        try:
            return call_with_retries(attempt, policy=self._retries, cancelled=cancelled)
        except PassingFault as fault:
            kind = SourceUnreachable if fault.unreachable else SourceUnavailable
            raise kind(f"GET {path}: {fault}, tried {self._retries.tries} times") from fault
        except NotFound as fault:
            raise not_found(f"GET {path}: {fault}") from fault
        except RefusedRequest as fault:
            raise SourceUnavailable(f"GET {path}: {fault}") from fault
        except RefusedAnswer as fault:
            raise MalformedAnswer(f"GET {path}: {fault}") from fault


def _utc(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%MZ")
