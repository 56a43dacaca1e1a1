"""A year's records in a file, and back: every row as it was, and nothing made up meanwhile."""

import hashlib
import json
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from curtailment.archive import ArchiveRefused, detach_year
from curtailment.archived import YearArchived, refuse_archived
from curtailment.corrected import InvalidCorrection, Proposal, RecordKey
from curtailment.legacy import LegacyDay
from curtailment.models import ArchivedYear, CurtailmentRecord, IngestionProgress
from curtailment.operations import NotVerifiable, correct, mark_stale, verify_day
from curtailment.partitions import ensure_partitions, has_partition, partitioned_tables
from mining.operations import load_embedded_epochs
from summaries.importing import ImportedDay, ImportResult
from summaries.pipeline import finish_day, finish_stale_days, import_day, refresh_day
from summaries.reconciling import reconcile
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.raw_sql import execute
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.correcting.conftest import LINES

pytestmark = pytest.mark.django_db

NEXT_YEAR = date(2025, 1, 1)
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
TABLES = ("curtailment_records", "historical_bitcoin_calculations")
SUMMARIES = (
    "daily_summaries",
    "monthly_summaries",
    "yearly_summaries",
    "farm_daily_summaries",
    "bitcoin_farm_daily_summaries",
    "bitcoin_yearly_summaries",
    "ingestion_progress",
)
ARCHIVED = "The records of 2024 are archived in windfall-2024.zip"


@pytest.fixture
def stored():
    """A day of the year to be archived, and one of the year after."""
    load_embedded_epochs(now=FETCHED)
    add_wind_units()
    ensure_partitions([2024, 2025])
    store(fetched_day(LINES))
    store(fetched_day(LINES, settlement_date=NEXT_YEAR, started_at=NOW - timedelta(days=9)))
    for day in (DAY, NEXT_YEAR):
        finish_day(day, now=FETCHED)
        IngestionProgress.objects.filter(pk=day).update(stale_since=None)


def rows(*tables):
    """Every byte of every row, where it is included."""
    return {
        table: [text for (text,) in execute(f"SELECT t::text FROM {table} t ORDER BY 1")]
        for table in tables
    }


def partitions(*arguments):
    out = StringIO()
    call_command("partitions", *arguments, stdout=out)
    return out.getvalue()


def detach(folder, year=2024):
    return partitions(f"--detach={year}", f"--folder={folder}")


def test_a_year_goes_into_a_file_and_comes_back_as_it_was(stored, tmp_path):
    before, summaries = rows(*TABLES), rows(*SUMMARIES[:-1])

    said = detach(tmp_path)

    assert f"Archived 2024 in {tmp_path}/windfall-2024.zip: 3 of curtailment_records, 18" in said
    assert not any(has_partition(table, 2024) for table in TABLES)
    assert {row.settlement_date for row in CurtailmentRecord.objects.all()} == {NEXT_YEAR}
    assert rows(*SUMMARIES[:-1]) == summaries
    said = partitions(f"--attach={tmp_path / 'windfall-2024.zip'}")
    assert (
        said == "Attached 2024: 3 of curtailment_records, 18 of historical_bitcoin_calculations.\n"
    )
    assert rows(*TABLES) == before
    assert all(has_partition(table, 2024) for table in TABLES)
    assert not ArchivedYear.objects.exists()
    assert_summaries_equal_naive_sums()


def test_a_partition_that_was_put_back_is_like_one_that_never_left(stored, tmp_path):
    def described():
        return execute(
            "SELECT replace(c.conname, c.conrelid::regclass::text, ''),"
            " replace(pg_get_constraintdef(c.oid), '2024', '') FROM pg_constraint c"
            " WHERE conrelid IN (to_regclass('curtailment_records_2024'),"
            " to_regclass('historical_bitcoin_calculations_2024'),"
            " to_regclass('curtailment_records_default')) ORDER BY 1, 2"
        ), execute(
            "SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+', '') FROM pg_indexes"
            " WHERE tablename LIKE '%%_2024' ORDER BY 1, 2"
        )

    before = described()
    detach(tmp_path)
    partitions(f"--attach={tmp_path / 'windfall-2024.zip'}")
    assert described() == before


def test_a_year_can_go_and_come_back_again_and_again(stored, tmp_path):
    digests = set()
    for name in ("first", "second"):
        detach(tmp_path / name)
        digests.add(ArchivedYear.objects.get().digest)
        partitions(f"--attach={tmp_path / name / 'windfall-2024.zip'}")
    assert len(digests) == 1


