"""What is installed is what was chosen: pinned, hashed, listed, and of a license that we may use.

No network is needed: see docs/decisions/0043-dependencies.md.
"""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
LISTED = ROOT / "docs" / "dependencies.md"
OSI = "License :: OSI Approved :: "
# As distributions name them, in one way or another.
ALLOWED = {
    "Apache Software License",
    "Apache-2.0",
    "Apache-2.0 AND BSD-2-Clause",
    "Apache-2.0 OR BSD-2-Clause",
    "BSD License",
    "BSD License, Apache Software License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "MIT AND PSF-2.0",
    "MIT License",
    "PSF-2.0",
    # Changes to their files would have to be published; we change none.
    "LGPL-3.0-only",
    "MPL-2.0",
    "MPL-2.0 AND MIT",
    "Mozilla Public License 2.0 (MPL 2.0)",
}
# The metadata are silent; its own license file says so.
SILENT = {"axe-playwright-python": "MIT"}


def entries(lock):
    """The requirements of a lock file, each with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    for entry in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", entry.strip())
        yield requirement, [each.strip() for each in hashes]


def pinned(lock):
    requirements = [Requirement(text) for text, _ in entries(lock)]
    return {requirement.name: requirement for requirement in requirements}


def listed():
    """Name and license of each row of the table."""
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| ([^|]+) \| (?:run|development) \|$", LISTED.read_text(), re.M
    )
    return dict(rows)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes_and_nothing_else_is_said(lock):
    found = list(entries(lock))
    assert len(found) > 30
    for text, hashes in found:
        requirement = Requirement(text)
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), text
        assert requirement.url is None, text
        assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), text
    # No index, no other place to look, no file to include.
    assert not re.search(r"^\s*-(?!-hash=)|://", (ROOT / lock).read_text(), re.MULTILINE)


def test_what_runs_is_what_was_tested():
    runs, tested = map(pinned, LOCKS)
    assert {name: str(each.specifier) for name, each in runs.items()} == {
        name: str(each.specifier) for name, each in tested.items() if name in runs
    }


def test_every_distribution_is_listed_and_no_other():
    assert set(listed()) == set(pinned(LOCKS[1]))


def test_every_license_is_one_of_the_allowed():
    assert {name: text for name, text in listed().items() if text not in ALLOWED} == {}


def test_what_is_installed_is_of_the_version_and_license_that_are_written():
    licenses = listed()
    wrong = {}
    for name, requirement in pinned(LOCKS[1]).items():
        if requirement.marker is None or requirement.marker.evaluate():
            installed = distribution(name)
            found = (installed.version, SILENT.get(name) or license_of(installed))
            if not (requirement.specifier.contains(found[0]) and found[1] == licenses[name]):
                wrong[name] = found
    assert wrong == {}


def license_of(installed):
    metadata = installed.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = metadata.get_all("Classifier", [])
    named = [each.removeprefix(OSI) for each in classifiers if each.startswith(OSI)]
    return ", ".join(named) or metadata.get("License", "")
