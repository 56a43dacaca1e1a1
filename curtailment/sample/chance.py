"""Chance that falls the same way on every machine, in every run and version of Python."""

import hashlib
import random


def stream(*names: object) -> random.Random:
    """A stream of chance of its own for what the names say.

    Only `random()` of it may be used: it is the one method whose values Python promises to keep.
    """
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return random.Random(int.from_bytes(digest[:8]))  # noqa: S311 (nothing secret)
