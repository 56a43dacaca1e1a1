"""What a benchmark refuses to begin with."""


class CannotBegin(Exception):
    """One sentence that says what is wrong and what to do; nothing was changed."""
