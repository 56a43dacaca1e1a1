"""Places in PostgreSQL's write-ahead log (LSN): how far a server has come."""

import re
from dataclasses import dataclass
from typing import Self

WRITTEN = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})", re.ASCII)


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log, in bytes; a larger one is later. Written as PostgreSQL does: 16/B374D848.

    It keeps growing when a standby takes the primary's place.
    """

    byte: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        match = WRITTEN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a place in the write-ahead log.")
        return cls((int(match[1], 16) << 32) | int(match[2], 16))

    def __str__(self) -> str:
        return f"{self.byte >> 32:X}/{self.byte & 0xFFFFFFFF:X}"


START = Position(0)
