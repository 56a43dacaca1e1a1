"""The generated part of the document, and the part that people write."""

import pytest

from tests.benchmarks import document
from tests.benchmarks.document import BEGIN, END
from tests.benchmarks.refusals import CannotBegin
from tests.benchmarks.results import Finding, Run
from tests.benchmarks.timing import Spread

FACTS = dict.fromkeys(document.FACTS, "so")


def run_of(scale, figure, **goal):
    findings = [Finding("Writing", "a loop", Spread(figure, figure - 1, figure + 1), **goal)]
    return Run(scale, FACTS, findings)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text(f"# Benchmarks\n\n{BEGIN}\nold\n{END}\n\n## By hand\n")
    return path


def test_only_what_stands_between_the_marks_is_replaced(page):
    document.write(page, [run_of(1, 50, least=40)], records=2_000_000)
    document.write(page, [run_of(1, 50, least=40)], records=2_000_000)

    text = page.read_text()
    assert text.startswith(f"# Benchmarks\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\n## By hand\n")
    assert "old" not in text
    assert text.count("| Writing | a loop |") == 1


def test_scales_stand_side_by_side_with_the_goal_and_whether_it_is_met(page):
    runs = [run_of(1, 50, least=40, only_from=3), run_of(3, 39, least=40, only_from=3)]
    document.write(page, runs, records=2_000_000)

    assert (
        "| Writing | a loop | at least 40 x, from 3 x on "
        "| 50.0 x (49.0 to 51.0) | 39.0 x (38.0 to 40.0), **not met** |"
    ) in page.read_text()


def test_a_run_replaces_the_former_one_of_its_scale(tmp_path):
    for run in (run_of(3, 5), run_of(0.1, 1), run_of(0.1, 2)):
        document.store(run, tmp_path)

    assert document.stored_runs(tmp_path) == [run_of(0.1, 2), run_of(3, 5)]


@pytest.mark.parametrize("text", ["# Benchmarks\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n" * 2])
def test_a_document_without_a_place_is_refused_before_anything_is_measured(page, text):
    page.write_text(text)
    with pytest.raises(CannotBegin, match="has no place for the results"):
        document.refuse_without_place(page)
    assert page.read_text() == text
