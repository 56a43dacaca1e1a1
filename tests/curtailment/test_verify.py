"""Stored days against the stub's cash flows and volumes, over HTTP."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from curtailment.models import BMUnit, Correction, CurtailmentRecord, IngestionProgress
from curtailment.operations import NotVerifiable, verify_day
from curtailment.operations.verify import MOST_UNITS_LISTED
from curtailment.sources import MalformedAnswer, SourceUnavailable
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.stubs import server
from tests.stubs.elexon import make_line

pytestmark = pytest.mark.django_db

NOW = FETCHED + timedelta(days=1)
LATER = FETCHED + timedelta(hours=1)


@pytest.fixture(autouse=True)
def register(db):
    add_wind_units()


def line(bmu="T_SGRWO-1", volume="-10", price="-50", period=1, **overrides):
    return make_line(DAY, period, bmu, volume, price, **overrides)


def store_and_serve(elexon, *lines, **options):
    """The same lines stored as a day and served as the stub's stack."""
    by_period, served = {}, {}
    for sent in lines:
        period, bmu = sent["settlementPeriod"], sent["id"]
        tlm, price = sent["transmissionLossMultiplier"], sent["originalPrice"]
        stored = stack_line(
            id=bmu,
            volume=sent["volume"],
            original_price=price,
            so_flag=sent["soFlag"],
            tlm=tlm,
            settlement_period=period,
        )
        by_period.setdefault(period, []).append(stored)
        served.setdefault(period, []).append(sent)
    elexon.add_day(DAY, served)
    return store(fetched_day(by_period, **options))


def verify(client):
    return verify_day(DAY, source=client, now=NOW)


def progress():
    return IngestionProgress.objects.get(pk=DAY)


def test_a_day_that_agrees_is_verified_and_the_ledger_says_so(elexon_stub, elexon_client):
    store_and_serve(elexon_stub, line(), line("T_MOWEO-1", soFlag=False), line("T_PEHE-1"))
    assert verify(elexon_client).verdict == "verified"
    row = progress()
    assert (row.verification, row.verified_at) == ("verified", NOW)
    assert row.verification_details == {
        "reason": "",
        "unit_count": 2,
        "differing_unit_count": 0,
        "differing_mwh": "0",
        "differing_gbp": "0",
        "not_comparable_unit_count": 0,
        "totals": {
            "stack_mwh": "-20",
            "indicative_mwh": "-20",
            "difference_mwh": "0",
            "stack_gbp": "993.3898000",
            "indicative_gbp": "993.3898000",
            "difference_gbp": "0.0000000",
        },
        "units": [],
        "not_comparable_units": [],
    }


def test_all_bid_lines_count_whatever_their_flag_and_sign(elexon_stub, elexon_client):
    lines = [
        line(),
        line(),
        line(soFlag=None, cadlFlag=None, volume="-1.0000000000000000001"),
        line(volume="2.5", price="40"),
        line(price="35.5"),
        line(volume="0", price=None, transmissionLossMultiplier=None),
    ]
    store_and_serve(elexon_stub, *lines)
    found = verify(elexon_client)
    assert found.verdict == "verified"
    assert found.volumes.totals.stack == Decimal("-28.5000000000000000001")


def test_what_differs_is_kept_by_unit(elexon_stub, elexon_client):
    store_and_serve(elexon_stub, line(), line("T_MOWEO-1", volume="-2"))
    volumes, cash_flows = elexon_stub.volumes(DAY), elexon_stub.cash_flows(DAY)
    volumes[0]["totalVolumeAccepted"] = Decimal("-9.5")
    cash_flows[0]["totalCashflow"] = Decimal("400.25")
    elexon_stub.set_volumes(DAY, volumes)
    elexon_stub.set_cash_flows(DAY, cash_flows)
    assert verify(elexon_client).verdict == "differs"
    details = progress().verification_details
    assert details["differing_unit_count"] == 1
    assert (details["differing_mwh"], details["differing_gbp"]) == ("0.5", "96.4449000")
    assert details["units"] == [
        {
            "bmu": "T_SGRWO-1",
            "stack_mwh": "-10",
            "indicative_mwh": "-9.5",
            "difference_mwh": "-0.5",
            "stack_gbp": "496.6949000",
            "indicative_gbp": "400.25",
            "difference_gbp": "96.4449000",
        }
    ]


def test_published_figures_are_compared_not_corrected_ones(elexon_stub, elexon_client):
    for period in (1, 5):
        Correction.objects.create(
            bmu_id="T_SGRWO-1",
            settlement_date=DAY,
            settlement_period=period,
            curtailed_mwh=7,
            payment_gbp=1,
            so_mwh=0,
            so_payment_gbp=0,
            other_mwh=0,
            other_payment_gbp=0,
            reason="Metering fault",
            author=get_user_model().objects.get_or_create(username="ada")[0],
        )
    store_and_serve(elexon_stub, line())
    assert CurtailmentRecord.objects.count() == 2
    assert verify(elexon_client).verdict == "verified"


def test_a_null_loss_multiplier_cannot_be_compared(elexon_stub, elexon_client):
    store_and_serve(
        elexon_stub, line(transmissionLossMultiplier=None), line("T_MOWEO-1"), line("T_MOWEO-1")
    )
    found = verify(elexon_client)
    assert (found.verdict, found.not_comparable) == ("not_available", ["T_SGRWO-1"])
    details = progress().verification_details
    assert details["not_comparable_units"] == ["T_SGRWO-1"]
    assert details["totals"]["stack_mwh"] == "-30", "its volume is compared all the same"


