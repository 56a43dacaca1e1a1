"""Requests that cannot be answered, each with one sentence that says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from django.http import QueryDict

# Longer texts are like nothing that exists, and dear to compare.
MAX_COMPARED = 200


@dataclass(frozen=True)
class Link:
    """A valid address near the one that is refused."""

    label: str
    address: str


class Refused(Exception):
    """A request that is answered with a sentence and a status instead of a report.

    `links` lead to what its reader may have meant. Where a parameter of the query is wrong,
    `nearest` are valid values for it: the same address with one of them is offered too.
    """

    status = 400

    def __init__(
        self,
        sentence: str,
        *,
        links: tuple[Link, ...] = (),
        parameter: str | None = None,
        nearest: Iterable[str] = (),
    ) -> None:
        super().__init__(sentence)
        self.links = links
        self.parameter = parameter
        self.nearest = tuple(nearest)

    @property
    def sentence(self) -> str:
        return str(self)

    def offers(self, path: str, query: QueryDict) -> tuple[Link, ...]:
        """Valid addresses near the refused one."""
        return (*self.links, *(self._with(value, path, query) for value in self.nearest))

    def _with(self, value: str, path: str, query: QueryDict) -> Link:
        changed = query.copy()
        changed[self.parameter or ""] = value
        return Link(value, f"{path}?{changed.urlencode()}")


def alike(text: str, valid: Iterable[str]) -> list[str]:
    """Up to three of the valid texts, the most alike first; one's case does not matter."""
    by_case = {each.upper(): each for each in valid}
    near = get_close_matches(text[:MAX_COMPARED].upper(), by_case, n=3, cutoff=0.5)
    return [by_case[each] for each in near]


class BadChoice(Refused):
    """A parameter that is malformed, or not among the choices that there are."""


class NotFound(Refused):
    """Something that does not exist: a date, a farm, a company, a miner model."""

    status = 404


class SignInNeeded(Refused):
    """A report that only signed-in readers may have."""

    status = 403
