"""What a benchmark found: numbers beside the goal that they are held against."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.benchmarks.timing import Spread


@dataclass(frozen=True)
class Finding:
    """A figure with its spread. With a goal it is met or not; without one it is only told.

    `least` and `most` are the bounds of the median. `only_from` is the scale from which on it is
    held against them.
    """

    what: str
    compared_with: str
    figure: Spread
    unit: str = "x"
    least: float | None = None
    most: float | None = None
    only_from: float = 0.0
    note: str = ""

    @property
    def goal(self) -> str:
        """The goal in words; empty without one."""
        bounds = {"at least": self.least, "at most": self.most}
        words = " and ".join(
            f"{word} {in_words(bound, self.unit)}"
            for word, bound in bounds.items()
            if bound is not None
        )
        return f"{words}, from {self.only_from:g} x on" if words and self.only_from else words

    def is_met(self, scale: float) -> bool | None:
        """Whether the goal is reached; null where there is none at this scale."""
        if not self.goal or scale < self.only_from:
            return None
        above = self.least is None or self.figure.median >= self.least
        below = self.most is None or self.figure.median <= self.most
        return above and below

    def verdict(self, scale: float) -> str:
        return {True: "met", False: "**not met**", None: ""}[self.is_met(scale)]

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Finding":
        return cls(**{**facts, "figure": Spread(**facts["figure"])})


@dataclass(frozen=True)
class Run:
    """All that a run of one scale found, and where and when."""

    scale: float
    facts: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Run":
        findings = [Finding.from_json(finding) for finding in facts["findings"]]
        return cls(facts["scale"], facts["facts"], findings)


def in_words(figure: float, unit: str) -> str:
    """A figure with its unit, as a goal says it."""
    if unit == "s" and figure < 1:
        return f"{1_000 * figure:g} ms"
    return f"{figure:,.4g} {unit}" if figure < 1_000 else f"{figure:,.0f} {unit}"
