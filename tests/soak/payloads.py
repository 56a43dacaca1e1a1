"""Spoiled answers through the real clients: each is stored exactly, or refused by its field."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from curtailment.elexon import ElexonClient, RetryPolicy
from curtailment.operations import verify_day
from curtailment.operations.register import sync_bmunits
from curtailment.sources import SettlementSource, SourceError
from mining.mempool import MempoolClient
from mining.network import NetworkError
from mining.operations import load_embedded_epochs, sync_network
from summaries.pipeline import Status, refresh_day
from tests.soak.found import Found, for_each, last_lines
from tests.soak.reading import differences
from tests.soak.spoiled import DATE, Spoiled, spoiled_answers, words
from tests.stubs import server
from tests.stubs.elexon import StubElexon, make_line
from tests.stubs.mempool import StubNode

DAY = date.fromisoformat(DATE)
NOW = datetime(2024, 3, 8, 9, tzinfo=UTC)
SPOILED_PERIOD = 17
TABLES = words(
    "curtailment_records bm_units wind_generation_data daily_summaries monthly_summaries "
    "yearly_summaries farm_daily_summaries historical_bitcoin_calculations difficulty_epochs "
    "bitcoin_prices"
)
ONCE = RetryPolicy(tries=1)


class OnePeriodOverHttp(SettlementSource):
    """Elexon by its client for one period and for wind; the other periods from memory."""

    name = "elexon"

    def __init__(self, client: ElexonClient) -> None:
        self.client = client

    def bid_stack(self, period: Any, *, cancelled: Any = None) -> Any:
        if period.number == SPOILED_PERIOD:
            return self.client.bid_stack(period, cancelled=cancelled)
        return []

    def has_offers(self, period: Any, *, cancelled: Any = None) -> bool:
        return True

    def wind_generation(self, settlement_date: date) -> Any:
        return self.client.wind_generation(settlement_date)

    def bm_units(self) -> Any:
        return self.client.bm_units()


class Trial:
    """A stored day, the two stubs, and what happens when one of their answers is spoiled."""

    def __init__(self, elexon: StubElexon, node: StubNode, client: ElexonClient, found: Found):
        self.elexon, self.node, self.client, self.found = elexon, node, client, found
        self.source = OnePeriodOverHttp(client)
        self.executor = ThreadPoolExecutor(2)

    def store_the_day(self) -> None:
        """The state before each example; it is put back by a rollback after it."""
        number = SPOILED_PERIOD
        lines = {number: [make_line(DAY, number, "T_SGRWO-1", "-20", "-50")]}
        self.elexon.add_day(DAY, lines)
        self.node.knows_retargets([(1_708_642_123, 830_592, "81725299822043.22")])
        sync_bmunits(self.client, now=NOW)
        load_embedded_epochs(now=NOW)
        # Difficulty is stored even where prices fail, so it has to be there before.
        with MempoolClient(self.node.url, retries=ONCE) as client:
            sync_network(client, now=NOW)
        result = self.refresh()
        assert result.status == Status.WRITTEN, result

    def refresh(self) -> Any:
        return refresh_day(
            DAY, source=self.source, executor=self.executor, clock=lambda: NOW, force=True
        )

    def try_one(self, spoiled: Spoiled) -> None:
        """Serves a spoiled answer, asks for it, and compares what is stored."""
        self.found.tried += 1
        path = spoiled.kind.path
        if spoiled.kind.name == "stack":
            path = f"/bid/{DATE}/{SPOILED_PERIOD}$"
        for stub in (self.elexon, self.node):
            stub.mend()
            stub.forget()
            stub.fail(path, server.body(spoiled.body))
        with transaction.atomic():
            try:
                self.ask(spoiled)
            # Whatever escapes is what is looked for.
            except Exception as error:  # noqa: BLE001
                self.complain(spoiled, last_lines(error))
            transaction.set_rollback(True)

    def ask(self, spoiled: Spoiled) -> None:
        before = contents()
        refusal = self.refusal_of(spoiled.kind.name)
        if refusal is None:
            self.found.count("stored exactly")
            for difference in differences(spoiled):
                self.complain(spoiled, difference)
            return
        self.found.count("refused")
        if contents() != before:
            self.complain(spoiled, f"refused, but something was written: {refusal}")
        if not names_a_field(refusal, spoiled):
            self.complain(spoiled, f"no field is named: {refusal}")

    def refusal_of(self, kind: str) -> str | None:
        """Why the answer was not taken; None where it was."""
        try:
            if kind in ("stack", "wind"):
                result = self.refresh()
                taken = result.status in (Status.WRITTEN, Status.UNCHANGED)
                return None if taken and result.is_ok else " ".join(result.problems) or "the body"
            if kind == "units":
                sync_bmunits(self.client, now=NOW)
            elif kind in ("cash flows", "volumes"):
                verify_day(DAY, source=self.client, now=NOW)
            else:
                with MempoolClient(self.node.url, retries=ONCE) as client:
                    sync_network(client, now=NOW)
        except (SourceError, NetworkError) as refusal:
            return str(refusal)
        return None

    def complain(self, spoiled: Spoiled, sentence: str) -> None:
        body = spoiled.body[:300].decode(errors="replace")
        self.found.broken.append(f"{spoiled.kind.name} {body}: {sentence}")


def contents() -> str:
    """A digest of every table that an answer could have changed, ledgers of tries left out."""
    parts = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            parts.append(str(cursor.fetchone()[0]))
    return " ".join(parts)


def names_a_field(refusal: str, spoiled: Spoiled) -> bool:
    """Whether a refusal says which part of the answer it is about."""
    places = {
        "retargets": ["[", "difficulty of block", "time of block", "block ", "no retarget"],
        "stack": ["The answer has", *spoiled.kind.fields],
        "units": ["came empty", "]: expected an object", *spoiled.kind.fields],
    }.get(spoiled.kind.name, list(spoiled.kind.fields))
    always = ["the body", "data", "prices"]
    return any(place in refusal for place in [*places, *always])


@contextmanager
def stubs() -> Iterator[tuple[StubElexon, StubNode, ElexonClient]]:
    """Elexon, a node, and a client that tries once."""
    with (
        StubElexon() as elexon,
        StubNode() as node,
        ElexonClient(base_url=elexon.url, requests_per_minute=1_000_000, retries=ONCE) as client,
    ):
        yield elexon, node, client


def run(count: int, seed: int) -> Found:
    """This will try so many spoiled answers; the database is as before when it ends."""
    found = Found()
    with stubs() as (elexon, node, client), transaction.atomic():
        trial = Trial(elexon, node, client, found)
        trial.store_the_day()
        for_each(spoiled_answers(), count, seed, trial.try_one)
        trial.executor.shutdown()
        transaction.set_rollback(True)
    return found
