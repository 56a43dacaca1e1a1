"""Requests that cannot be answered, each with one sentence that says why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.http import QueryDict

# Longer texts are like nothing that exists, and dear to compare.
MAX_COMPARED = 200
# Fewer are contained in nearly everything.
FEW_LETTERS = 3
NAMED = 3


@dataclass(frozen=True)
class Link:
    """A valid address near the one that is refused."""

    label: str
    address: str


class Refused(Exception):
    """A request that is answered with a sentence and a status instead of a report.

    `links` lead to what its reader may have meant. Where a parameter of the query is wrong,
    `nearest` are valid values for it: the same address with one of them is offered too, in place
    of all its values or of the wrong `value`.
    """

    status = 400

    def __init__(
        self,
        sentence: str,
        *,
        links: tuple[Link, ...] = (),
        parameter: str = "",
        value: str | None = None,
        nearest: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence)
        self.links = links
        self.parameter = parameter
        self.value = value
        self.nearest = tuple(nearest)

    @property
    def sentence(self) -> str:
        return str(self)

    def offers(self, path: str, query: QueryDict) -> tuple[Link, ...]:
        """Valid addresses near the refused one."""
        return (*self.links, *(self._with(nearest, path, query) for nearest in self.nearest))

    def _with(self, nearest: str, path: str, query: QueryDict) -> Link:
        changed = query.copy()
        values = query.getlist(self.parameter) if self.value is not None else []
        replaced = [nearest if value == self.value else value for value in values]
        changed.setlist(self.parameter, replaced or [nearest])
        return Link(nearest, f"{path}?{changed.urlencode()}")


def alike(text: str, valid: Iterable[str]) -> list[str]:
    """Up to three of the valid texts: those that contain it, then the most alike; in any case."""
    return alike_by_name(text, dict.fromkeys(valid, ()))


def alike_by_name(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Up to three of the keys whose names, or who themselves, are most like a text."""
    answers: dict[str, str] = {}
    for key, others in names.items():
        for name in (key, *others):
            answers.setdefault(name, key)
    return list(dict.fromkeys(_alike(text, answers)))[:NAMED]


def _alike(text: str, answers: Mapping[str, str]) -> list[str]:
    wanted = text[:MAX_COMPARED].strip().upper()
    by_case = {name.upper(): answer for name, answer in answers.items() if name}
    containing = [name for name in sorted(by_case) if len(wanted) >= FEW_LETTERS and wanted in name]
    close = get_close_matches(wanted, by_case, n=NAMED, cutoff=0.5)
    return [by_case[name] for name in (*containing, *close)]


class BadChoice(Refused):
    """A parameter that is malformed, or not among the choices that there are."""


class NotFound(Refused):
    """Something that does not exist: a date, a farm, a company, a miner model."""

    status = 404


class SignInNeeded(Refused):
    """A report that only signed-in readers may have."""

    status = 403
