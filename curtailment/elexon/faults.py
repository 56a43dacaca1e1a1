"""What can go wrong on the way to an answer, before the client says what was asked."""

SHOWN_CHARACTERS = 120


class Fault(Exception):
    """A request that brought no usable answer. The message is the reason alone."""


class PassingFault(Fault):
    """A fault that the next try may not meet.

    `retry_after_s` is how long the server asked to wait; `unreachable` says that there was no
    connection at all.
    """

    def __init__(
        self, reason: str, *, retry_after_s: float | None = None, unreachable: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
        self.unreachable = unreachable


class RefusedAnswer(Fault):
    """An answer that the API's description does not allow; the next one would be no better."""


class RefusedRequest(Fault):
    """The server knows the address but does not let us in."""


class NotFound(Fault):
    """The server has nothing at the address."""


def shown(text: object) -> str:
    """A text from outside, fit for a message: one short line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)[:1000]).split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 3] + "..."
