"""What a benchmark found: numbers beside the goal that they are held against."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.benchmarks.timing import Spread


@dataclass(frozen=True)
class Finding:
    """A figure with its spread. With a goal it is met or not; without one it is only told.

    `least` and `most` are the bounds of the median; a finding that is `only_at` a scale is held
    against its goal there and beyond, and told below.
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
        bounds = []
        if self.least is not None:
            bounds.append(f"at least {self.least:,g} {self.unit}")
        if self.most is not None:
            bounds.append(f"at most {self.most:,g} {self.unit}")
        words = " and ".join(bounds)
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
