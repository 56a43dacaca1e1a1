"""What Elexon's answers become, and which are refused, over real HTTP."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from curtailment.settlement import SettlementPeriod, iter_periods
from curtailment.sources import MalformedAnswer, PeriodNotFound, StackLine
from tests.stubs import server
from tests.stubs.elexon import make_line, make_unit, make_wind

DAY = date(2024, 3, 5)
PERIOD = SettlementPeriod(DAY, 17)
PATH = "/balancing/settlement/stack/all/bid/2024-03-05/17"


def bids_of(stub, client, *lines) -> list[StackLine]:
    stub.set_stack(DAY, 17, "bid", list(lines))
    return client.bid_stack(PERIOD)


def line(**overrides) -> dict:
    return make_line(DAY, 17, **overrides)


def without(row: dict, field: str) -> dict:
    return {name: value for name, value in row.items() if name != field}


# --- Stacks ---------------------------------------------------------------------------------


def test_a_line_is_read_with_all_its_digits(elexon_stub, elexon_client):
    sent = line(
        volume="-10.12345678901234567890",
        price="-30.250",
        transmissionLossMultiplier="0.9933898",
        finalPrice="1.5E2",
        createdDateTime="2024-03-06T12:00:18.74+01:00",
        sequenceNumber=7,
    )
    assert bids_of(elexon_stub, elexon_client, sent) == [
        StackLine(
            settlement_date=DAY,
            settlement_period=17,
            id="T_SGRWO-1",
            so_flag=True,
            cadl_flag=False,
            original_price=Decimal("-30.250"),
            volume=Decimal("-10.12345678901234567890"),
            final_price=Decimal(150),
            transmission_loss_multiplier=Decimal("0.9933898"),
            acceptance_id=102_999,
            bid_offer_pair_id=-1,
            stor_provider_flag=False,
            repriced_indicator=False,
            created_date_time=datetime(2024, 3, 6, 11, 0, 18, 740_000, tzinfo=UTC),
            sequence_number=7,
        )
    ]


def test_whole_numbers_are_numbers(elexon_stub, elexon_client):
    [answer] = bids_of(elexon_stub, elexon_client, line(volume=-12, price=-30))
    assert (answer.volume, answer.original_price) == (Decimal(-12), Decimal(-30))
    assert isinstance(answer.volume, Decimal)


def test_nulls_stay_null(elexon_stub, elexon_client):
    sent = line(
        bmu=None,
        soFlag=None,
        cadlFlag=None,
        price=None,
        transmissionLossMultiplier=None,
        createdDateTime=None,
        acceptanceId=None,
        bidOfferPairId=None,
        storProviderFlag=None,
    )
    [answer] = bids_of(elexon_stub, elexon_client, sent)
    assert (answer.id, answer.so_flag, answer.cadl_flag) == (None, None, None)
    assert (answer.original_price, answer.created_date_time) == (None, None)


def test_lines_equal_in_every_value_both_count(elexon_stub, elexon_client):
    assert len(bids_of(elexon_stub, elexon_client, line(), line())) == 2


@pytest.mark.parametrize("sent", ["123456", 123456])
def test_a_number_for_a_unit_is_kept_as_its_text(elexon_stub, elexon_client, sent):
    [answer] = bids_of(elexon_stub, elexon_client, line(bmu=sent))
    assert answer.id == "123456"


def test_a_time_without_a_zone_is_in_utc(elexon_stub, elexon_client):
    [answer] = bids_of(elexon_stub, elexon_client, line(createdDateTime="2024-03-06T12:00:00"))
    assert answer.created_date_time == datetime(2024, 3, 6, 12, tzinfo=UTC)


def test_unknown_fields_are_ignored(elexon_stub, elexon_client):
    assert bids_of(elexon_stub, elexon_client, line(somethingNew={"a": [1, None]}))


def test_a_bid_with_a_positive_pair_is_a_bid(elexon_stub, elexon_client):
    assert bids_of(elexon_stub, elexon_client, line(bidOfferPairId=1))[0].bid_offer_pair_id == 1


def test_an_unwindy_period_is_empty_without_error(elexon_stub, elexon_client):
    assert bids_of(elexon_stub, elexon_client) == []


def test_of_a_repeated_key_the_last_counts(elexon_stub, elexon_client):
    sent = msgspec.json.encode({"data": [line()]}).replace(b'"soFlag":true', b'"soFlag":false')
    twice = sent.replace(b'"soFlag"', b'"soFlag":true,"soFlag"').replace(b'"-12.5"', b"-12.5")
    for text in (b'"-30.25"', b'"0.9933898"'):
        twice = twice.replace(text, text.strip(b'"'))
    elexon_stub.fail(PATH, server.body(twice))
    assert elexon_client.bid_stack(PERIOD)[0].so_flag is False


NUMBER_FIELDS = ("volume", "originalPrice", "finalPrice", "transmissionLossMultiplier")
BROKEN_LINES = {
    "null volume": ({"volume": None}, "volume: expected a number, got null"),
    "text volume": ({"volume": b"1.5"}, "volume: expected a number, got a text"),
    "NaN as text": ({"volume": b"NaN"}, "volume: expected a number, got a text"),
    "true volume": ({"volume": True}, "volume: expected a number, got true or false"),
    "huge volume": ({"volume": "-100000.1"}, "volume: expected at most 100,000 MWh"),
    "endless volume": ({"volume": "1E+400"}, "volume: expected at most 100,000 MWh"),
    "fine volume": ({"volume": "1E-31"}, "volume: expected at most 30 decimals"),
    "text price": ({"originalPrice": b"9"}, "originalPrice: expected a number or null, got a text"),
    "huge price": ({"originalPrice": "1000001"}, "originalPrice: expected at most 1,000,000 GBP"),
    "huge final price": ({"finalPrice": "-1000001"}, "finalPrice: expected at most 1,000,000 GBP"),
    "TLM of 0": ({"transmissionLossMultiplier": 0}, "transmissionLossMultiplier: expected between"),
    "TLM of 10": (
        {"transmissionLossMultiplier": "10.0"},
        "transmissionLossMultiplier: expected between 0 and 10, got 10.0",
    ),
    "number for a flag": ({"soFlag": 1}, "soFlag: expected true or false or null"),
    "text for a flag": ({"cadlFlag": "false"}, "cadlFlag: expected true or false or null"),
    "another date": ({"settlementDate": "2024-03-06"}, "settlementDate: expected 2024-03-05, got"),
    "no date": ({"settlementDate": "5 March"}, "settlementDate: expected a valid date"),
    "another period": ({"settlementPeriod": 18}, "settlementPeriod: expected 17, got 18"),
    "text period": ({"settlementPeriod": "17"}, "settlementPeriod: expected a whole number"),
    "bad time": ({"createdDateTime": "noon"}, "createdDateTime: expected a valid datetime"),
    "object for a unit": ({"id": {"a": 1}}, "id: expected a text or null, got an object"),
    "true for a unit": ({"id": True}, "id: expected a text or null, got true or false"),
    "NUL in a unit": ({"id": "T_\0X"}, "id: expected a short, printable text"),
    "endless unit": ({"id": "X" * 10_000}, "id: expected a short, printable text"),
    "slash in a unit": ({"id": "T_A/B-1"}, "id: expected a short, printable text without /"),
}


@pytest.mark.parametrize(("broken", "said"), BROKEN_LINES.values(), ids=BROKEN_LINES)
def test_a_malformed_line_is_refused_at_once_and_named(elexon_stub, elexon_client, broken, said):
    bad = make_line(DAY, 17) | {
        field: value.decode() if isinstance(value, bytes) else _decimal(field, value)
        for field, value in broken.items()
    }
    with pytest.raises(MalformedAnswer) as caught:
        bids_of(elexon_stub, elexon_client, line(), line(), line(), bad)
    assert str(caught.value).startswith(f"GET {PATH}: data[3].{said}")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 300
    assert len(elexon_stub.requests) == 1


def _decimal(field, value):
    return Decimal(value) if field in NUMBER_FIELDS and isinstance(value, str) else value


@pytest.mark.parametrize(
    "field",
    [
        "settlementDate",
        "settlementPeriod",
        "id",
        "soFlag",
        "cadlFlag",
        "originalPrice",
        "volume",
    ],
)
def test_a_field_that_decides_a_figure_must_be_there(elexon_stub, elexon_client, field):
    with pytest.raises(MalformedAnswer, match=rf": data\[1\]\.{field}: is missing$"):
        bids_of(elexon_stub, elexon_client, line(), without(line(), field))


BROKEN_BODIES = {
    b"[]": "the body: expected an object, got a list",
    b"null": "the body: expected an object, got null",
    b"{}": "data: is missing",
    b'{"data": null}': "data: expected a list, got null",
    b'{"data": {}}': "data: expected a list, got an object",
    b'{"data": [null]}': r"data\[0\]: expected an object, got null",
    b'{"data": [], "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}": "nested too deeply",
}


@pytest.mark.parametrize(("body", "said"), BROKEN_BODIES.items(), ids=BROKEN_BODIES.values())
def test_json_of_another_shape_is_refused_at_once(elexon_stub, elexon_client, body, said):
    elexon_stub.fail(PATH, server.body(body))
    with pytest.raises(MalformedAnswer, match=rf"^GET {PATH}: .*{said}"):
        elexon_client.bid_stack(PERIOD)
    assert len(elexon_stub.requests) == 1


def test_an_exponent_past_all_bounds_is_named(elexon_stub, elexon_client):
    sent = msgspec.json.Encoder(decimal_format="number").encode({"data": [line()]})
    elexon_stub.fail(PATH, server.body(sent.replace(b"-12.5", b"1e99999999999999999999")))
    with pytest.raises(MalformedAnswer, match=r"data\[0\]\.volume: expected at most 100,000 MWh"):
        elexon_client.bid_stack(PERIOD)


@pytest.mark.parametrize(
    ("day", "count"), [(date(2024, 3, 31), 46), (date(2024, 3, 30), 48), (date(2024, 10, 27), 50)]
)
def test_days_of_all_lengths_are_served(elexon_stub, elexon_client, day, count):
    elexon_stub.add_day(day)
    stacks = [elexon_client.bid_stack(period) for period in iter_periods(day)]
    assert len(stacks) == count and all(len(lines) == 11 for lines in stacks)
    assert all(line.settlement_date == day for lines in stacks for line in lines)


def test_offers_prove_that_a_period_was_settled(elexon_stub, elexon_client):
    assert not elexon_client.has_offers(PERIOD)
    elexon_stub.add_day(DAY)
    assert elexon_client.has_offers(PERIOD)
    elexon_stub.fail("/offer/", server.not_found())
    with pytest.raises(PeriodNotFound):
        elexon_client.has_offers(PERIOD)


def test_requests_say_who_asks_and_for_what(elexon_stub, elexon_client):
    elexon_client.bid_stack(PERIOD)
    headers = elexon_stub.log[0].headers
    assert headers["accept"] == "application/json"
    assert headers["user-agent"].startswith("Windfall/")


# --- Wind -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count"), [(date(2024, 3, 31), 46), (date(2024, 7, 1), 48), (date(2024, 10, 27), 50)]
)
def test_wind_of_a_london_day_is_energy_not_power(elexon_stub, elexon_client, day, count):
    for neighbor in (-1, 0, 1):
        elexon_stub.set_wind(date.fromordinal(day.toordinal() + neighbor))
    outputs = elexon_client.wind_generation(day)
    assert [output.settlement_period for output in outputs] == list(range(1, count + 1))
    assert {output.settlement_date for output in outputs} == {day}
    assert outputs[0].onshore_mwh == 2000
    assert outputs[0].offshore_mwh == Decimal("3500.25")


def test_wind_that_is_not_published_is_null_or_left_out(elexon_stub, elexon_client):
    assert elexon_client.wind_generation(DAY) == []
    elexon_stub.set_wind(DAY, make_wind(DAY, onshore_mw=10, offshore_mw=None)[:2])
    [output] = elexon_client.wind_generation(DAY)
    assert (output.onshore_mwh, output.offshore_mwh) == (5, None)


def test_of_contradictory_wind_the_newest_counts(elexon_stub, elexon_client):
    rows = make_wind(DAY, onshore_mw=None, offshore_mw=10)[1:2]
    newer = [row | {"quantity": 20, "publishTime": "2024-03-07 05:00:00Z"} for row in rows]
    for sent in (rows + newer, newer + rows, rows + rows + newer):
        elexon_stub.set_wind(DAY, sent)
        assert [o.offshore_mwh for o in elexon_client.wind_generation(DAY)] == [10]
    elexon_stub.set_wind(DAY, [*rows, rows[0] | {"quantity": 11}])
    with pytest.raises(MalformedAnswer, match=r"data\[1\]\.quantity: contradicts"):
        elexon_client.wind_generation(DAY)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"quantity": None}, r"data\[0\]\.quantity: expected a number, got null"),
        ({"settlementPeriod": 49}, r"data\[0\]\.settlementPeriod: expected 1 to 48, got 49"),
    ],
)
def test_malformed_wind_is_refused(elexon_stub, elexon_client, broken, said):
    row = make_wind(DAY, onshore_mw=10, offshore_mw=None)[1]
    elexon_stub.set_wind(DAY, [row | broken])
    with pytest.raises(MalformedAnswer, match=said):
        elexon_client.wind_generation(DAY)


# --- The register ---------------------------------------------------------------------------


def test_the_register_lists_units_with_what_is_known_of_them(elexon_stub, elexon_client):
    elexon_stub.bm_units = [
        make_unit(
            " E_BTUIW-3 ",
            bmUnitName="Beinn\x00 an\tTuirc  III",
            generationCapacity="52.000",
            gspGroupName="North Scotland",
        ),
        make_unit("T_NEW-1", fuelType=None, generationCapacity=None, bmUnitName=None),
        make_unit(None),
        make_unit(""),
    ]
    known, new = elexon_client.bm_units()
    assert (known.elexon_bmu_id, known.name) == ("E_BTUIW-3", "Beinn an Tuirc III")
    assert (known.fuel_type, known.area) == ("WIND", "North Scotland")
    assert str(known.capacity_mw) == "52.000"
    assert (new.fuel_type, new.capacity_mw, new.name) == ("", None, "")


def test_a_unit_that_is_listed_twice_appears_once_whatever_the_order(elexon_stub, elexon_client):
    rows = [
        make_unit("T_X-1", fuelType=None, generationCapacity="9", bmUnitName="no fuel"),
        make_unit("T_X-1", generationCapacity=None, bmUnitName="no capacity"),
        make_unit("T_X-1", bmUnitName="best"),
        make_unit("T_X-1", bmUnitName="alike"),
    ]
    for sent in (rows, rows[::-1]):
        elexon_stub.bm_units = sent
        assert [entry.name for entry in elexon_client.bm_units()] == ["best"]


@pytest.mark.parametrize(
    ("capacity", "megawatts"), [("", None), (None, None), ("0.000", 0), ("-3.5", "-3.5"), (7, 7)]
)
def test_capacities_are_texts_or_nothing(elexon_stub, elexon_client, capacity, megawatts):
    elexon_stub.bm_units = [make_unit("T_X-1", generationCapacity=capacity)]
    expected = None if megawatts is None else Decimal(megawatts)
    assert elexon_client.bm_units()[0].capacity_mw == expected


@pytest.mark.parametrize("capacity", ["n/a", "NaN", "1,000", "1_0", "1e3", True])
def test_a_capacity_that_is_no_number_is_not_made_null(elexon_stub, elexon_client, capacity):
    elexon_stub.bm_units = [make_unit("T_OK-1"), make_unit("T_X-1", generationCapacity=capacity)]
    with pytest.raises(MalformedAnswer, match=r"bmunits/all: \[1\]\.generationCapacity: expected"):
        elexon_client.bm_units()


TEXTS_OF_THE_REGISTER = [
    "nationalGridBmUnit",
    "bmUnitName",
    "fuelType",
    "leadPartyName",
    "leadPartyId",
    "bmUnitType",
    "gspGroupName",
    "gspGroupId",
]


@pytest.mark.parametrize("field", TEXTS_OF_THE_REGISTER)
def test_a_text_longer_than_any_name_is_refused_and_named(elexon_stub, elexon_client, field):
    empty = {"gspGroupName": None} if field == "gspGroupId" else {}
    elexon_stub.bm_units = [make_unit("T_OK-1"), make_unit("T_X-1", **empty, **{field: "x" * 200})]
    assert len(elexon_client.bm_units()) == 2
    elexon_stub.bm_units[1][field] = "x" * 10_000_000
    said = rf"\[1\]\.{field}: expected at most 200 characters, got 10,000,000$"
    with pytest.raises(MalformedAnswer, match=said):
        elexon_client.bm_units()


@pytest.mark.parametrize("field", ["elexonBmUnit", "fuelType"])
def test_a_register_must_say_which_units_are_wind(elexon_stub, elexon_client, field):
    elexon_stub.bm_units = [without(make_unit("T_X-1"), field)]
    with pytest.raises(MalformedAnswer, match=rf"\[0\]\.{field}: is missing"):
        elexon_client.bm_units()


# --- Settings -------------------------------------------------------------------------------


def test_the_settings_build_the_client(elexon_stub, settings):
    from curtailment.elexon.configured import client_from_settings

    settings.ELEXON_BASE_URL = elexon_stub.url + "/"
    with client_from_settings() as client:
        assert client.bid_stack(PERIOD) == []
    assert elexon_stub.requests == [PATH]


@pytest.mark.parametrize(("url", "limit"), [("ftp://x", 1), ("elexon", 1), ("https://x", 0)])
def test_settings_that_cannot_work_are_said_in_a_sentence(settings, url, limit):
    from django.core.exceptions import ImproperlyConfigured

    from curtailment.elexon.configured import client_from_settings

    settings.ELEXON_BASE_URL, settings.ELEXON_REQUESTS_PER_MINUTE = url, limit
    with pytest.raises(ImproperlyConfigured, match="ELEXON_"):
        client_from_settings()
