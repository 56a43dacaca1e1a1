"""Requests that cannot be answered, each with one sentence that says why."""


class Refused(Exception):
    """A request that is answered with a sentence and a status instead of a report."""

    status = 400

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
