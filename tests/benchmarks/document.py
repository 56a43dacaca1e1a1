"""The generated part of docs/benchmarks.md; what people wrote around it is not touched."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.refusals import CannotBegin
from tests.benchmarks.results import Finding, Run
from tests.benchmarks.timing import Spread

BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
FACTS = ("date", "commit", "machine", "load", "PostgreSQL", "Python", "Django", "psycopg")
INTRODUCTION = """\
## Side by side

Written by `make bench` (`make bench SCALE=3`); the next run of a scale replaces its column.
1 x is four years, {records} records and three times as many calculations. A day has the same size
at every scale, only the history is longer ([decision 35](decisions/0035-what-grows.md)). What is
compared is measured in turns, in one run, so that other work of the machine hits both. Figures are
medians, the middle half lies within the brackets. `x` says how many times as long the slower way
takes; where a goal is "at most", how many times as long as what stands beside it."""


def refuse_without_place(document: Path) -> None:
    """Raises CannotBegin for a document that does not say where the results belong."""
    try:
        text = document.read_text()
    except OSError as error:
        raise CannotBegin(f"{document} cannot be read: {error.strerror}.") from error
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise CannotBegin(
            f"{document} has no place for the results. Add the lines {BEGIN} and {END} to it."
        )


def store(run: Run, folder: Path) -> None:
    """This will keep a run for documents to come; the former one of its scale is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"scale-{run.scale:g}.json"
    path.write_text(json.dumps(run.as_json(), indent=1))


def stored_runs(folder: Path) -> list[Run]:
    """The newest run of every scale, the smallest first."""
    runs = [Run.from_json(json.loads(path.read_text())) for path in folder.glob("scale-*.json")]
    return sorted(runs, key=lambda run: run.scale)


def write(document: Path, runs: list[Run], *, records: int) -> None:
    """This will replace what stands between the marks."""
    before, _, rest = document.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    introduction = INTRODUCTION.format(records=f"{records:,}")
    parts = [BEGIN, introduction, _table_of_facts(runs), _table_of_findings(runs), END]
    document.write_text(before + "\n\n".join(parts) + after)


def line_of(finding: Finding, scale: float) -> str:
    """A finding in a line, for who watches."""
    against = f", beside {finding.compared_with}" if finding.compared_with else ""
    goal = (
        f" ({finding.goal}: {finding.verdict(scale)})" if finding.is_met(scale) is not None else ""
    )
    note = f" [{finding.note}]" if finding.note else ""
    return f"{finding.what}{against}: {_figure(finding)}{goal}{note}"


def _table_of_facts(runs: list[Run]) -> str:
    rows = [[f"{run.scale:g} x", *(run.facts[name] for name in FACTS)] for run in runs]
    return _table(["scale", *FACTS], rows)


def _table_of_findings(runs: list[Run]) -> str:
    by_run = [{_key(finding): finding for finding in run.findings} for run in runs]
    keys = dict.fromkeys(key for findings in by_run for key in findings)
    rows = []
    for key in keys:
        found = [findings.get(key) for findings in by_run]
        goal = next(finding.goal for finding in found if finding)
        cells = [
            _cell(finding, run.scale) if finding else ""
            for finding, run in zip(found, runs, strict=True)
        ]
        rows.append([*key, goal, *cells])
    return _table(["what", "compared with", "goal", *(f"{run.scale:g} x" for run in runs)], rows)


def _key(finding: Finding) -> tuple[str, str]:
    return finding.what, finding.compared_with


def _cell(finding: Finding, scale: float) -> str:
    told = [_figure(finding), finding.verdict(scale), finding.note]
    return ", ".join(text for text in told if text)


def _figure(finding: Finding) -> str:
    spread, unit = finding.figure, finding.unit
    if unit == "s" and spread.median < 1:
        spread, unit = Spread(*(1_000 * x for x in (spread.median, spread.low, spread.high))), "ms"
    if spread.low == spread.high:
        return f"{_number(spread.median)} {unit}"
    return f"{_number(spread.median)} {unit} ({_number(spread.low)} to {_number(spread.high)})"


def _number(figure: float) -> str:
    """Three digits that say something."""
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
