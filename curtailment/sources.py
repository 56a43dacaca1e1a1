"""What a source of settlement data answers: Elexon's API, or the built-in sample data."""

from datetime import date, datetime
from decimal import Decimal
from threading import Event
from typing import Protocol

import msgspec

from curtailment.settlement import SettlementPeriod


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
