"""Measuring things side by side, so that the noise of a busy machine hits all of them."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

# What is measured answers the seconds that it took, so that it may prepare and clean up untimed.
Measured = Callable[[], float]


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and between which two the middle half of them lies."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: list[float]) -> "Spread":
        if len(figures) == 1:
            return cls(figures[0], figures[0], figures[0])
        low, _, high = quantiles(figures, n=4, method="inclusive")
        return cls(median(figures), low, high)


@dataclass(frozen=True)
class Timings:
    """The seconds of things that were measured in turns: the n-th of each belong together."""

    seconds: Mapping[str, list[float]]

    def of(self, name: str) -> Spread:
        """How long a thing took."""
        return Spread.of(self.seconds[name])

    def ratio(self, slow: str, fast: str) -> Spread:
        """How many times as long one took as the other, turn by turn."""
        pairs = zip(self.seconds[slow], self.seconds[fast], strict=True)
        return Spread.of([one / other for one, other in pairs])


def in_turns(
    things: Mapping[str, Measured], *, repeats: int, warm_ups: int | None = None
) -> Timings:
    """Measures A, B, A, B, ...; the first turns do not count: one, unless there is only one."""
    warm_ups = int(repeats > 1) if warm_ups is None else warm_ups
    seconds: dict[str, list[float]] = {name: [] for name in things}
    for turn in range(-warm_ups, repeats):
        for name, measure in things.items():
            gc.collect()
            taken = measure()
            if turn >= 0:
                seconds[name].append(taken)
    return Timings(seconds)


def middle_of(measure: Measured, *, times: int = 9) -> Measured:
    """The same, for what is over so soon that one look at it would see something else."""
    return lambda: median(measure() for _ in range(times))
