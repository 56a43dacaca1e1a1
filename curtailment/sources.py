"""What a source of settlement data answers: Elexon's API, or the built-in sample data."""

from datetime import date, datetime
from decimal import Decimal
from threading import Event
from typing import Protocol

import msgspec

from curtailment.settlement import SettlementPeriod

# Characters of a name. The longest of the register has some 30; Companies House takes 160.
LONGEST_NAME = 200


class StackLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """An accepted line of a settlement stack, as Elexon publishes it (dataset ISPSTACK).

    `volume` is in MWh, negative on bids; prices are in GBP/MWh. What decides a figure must be
    present, though it may be null; a missing key is an error, never a null.
    """

    settlement_date: date
    settlement_period: int
    id: str | None
    so_flag: bool | None
    cadl_flag: bool | None
    original_price: Decimal | None
    volume: Decimal
    final_price: Decimal | None = None
    transmission_loss_multiplier: Decimal | None = None
    acceptance_id: int | None = None
    bid_offer_pair_id: int | None = None
    stor_provider_flag: bool | None = None
    repriced_indicator: bool | None = None
    created_date_time: datetime | None = None
    sequence_number: int | None = None


class RegisterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of the BM Unit register. Texts that the register leaves out are empty."""

    elexon_bmu_id: str
    national_grid_bmu_id: str = ""
    name: str = ""
    fuel_type: str = ""
    lead_party_name: str = ""
    lead_party_id: str = ""
    bm_unit_type: str = ""
    area: str = ""
    capacity_mw: Decimal | None = None


class WindOutput(msgspec.Struct, frozen=True, kw_only=True):
    """Actual wind output of Great Britain in a settlement period; null is not published."""

    settlement_date: date
    settlement_period: int
    onshore_mwh: Decimal | None = None
    offshore_mwh: Decimal | None = None


class IndicativeCashFlow(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit's accepted bids of a settlement period come to, losses included (EBOCF)."""

    settlement_period: int
    bmu_id: str | None
    cash_flow_gbp: Decimal


class IndicativeVolume(msgspec.Struct, frozen=True, kw_only=True):
    """The volume of a unit's accepted bids of a settlement period, negative as in the stack.

    Null is a volume that the source does not say.
    """

    settlement_period: int
    bmu_id: str | None
    volume_mwh: Decimal | None


class SourceError(Exception):
    """A source has no answer. The message says what was asked and what went wrong."""


class SourceUnavailable(SourceError):
    """The source did not answer, or not usably, in spite of repeated tries."""


class SourceUnreachable(SourceUnavailable):
    """There is no connection to the source at all."""


class MalformedAnswer(SourceError):
    """The source answered something that its description does not allow; no use to try again."""


class PeriodNotFound(SourceError):
    """The source does not have the settlement period."""


class Cancelled(SourceError):
    """The request was given up because its day had failed already."""


class SettlementSource(Protocol):
    """Where a settlement date's data come from. Safe to use from several threads at once."""

    name: str

    def bid_stack(
        self, period: SettlementPeriod, *, cancelled: Event | None = None
    ) -> list[StackLine]:
        """The accepted bid lines of a period, of all units.

        Raises PeriodNotFound where the source has no such period; SourceUnavailable,
        MalformedAnswer and Cancelled.
        """
        ...

    def has_offers(self, period: SettlementPeriod, *, cancelled: Event | None = None) -> bool:
        """Whether the offer stack of a period has lines: proof that it was settled."""
        ...

    def wind_generation(self, settlement_date: date) -> list[WindOutput]:
        """Actual wind output of the periods of a date, in order, as far as it is published."""
        ...

    def bm_units(self) -> list[RegisterEntry]:
        """The register of BM Units, each unit once."""
        ...


class IndicativeSource(Protocol):
    """Who says of a day's bids what does not come from the stack, so that it can be verified.

    Elexon does. Sample data have no such source: what is made up is never verified.
    """

    name: str

    def indicative_cash_flows(self, settlement_date: date) -> list[IndicativeCashFlow]:
        """The bid cash flows of a date, of all units; empty while they are not published.

        Raises SourceUnavailable and MalformedAnswer.
        """
        ...

    def indicative_volumes(self, settlement_date: date) -> list[IndicativeVolume]:
        """The bid volumes of a date as accepted; likewise."""
        ...
