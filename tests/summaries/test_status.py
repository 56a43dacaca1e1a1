"""The page of the ledger: what it says of each kind of day, and what it keeps to staff."""

from collections import Counter
from datetime import date

import pytest

from curtailment.models import Backfill, IngestionProgress
from tests.summaries.factories import NOON

pytestmark = pytest.mark.django_db

SECRET = "GET /balancing: 503 <script>token=abc</script>"
DAYS = {
    1: ({"data_state": "final", "attempt_state": "ok"}, "final"),
    2: ({"data_state": "provisional", "attempt_state": "ok"}, "provisional"),
    3: ({"data_state": "running_day", "attempt_state": "ok"}, "incomplete"),
    4: ({"attempt_state": "failed", "error": SECRET}, "failed"),
    5: ({"data_state": "final", "attempt_state": "failed", "error": "Who knows."}, "failed_kept"),
    6: ({"data_state": "final", "attempt_state": "suspect"}, "suspect"),
    7: ({"attempt_state": "running"}, "missing"),
    9: ({"data_state": "final", "attempt_state": "ok", "source": "sample"}, "final"),
    10: ({"data_state": "final", "stale_since": NOON}, "final"),
}


@pytest.fixture
def ledger(db):
    for number, (columns, _) in DAYS.items():
        stored = {"source": "elexon"} if columns.get("data_state") else {}
        whole = {"periods_expected": 48, "periods_fetched": 48, "attempts": 2}
        IngestionProgress.objects.create(
            settlement_date=date(2023, 3, number), **(whole | stored | columns)
        )


def test_every_day_of_the_year_has_its_state(client, ledger):
    answer = client.get("/status/?year=2023&format=json").json()
    assert len(answer["days"]) == 365
    states = {row["settlement_date"]: row["state"] for row in answer["days"]}
    for number, (_, expected) in DAYS.items():
        assert states[f"2023-03-{number:02}"] == expected
    assert states["2023-03-08"] == "missing"
    counts = Counter(states.values())
    for row in answer["states"]:
        assert row["day_count"] == counts[row["state"]]
    by_day = {row["settlement_date"]: row for row in answer["days"]}
    assert by_day["2023-03-09"]["is_sample"] is True
    assert by_day["2023-03-10"]["is_stale"] is True
    assert answer["stored_day_count"] == 7


def test_errors_are_said_in_words_of_our_own(client, ledger):
    page = client.get("/status/?year=2023").content.decode()
    assert "token=abc" not in page
    assert "<script" not in page
    assert "Who knows" not in page
    problems = client.get("/status/?year=2023").context["status"].problems
    assert [problem.reason for problem in problems] == [
        "Elexon answered with an error.",
        "For another reason, which staff find in the ledger.",
        "The new answer would take away more than half of the day's energy.",
    ]
    for form in ("json", "csv"):
        assert b"token=abc" not in client.get(f"/status/?year=2023&format={form}").content


def test_backfills_and_years_are_linked(client, ledger):
    Backfill.objects.create(
        first_date=date(2000, 1, 1),
        last_date=date(2023, 3, 9),
        days_total=9,
        days_done=4,
        days_failed=1,
        started_at=NOON,
        updated_at=NOON,
    )
    page = client.get("/status/?year=2023")
    text = page.content.decode()
    assert "?year=2022" in text
    assert "?year=2024" in text
    row = client.get("/status/?year=2023&format=json").json()["backfills"][0]
    assert (row["last_date"], row["days_done"], row["days_failed"]) == ("2023-03-09", 4, 1)
