"""What README.md and docs/ say, as a program reads it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
APPS = ("config", "curtailment", "mining", "summaries")

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(rf"`((?:{'|'.join(APPS)}|tests|templates|docs)/[\w./-]*)`")
_COMMAND = re.compile(r"manage\.py ([a-z]\w*)([^`\n#]*)")


def pages() -> list[Path]:
    """Every page that a reader may come to, what is installed or generated left out."""
    beside_code = [page for app in APPS for page in (ROOT / app).rglob("*.md")]
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *beside_code]


def links(page: Path) -> Iterator[Path]:
    """The files that a page's internal links lead to."""
    for address in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in address and not address.startswith("#"):
            yield page.parent / address.partition("#")[0]


def paths(page: Path) -> list[Path]:
    """The files and folders of the project that a page names in code type."""
    return [ROOT / path for path in _PATH.findall(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """The management commands that a page shows after `manage.py`, with their options."""
    shown = _COMMAND.findall(page.read_text(encoding="utf-8"))
    return [(name, options_of(arguments)) for name, arguments in shown]


def options_of(text: str) -> list[str]:
    return re.findall(r"--[a-z-]+", text)


def table(header: str, page: Path = README) -> list[list[str]]:
    """The cells of a page's table whose first column is headed so."""
    _, _, after = page.read_text(encoding="utf-8").partition(f"\n| {header} |")
    rows = after.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


def environment_variables() -> dict[str, object]:
    """The variables that the settings read, with their defaults (None: none, or computed)."""
    return {
        name: default
        for source in sorted((ROOT / "config").rglob("*.py"))
        for name, default in _reads(ast.parse(source.read_text(encoding="utf-8")))
    }


def _reads(tree: ast.AST) -> Iterator[tuple[str, object]]:
    """The calls `env.something("NAME", default=...)` of a module."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")),
                args=[ast.Constant(value=str(name))],
                keywords=keywords,
            ):
                yield name, _literal({k.arg: k.value for k in keywords}.get("default"))


def _literal(node: ast.expr | None) -> object:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def as_written(default: object) -> str:
    """A default as one writes it into .env."""
    if isinstance(default, list):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)
