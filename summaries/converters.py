"""What of an address names a report's timeframe."""


class TimeframeConverter:
    """Any text between slashes: whether it is a date is the view's to say, in a sentence."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