def test_a_unit_newly_marked_as_wind_differs_until_its_day_is_fetched(elexon_stub, elexon_client):
    BMUnit.objects.create(elexon_bmu_id="T_NEWWF-1")
    store_and_serve(elexon_stub, line(), line("T_NEWWF-1", volume="-3"))
    assert verify(elexon_client).verdict == "verified"
    BMUnit.objects.filter(pk="T_NEWWF-1").update(staff_is_wind=True)
    found = verify(elexon_client)
    assert (found.verdict, found.differing_units) == ("differs", ["T_NEWWF-1"])


def test_a_damaged_record_is_found(elexon_stub, elexon_client):
    store_and_serve(elexon_stub, line(), line(period=2))
    CurtailmentRecord.objects.filter(settlement_period=1).update(lines=[])
    assert verify(elexon_client).verdict == "differs"


@pytest.mark.parametrize("lacking", ["cashflows", "volumes"])
def test_an_empty_answer_is_not_available(elexon_stub, elexon_client, lacking):
    store_and_serve(elexon_stub, line())
    elexon_stub.fail(lacking, server.empty_data())
    assert verify(elexon_client).verdict == "not_available"
    row = progress()
    assert row.verification == "not_available"
    assert "Elexon has no indicative" in row.verification_details["reason"]


@pytest.mark.parametrize("lacking", ["cashflows", "volumes"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [(server.status(500), SourceUnavailable), (server.body(b'{"data": 5}'), MalformedAnswer)],
)
def test_an_outage_leaves_the_ledger_as_it_was(elexon_stub, elexon_client, lacking, fault, error):
    store_and_serve(elexon_stub, line())
    verify(elexon_client)
    elexon_stub.fail(lacking, fault)
    with pytest.raises(error, match=f"GET /balancing/settlement/indicative/{lacking}/all/bid"):
        verify_day(DAY, source=elexon_client, now=NOW + timedelta(days=1))
    assert (progress().verification, progress().verified_at) == ("verified", NOW)


def test_sample_data_are_never_verified_and_elexon_not_asked(elexon_stub, elexon_client):
    store_and_serve(elexon_stub, line(), source="sample")
    found = verify(elexon_client)
    assert (found.verdict, elexon_stub.requests) == ("not_available", [])
    assert "made up" in progress().verification_details["reason"]


def test_a_day_that_is_not_stored_whole_is_refused(elexon_stub, elexon_client):
    with pytest.raises(NotVerifiable, match="2024-03-05 is not stored whole.*fetch it first"):
        verify(elexon_client)
    running = fetched_day({}, is_running_day=True, is_final=False, periods=[1, 2])
    store(running)
    with pytest.raises(NotVerifiable):
        verify(elexon_client)
    assert elexon_stub.requests == []


class TestWhenTheDayChanges:
    REVISED = {1: [stack_line(volume="-12", so_flag=True)]}

    def test_a_changed_answer_makes_it_unverified(self, elexon_stub, elexon_client):
        store_and_serve(elexon_stub, line())
        verify(elexon_client)
        store(fetched_day(self.REVISED, started_at=LATER))
        row = progress()
        assert (row.verification, row.verification_details, row.verified_at) == ("", None, None)

    def test_an_unchanged_answer_leaves_it_verified(self, elexon_stub, elexon_client):
        store_and_serve(elexon_stub, line(), is_final=False)
        verify(elexon_client)
        sent = stack_line(so_flag=True, tlm="0.9933898")
        assert store(fetched_day({1: [sent]}, started_at=LATER)).outcome == "written"
        assert (progress().data_state, progress().verification) == ("final", "verified")

    def test_mended_records_make_it_unverified(self, elexon_stub, elexon_client):
        store_and_serve(elexon_stub, line())
        CurtailmentRecord.objects.update(lines=[])
        assert verify(elexon_client).verdict == "differs"
        sent = stack_line(so_flag=True, tlm="0.9933898")
        store(fetched_day({1: [sent]}, started_at=LATER), force=True)
        assert progress().verification == ""

    def test_what_changes_while_it_is_compared_is_not_noted(self, elexon_stub, elexon_client):
        store_and_serve(elexon_stub, line())

        class Meanwhile:
            """Elexon, but the day is stored anew before its answer is there."""

            name = "elexon"
            indicative_cash_flows = elexon_client.indicative_cash_flows

            def indicative_volumes(self, settlement_date):
                store(fetched_day(TestWhenTheDayChanges.REVISED, started_at=LATER))
                return elexon_client.indicative_volumes(settlement_date)

        with pytest.raises(NotVerifiable, match="changed while it was being verified"):
            verify_day(DAY, source=Meanwhile(), now=NOW)
        assert progress().verification == ""


def test_the_ledger_keeps_no_more_than_the_largest_differences(elexon_stub, elexon_client):
    units = [f"T_{number:03}-1" for number in range(3 * MOST_UNITS_LISTED)]
    add_wind_units(*units)
    store_and_serve(elexon_stub, *(line(bmu) for bmu in units))
    elexon_stub.set_volumes(
        DAY,
        [
            row | {"totalVolumeAccepted": -11 - number}
            for number, row in enumerate(elexon_stub.volumes(DAY)[::2])
        ],
    )
    verify(elexon_client)
    details = progress().verification_details
    assert details["differing_unit_count"] == 3 * MOST_UNITS_LISTED
    assert [row["bmu"] for row in details["units"]] == units[: -MOST_UNITS_LISTED - 1 : -1]
    assert len(json.dumps(details)) < 20_000


def test_the_same_day_verified_twice_says_the_same(elexon_stub, elexon_client):
    store_and_serve(elexon_stub, line())
    verify(elexon_client)
    first = progress().verification_details
    verify(elexon_client)
    assert progress().verification_details == first
