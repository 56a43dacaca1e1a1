from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from curtailment.models import BMUnit
from curtailment.operations.register import RegisterResult, record_unknown_units, sync_bmunits
from curtailment.sources import MalformedAnswer, SourceUnavailable
from curtailment.wind_units import known_wind_units
from tests.stubs import server
from tests.stubs.elexon import make_unit

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def sync(elexon_stub, elexon_client):
    """Synchronizes with the given rows of the register."""

    def _sync(*rows, now=NOON) -> RegisterResult:
        elexon_stub.bm_units = list(rows)
        return sync_bmunits(elexon_client, now=now)

    return _sync


def unit(elexon_id="T_SGRWO-1") -> BMUnit:
    return BMUnit.objects.get(pk=elexon_id)


def test_a_first_synchronization_adds_every_listed_unit_with_its_farm(elexon_client):
    known = len(known_wind_units())
    result = sync_bmunits(elexon_client, now=NOON)
    assert result == RegisterResult(
        added=known + 1, changed=0, unchanged=0, total=known + 1, wind=known
    )
    seagreen = unit("T_SGRWO-3")
    assert (seagreen.farm_name, str(seagreen.capacity_mw)) == ("Seagreen", "374.618")
    assert (seagreen.source, seagreen.first_seen_at, seagreen.last_seen_at) == (
        "register",
        NOON,
        NOON,
    )


def test_twice_equals_once_except_for_when_units_were_seen(sync):
    rows = [make_unit("T_SGRWO-1"), make_unit("T_MOWEO-1")]
    sync(*rows)
    result = sync(*rows, now=LATER)
    assert result == RegisterResult(added=0, changed=0, unchanged=2, total=2, wind=2)
    assert (unit().first_seen_at, unit().last_seen_at) == (NOON, LATER)


@pytest.mark.parametrize(
    ("fuel_type", "expected"),
    [("WIND", True), ("Wind", True), ("OTHER", False), ("CCGT", False), (None, False)],
)
def test_wind_is_what_the_register_calls_wind(sync, fuel_type, expected):
    assert sync(make_unit("T_SGRWO-1", fuelType=fuel_type)).wind == expected
    assert (unit().register_is_wind, unit().is_wind) == (expected, expected)


def test_what_changed_in_the_register_changes_here(sync):
    sync(make_unit("T_SGRWO-1"), make_unit("T_MOWEO-1"))
    renamed = make_unit(
        "T_SGRWO-1", bmUnitName="Renamed", generationCapacity=None, fuelType="OTHER"
    )
    result = sync(renamed, make_unit("T_MOWEO-1"), make_unit("T_NEW-1"), now=LATER)
    assert result == RegisterResult(added=1, changed=1, unchanged=1, total=3, wind=2)
    assert (unit().name, unit().is_wind) == ("Renamed", False)


def test_what_staff_set_survives(sync):
    sync(make_unit("T_SGRWO-1", fuelType=None))
    BMUnit.objects.update(staff_is_wind=True, farm_name="Staff's own name")
    result = sync(make_unit("T_SGRWO-1", fuelType="OTHER"), now=LATER)
    assert (result.changed, result.wind) == (1, 1)
    assert (unit().staff_is_wind, unit().is_wind) == (True, True)
    assert (unit().register_is_wind, unit().farm_name) == (False, "Staff's own name")


def test_units_that_left_the_register_are_kept(sync):
    sync(make_unit("T_SGRWO-1"), make_unit("T_MOWEO-1"))
    assert sync(make_unit("T_MOWEO-1"), now=LATER).total == 1
    assert (unit().is_wind, unit().last_seen_at) == (True, NOON)


def test_an_outage_is_not_an_empty_register(sync, elexon_stub, elexon_client):
    sync(make_unit("T_SGRWO-1"))
    for nothing in ([], [make_unit(None)]):
        with pytest.raises(MalformedAnswer, match="came empty"):
            sync(*nothing, now=LATER)
    elexon_stub.fail("bmunits", server.status(500))
    with pytest.raises(SourceUnavailable):
        sync_bmunits(elexon_client, now=LATER)
    assert unit().last_seen_at == NOON


def test_unknown_units_of_a_stack_wait_to_be_classified(django_assert_num_queries):
    with django_assert_num_queries(1):
        added = record_unknown_units(
            ["T_NEW-1", None, "12345", "", " ", "T_NEW-1", "T_SGRWO-2"], now=NOON
        )
    assert added == ["T_NEW-1", "T_SGRWO-2"]
    new = unit("T_NEW-1")
    assert (new.source, new.register_is_wind, new.is_wind) == ("stack", None, False)
    assert unit("T_SGRWO-2").farm_name == "Seagreen"


def test_recording_a_unit_again_changes_nothing(sync):
    sync(make_unit("T_SGRWO-1"))
    record_unknown_units(["T_NEW-1"], now=NOON)
    before = list(BMUnit.objects.values())
    assert record_unknown_units(["T_NEW-1", "T_SGRWO-1"], now=LATER) == []
    assert record_unknown_units([], now=LATER) == []
    assert list(BMUnit.objects.values()) == before


def test_a_unit_first_seen_in_a_stack_joins_the_register(sync):
    record_unknown_units(["T_NEW-1"], now=NOON)
    result = sync(make_unit("T_NEW-1"), now=LATER)
    assert (result.added, result.changed, result.wind) == (0, 1, 1)
    assert (unit("T_NEW-1").source, unit("T_NEW-1").first_seen_at) == ("register", NOON)


def test_the_command_says_in_a_line_what_it_did(elexon_stub, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    out = StringIO()
    call_command("sync_bmunits", stdout=out)
    assert out.getvalue() == (
        "71 units listed: 71 new, 0 changed, 0 unchanged. 70 of them are wind.\n"
    )


def test_the_command_says_in_a_sentence_what_went_wrong(elexon_stub, settings):
    settings.ELEXON_BASE_URL = elexon_stub.url
    elexon_stub.fail("bmunits", server.not_found())
    with pytest.raises(CommandError) as caught:
        call_command("sync_bmunits")
    assert caught.value.returncode == 1
    assert str(caught.value) == (
        "The register was not changed. GET /reference/bmunits/all: HTTP 404 Not Found"
    )
