"""Progress of a long command: a bar on a terminal, plain lines otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tqdm import tqdm


class Report(Protocol):
    """Takes a line for each step; `important` ones are shown beside the bar too."""

    def __call__(self, line: str, *, important: bool = False) -> None: ...


@contextmanager
def progress(
    total: int, *, stdout: Any, unit: str, only_important: bool = False
) -> Iterator[Report]:
    """Shows how far a command of `total` steps is.

    With `only_important` the other lines are left out where there is no bar.
    """
    if not stdout.isatty():

        def write_line(line: str, *, important: bool = False) -> None:
            if important or not only_important:
                stdout.write(line)
                stdout.flush()

        yield write_line
        return
    with tqdm(total=total, unit=unit, file=stdout._out, dynamic_ncols=True) as bar:

        def advance(line: str, *, important: bool = False) -> None:
            if important:
                bar.write(line, file=stdout._out)
            bar.set_postfix_str(line[:40], refresh=False)
            bar.update()

        yield advance
