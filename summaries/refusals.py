"""Requests that cannot be answered, each with one sentence that says why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A valid address near the one that is refused."""

    label: str
    address: str


class Refused(Exception):
    """A request that is answered with a sentence and a status instead of a report."""

    status = 400

    def __init__(self, sentence: str, *, links: tuple[Link, ...] = ()) -> None:
        super().__init__(sentence)
        self.links = links

    @property
    def sentence(self) -> str:
        return str(self)


class BadChoice(Refused):
    """A parameter that is malformed, or not among the choices that there are."""


class NotFound(Refused):
    """Something that does not exist: a date, a farm, a company, a miner model."""

    status = 404


class SignInNeeded(Refused):
    """A report that only signed-in readers may have."""

    status = 403
