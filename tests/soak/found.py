"""What a row of the soak found, and the walk through many examples that hypothesis makes."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

# Of a row that breaks many times the first ones say enough.
MOST_SHOWN = 5


@dataclass
class Found:
    """How often something was tried, what else was counted, and each time that it did not hold."""

    tried: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    figures: str = ""

    def count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def check(self, holds: bool, sentence: str) -> None:
        """Notes the sentence unless it holds."""
        if not holds:
            self.broken.append(sentence)

    def __str__(self) -> str:
        parts = [f"{number:,} {name}" for name, number in sorted(self.counts.items())]
        return ", ".join(([self.figures] if self.figures else []) + parts) or "nothing to tell"


def last_lines(error: BaseException) -> str:
    """Where an error comes from, in a line."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__}: {said} ({where.filename}:{where.lineno})"


def for_each(
    strategy: SearchStrategy[Any], count: int, number: int, try_one: Callable[[Any], None]
) -> None:
    """Calls `try_one` with `count` examples, the same for the same seed number.

    Nothing is shrunk and nothing stops at the first that breaks: `try_one` notes what it finds.
    """

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def walk(example: Any) -> None:
        try_one(example)

    walk()