def test_the_file_can_be_checked_without_a_database(stored, tmp_path):
    detach(tmp_path)
    with ZipFile(tmp_path / "windfall-2024.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        content = archive.read("curtailment_records.copy")
    table = manifest["tables"][0]
    assert (manifest["format"], manifest["year"], table["rows"]) == (1, 2024, 3)
    assert hashlib.sha256(content).hexdigest() == table["sha256"]
    assert ["settlement_date", "date"] in table["columns"]


# --- While it is away -------------------------------------------------------------------------


def test_pages_say_that_records_are_archived_and_show_no_zeros(stored, tmp_path, client, settings):
    settings.REPORTS_PUBLIC = True
    address = f"/reports/daily/{DAY}/?format=json"
    before = client.get(address).json()
    detach(tmp_path)
    data = client.get(address).json()
    assert data["curtailed_mwh"] == before["curtailed_mwh"] != "0"
    assert data["farms"] == before["farms"]
    assert data["periods"] == []
    page = client.get(f"/reports/daily/{DAY}/").content.decode()
    assert "The records of 2024 are archived." in page
    assert "by half-hour" not in page
    other = client.get(f"/reports/daily/{NEXT_YEAR}/")
    assert "archived" not in other.content.decode()
    for address in ("/reports/monthly/2024-03/", "/reports/yearly/2024/", "/farms/T_SGRWO-1/"):
        assert client.get(address).status_code == 200


def test_the_form_of_a_correction_does_not_say_that_an_archived_record_is_none(
    stored, tmp_path, admin_client
):
    detach(tmp_path)
    page = admin_client.get(f"/admin/corrections/records/{DAY}/1/T_SGRWO-1/").content.decode()
    assert ARCHIVED in page
    assert "There is no record" not in page
    assert f"Correct {DAY} SP1 T_SGRWO-1" in page


def test_nothing_of_an_archived_day_is_written(
    stored, tmp_path, elexon_client, elexon_stub, admin_user
):
    detach(tmp_path)
    kept = rows(*SUMMARIES)
    with ThreadPoolExecutor(2) as executor:
        result = refresh_day(
            DAY, source=elexon_client, executor=executor, clock=lambda: NOW, force=True
        )
    assert (result.status, elexon_stub.requests) == ("failed", [])
    assert result.problems[0].startswith(ARCHIVED)
    assert finish_day(DAY, now=NOW).problems[0].startswith(ARCHIVED)
    proposal = Proposal(RecordKey(DAY, 1, "T_SGRWO-1"), (Decimal(1),) * 6, "wrong", "")
    with pytest.raises(InvalidCorrection, match=ARCHIVED):
        correct(proposal, author=admin_user, now=NOW)
    with pytest.raises(NotVerifiable, match=ARCHIVED):
        verify_day(DAY, source=elexon_client, now=NOW)
    with pytest.raises(YearArchived, match=ARCHIVED):
        refuse_archived(DAY)
    assert rows(*SUMMARIES) == kept


def test_what_was_refused_of_an_archived_day_is_not_counted_as_done(stored, tmp_path):
    detach(tmp_path)
    result = ImportResult()
    lines = [line for lines in fetched_day(LINES).lines_by_period.values() for line in lines]
    rows_of_day = LegacyDay(DAY, lines)
    fetched = rows_of_day.as_fetched(DAY, now=NOW)
    IngestionProgress.objects.update(source="sample")
    imported = import_day(DAY, fetched=fetched, lead_parties={}, clock=lambda: NOW)
    result.add(ImportedDay(rows_of_day, imported))
    assert str(imported).startswith(f"{DAY} failed {ARCHIVED}")
    assert (result.taken, result.days, result.problems) == (0, 0, [imported])
    out = StringIO()
    with pytest.raises(CommandError, match="1 day not done"):
        call_command("recalculate", f"--from={DAY}", f"--to={DAY}", stdout=out)
    assert "0 days recalculated, 0 without data." in out.getvalue()


def test_the_database_itself_refuses_rows_of_an_archived_year(stored, tmp_path):
    detach(tmp_path)
    with pytest.raises(IntegrityError, match="archived_2024"), transaction.atomic():
        CurtailmentRecord.objects.create(
            **{
                field.attname: getattr(CurtailmentRecord.objects.first(), field.attname)
                for field in CurtailmentRecord._meta.concrete_fields
                if field.attname not in ("id", "settlement_date")
            },
            settlement_date=DAY,
        )


def test_no_partition_of_an_archived_year_is_made(stored, tmp_path):
    detach(tmp_path)
    assert ensure_partitions([2024, 2009]) == [f"{table}_2009" for table in partitioned_tables()]


def test_what_waits_for_an_archived_day_follows_once_it_is_back(stored, tmp_path):
    detach(tmp_path)
    mark_stale([DAY, NEXT_YEAR], reason="A price changed.", now=NOW)
    finished = finish_stale_days(clock=lambda: NOW)
    assert [result.settlement_date for result in finished] == [NEXT_YEAR]
    partitions(f"--attach={tmp_path / 'windfall-2024.zip'}")
    assert [result.settlement_date for result in finish_stale_days(clock=lambda: NOW)] == [DAY]
    assert_summaries_equal_naive_sums()


def test_reconcile_says_that_an_archived_day_could_not_be_compared(stored, tmp_path):
    detach(tmp_path)
    kept = rows(*SUMMARIES)
    result = reconcile(DAY, DAY, sources={}, clock=lambda: NOW, fix=True)
    (finding,) = result.remaining
    assert (finding.check, finding.sentence[: len(ARCHIVED)]) == ("archived", ARCHIVED)
    assert rows(*SUMMARIES) == kept


# --- What is refused --------------------------------------------------------------------------


def test_what_cannot_be_archived_is_refused_in_a_sentence(stored, tmp_path):
    kept = rows(*TABLES)
    refusals = {
        2019: "There is no partition of 2019 to detach.",
        2026: "2026 is not over for 60 days: the daily work still writes to it.",
        1999: "--detach 1999 is no year of settlement.",
    }
    for year, sentence in refusals.items():
        with pytest.raises(CommandError) as refused:
            detach(tmp_path, year)
        assert str(refused.value) == sentence
    (tmp_path / "windfall-2024.zip").touch()
    with pytest.raises(CommandError, match="exists already: move it away"):
        detach(tmp_path)
    assert (tmp_path / "windfall-2024.zip").stat().st_size == 0
    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        detach(tmp_path / "windfall-2024.zip" / "folder")
    mark_stale([DAY], reason="A price changed.", now=NOW)
    with pytest.raises(CommandError, match="Days of 2024 that wait to be recalculated: 1"):
        detach(tmp_path / "other")
    assert rows(*TABLES) == kept


def test_a_full_disk_leaves_everything_as_it_was(stored, tmp_path):
    kept = rows(*TABLES)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(ArchiveRefused, match="cannot be written: File too large"):
            detach_year(2024, tmp_path, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert rows(*TABLES) == kept
    assert list(tmp_path.iterdir()) == []
    assert not ArchivedYear.objects.exists()


def test_a_file_that_is_not_the_right_one_is_refused_in_a_sentence(stored, tmp_path):
    path = tmp_path / "windfall-2024.zip"
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        partitions(f"--attach={path}")
    detach(tmp_path)
    kept = rows(*TABLES)
    good = path.read_bytes()
    for content, sentence in {
        good[:-30]: "is damaged, or no archive of Windfall's",
        good[:200] + b"\0\0\0\0" + good[204:]: "is damaged",
        b"": "is damaged",
        # A bit of the directory that says that the member is encrypted; a method that none has.
        with_byte(good, at=good.rindex(b"PK\1\2") + 8, byte=1): "is damaged",
        with_byte(good, at=good.rindex(b"PK\1\2") + 10, byte=99): "is damaged",
    }.items():
        path.write_bytes(content)
        with pytest.raises(CommandError, match=sentence):
            partitions(f"--attach={path}")
    path.write_bytes(good)
    for change, sentence in {
        ("format", 2): "The file has format 2, this version reads 1 only.",
        ("year", 2023): "2023 is not archived: its records are in the database.",
        ("year", "MMXXIV"): "is damaged",
    }.items():
        with pytest.raises(CommandError, match=sentence):
            partitions(f"--attach={changed(path, *change)}")
    execute("UPDATE archived_years SET digest = 'another'")
    with pytest.raises(CommandError, match="is not the file that 2024 was archived in on"):
        partitions(f"--attach={path}")
    assert rows(*TABLES) == kept
    assert ArchivedYear.objects.count() == 1


def with_byte(content, *, at, byte):
    return content[:at] + bytes([byte]) + content[at + 1 :]


def changed(path, name, value):
    """A copy of a file whose manifest says something else."""
    other = path.with_name("changed.zip")
    with ZipFile(path) as archive, ZipFile(other, "w") as copy:
        for member in archive.namelist():
            content = archive.read(member)
            if member == "manifest.json":
                content = json.dumps(json.loads(content) | {name: value}).encode()
            copy.writestr(member, content)
    return other


def test_a_file_of_other_columns_is_refused(stored, tmp_path):
    detach(tmp_path)
    execute("ALTER TABLE curtailment_records ADD COLUMN another integer")
    with pytest.raises(CommandError, match="has other columns than curtailment_records has now"):
        partitions(f"--attach={tmp_path / 'windfall-2024.zip'}")


def test_a_year_that_is_archived_is_not_archived_twice(stored, tmp_path):
    detach(tmp_path)
    with pytest.raises(CommandError, match="2024 is archived already, in windfall-2024.zip"):
        detach(tmp_path / "other")
