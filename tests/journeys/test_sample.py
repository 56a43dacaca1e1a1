"""The built-in sample, from the source to the pages."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from curtailment.models import IngestionProgress
from curtailment.operations import register
from mining.models import BitcoinPrice
from summaries.management.commands.serve import lacks_sample
from tests.journeys.clock import NOW
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

pytestmark = pytest.mark.usefixtures("committed_db", "public_reports")


def load_sample(first, last):
    call_command("load_sample", f"--from={first}", f"--to={last}")


def test_sample_data_say_that_they_are(client):
    load_sample("2024-03-31", "2024-04-01")
    for address in (
        "/",
        "/reports/daily/2024-03-31/",
        "/reports/monthly/2024-03/",
        "/reports/yearly/2024/",
    ):
        assert "sample data" in client.get(address).content.decode().lower(), address
    data = client.get("/reports/daily/2024-03-31/?format=json").json()
    assert data["is_sample"]
    assert data["is_complete"]
    assert data["settlement_periods"]["expected"] == 46
    assert BitcoinPrice.objects.filter(source="sample").exists()
    assert_summaries_equal_naive_sums()


def test_loading_twice_equals_once(client):
    load_sample("2024-04-20", "2024-04-20")
    before = client.get("/reports/yearly/2024/?format=json").content
    load_sample("2024-04-20", "2024-04-20")
    assert client.get("/reports/yearly/2024/?format=json").content == before


def test_a_backfill_replaces_the_sample_and_the_sample_never_a_real_day(
    elexon_stub, elexon_client, client, settings
):
    settings.ELEXON_BASE_URL = elexon_stub.url
    load_sample("2024-04-20", "2024-04-21")
    with pytest.raises(CommandError, match="run sync_bmunits"):
        call_command("backfill", "--from=2024-04-20", "--to=2024-04-20")
    register.sync_bmunits(elexon_client, now=NOW)
    elexon_stub.add_day(date(2024, 4, 20))
    call_command("backfill", "--from=2024-04-20", "--to=2024-04-20")
    real = client.get("/reports/daily/2024-04-20/?format=json").json()
    assert not real["is_sample"]
    assert client.get("/reports/monthly/2024-04/?format=json").json()["is_sample"]
    load_sample("2024-04-20", "2024-04-21")
    assert client.get("/reports/daily/2024-04-20/?format=json").json() == real


def test_an_interrupted_sample_is_loaded_to_its_end_and_real_days_end_it():
    assert lacks_sample()
    load_sample("2024-04-20", "2024-04-20")
    assert lacks_sample()
    IngestionProgress.objects.create(settlement_date="2025-01-01", periods_expected=48)
    assert not lacks_sample()
