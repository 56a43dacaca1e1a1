"""Indicative cash flows and volumes over real HTTP: what is read, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from curtailment.sources import MalformedAnswer, SourceUnavailable
from tests.stubs import server
from tests.stubs.elexon import make_cash_flows, make_line, make_volumes

DAY = date(2024, 3, 5)
CASH_FLOWS = "/balancing/settlement/indicative/cashflows/all/bid/2024-03-05"
VOLUMES = "/balancing/settlement/indicative/volumes/all/bid/2024-03-05"


@pytest.fixture
def elexon(elexon_stub):
    lines = [make_line(DAY, 1), make_line(DAY, 1, volume="-2.5"), make_line(DAY, 1, None)]
    elexon_stub.add_day(DAY, {1: lines, 48: [make_line(DAY, 48, "T_MOWEO-1", 3, 50)]})
    return elexon_stub


def one(make, **overrides):
    [row, *_] = make([make_line(DAY, 1)])
    return row | overrides


def without(row, field):
    return {name: value for name, value in row.items() if name != field}


def cash_flow(**overrides):
    return one(make_cash_flows, **overrides)


def volume(**overrides):
    return one(make_volumes, **overrides)


def test_cash_flows_are_read_with_all_their_digits(elexon, elexon_client):
    rows = elexon_client.indicative_cash_flows(DAY)
    assert {(row.settlement_period, row.bmu_id): row.cash_flow_gbp for row in rows} == {
        (1, "T_SGRWO-1"): Decimal("-15") * Decimal("-30.25") * Decimal("0.9933898"),
        (1, None): Decimal("-12.5") * Decimal("-30.25") * Decimal("0.9933898"),
        (48, "T_MOWEO-1"): Decimal(150) * Decimal("0.9933898"),
    }
    assert elexon.requests == [CASH_FLOWS]


def test_volumes_are_those_as_accepted(elexon, elexon_client):
    rows = elexon_client.indicative_volumes(DAY)
    assert {(row.settlement_period, row.bmu_id): row.volume_mwh for row in rows} == {
        (1, "T_SGRWO-1"): Decimal("-15"),
        (1, None): Decimal("-12.5"),
        (48, "T_MOWEO-1"): Decimal(3),
    }
    assert elexon.requests == [VOLUMES]


def test_a_volume_that_is_not_said_stays_null(elexon, elexon_client):
    elexon.set_volumes(DAY, [volume(totalVolumeAccepted=None)])
    [row] = elexon_client.indicative_volumes(DAY)
    assert row.volume_mwh is None


def test_what_is_not_published_is_empty(elexon_stub, elexon_client):
    assert elexon_client.indicative_cash_flows(DAY) == []
    assert elexon_client.indicative_volumes(DAY) == []


def test_whole_numbers_and_numbers_for_units_are_read(elexon, elexon_client):
    elexon.set_cash_flows(DAY, [cash_flow(totalCashflow=5, bmUnit=123456)])
    [row] = elexon_client.indicative_cash_flows(DAY)
    assert (row.cash_flow_gbp, row.bmu_id) == (Decimal(5), "123456")


def test_of_two_runs_the_newer_counts(elexon, elexon_client):
    old = cash_flow(totalCashflow=1, createdDateTime="2024-03-06T01:00:00Z")
    new = cash_flow(totalCashflow=2, createdDateTime="2024-03-06T10:00:00Z")
    for rows in ([old, new], [new, old], [new, new]):
        elexon.set_cash_flows(DAY, rows)
        [row] = elexon_client.indicative_cash_flows(DAY)
        assert row.cash_flow_gbp == 2


CASH_FLOWS_REFUSED = {
    "text": (cash_flow(totalCashflow="x"), r"data\[0\].totalCashflow: expected a number"),
    "null": (cash_flow(totalCashflow=None), r"data\[0\].totalCashflow: expected a number"),
    "lacking": (without(cash_flow(), "totalCashflow"), r"data\[0\].totalCashflow: is missing"),
    "no unit": (without(cash_flow(), "bmUnit"), r"data\[0\].bmUnit: is missing"),
    "huge": (cash_flow(totalCashflow=10**12), r"data\[0\].totalCashflow: expected at most"),
    "control": (cash_flow(bmUnit="T_\x00"), r"data\[0\].bmUnit: expected a short"),
    "another day": (
        cash_flow(settlementDate="2024-03-06"),
        r"data\[0\].settlementDate: expected 2024-03-05, got 2024-03-06",
    ),
    "no period": (
        cash_flow(settlementPeriod=49),
        r"data\[0\].settlementPeriod: expected 1 to 48, got 49",
    ),
}


@pytest.mark.parametrize(
    ("row", "words"), CASH_FLOWS_REFUSED.values(), ids=list(CASH_FLOWS_REFUSED)
)
def test_malformed_cash_flows_name_address_and_field(elexon, elexon_client, row, words):
    elexon.set_cash_flows(DAY, [row])
    with pytest.raises(MalformedAnswer, match=f"^GET {CASH_FLOWS}: {words}"):
        elexon_client.indicative_cash_flows(DAY)
    assert elexon.counts[CASH_FLOWS] == 1


VOLUMES_REFUSED = {
    "text": (volume(totalVolumeAccepted="x"), r"data\[0\].totalVolumeAccepted: expected a number"),
    "lacking": (
        without(volume(), "totalVolumeAccepted"),
        r"data\[0\].totalVolumeAccepted: is missing",
    ),
    "no kind": (without(volume(), "dataType"), r"data\[0\].dataType: is missing"),
    "huge": (
        volume(totalVolumeAccepted=10**6),
        r"data\[0\].totalVolumeAccepted: expected at most",
    ),
}


@pytest.mark.parametrize(("row", "words"), VOLUMES_REFUSED.values(), ids=list(VOLUMES_REFUSED))
def test_malformed_volumes_name_address_and_field(elexon, elexon_client, row, words):
    elexon.set_volumes(DAY, [row])
    with pytest.raises(MalformedAnswer, match=f"^GET {VOLUMES}: {words}"):
        elexon_client.indicative_volumes(DAY)


def test_rows_of_one_run_that_contradict_each_other_are_refused(elexon, elexon_client):
    elexon.set_cash_flows(DAY, [cash_flow(totalCashflow=1), cash_flow(totalCashflow=2)])
    with pytest.raises(MalformedAnswer, match=r"data\[1\].totalCashflow: contradicts a row"):
        elexon_client.indicative_cash_flows(DAY)


@pytest.mark.parametrize(
    "body", [b'{"data": null}', b'{"data": 5}', b"{}", b"[]", b'{"data": [null]}']
)
def test_another_shape_is_never_an_empty_answer(elexon, elexon_client, body):
    elexon.fail("indicative", server.body(body))
    for ask in (elexon_client.indicative_cash_flows, elexon_client.indicative_volumes):
        with pytest.raises(MalformedAnswer):
            ask(DAY)


@pytest.mark.parametrize("fault", [server.status(503), server.cut_in_the_body()])
def test_an_outage_is_never_an_empty_answer(elexon, elexon_client, fault):
    elexon.fail("indicative", fault)
    for ask in (elexon_client.indicative_cash_flows, elexon_client.indicative_volumes):
        with pytest.raises(SourceUnavailable, match="tried 5 times"):
            ask(DAY)
