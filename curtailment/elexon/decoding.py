"""From the bytes of an answer to typed values, with every digit and without guessing.

Numbers become exact decimals; a text where a number belongs is refused. Of a key that an object
repeats the last value counts, as in every common reader of JSON.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import msgspec

from curtailment.elexon.faults import PassingFault, RefusedAnswer, shown

Shape = TypeVar("Shape")

MOST_DECIMALS = 30
LONGEST_ID = 100

_NAMES = {
    "decimal": "a number",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
}
_PLACED = re.compile(r"(?P<said>.*?)(?: - at `\$(?P<place>.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>.*)`")
_OVERLONG = re.compile(rb'(?:"(?P<field>\w{1,60})"\s*:\s*)?-?[0-9]{1000}')


def _lenient_decimal(literal: str) -> Decimal:
    """The decimal of a literal; infinity where its exponent is past what decimals can have."""
    try:
        return Decimal(literal)
    except InvalidOperation:
        return Decimal("Infinity")


_decoder = msgspec.json.Decoder(float_hook=Decimal)
_lenient_decoder = msgspec.json.Decoder(float_hook=_lenient_decimal)


def decode_json(body: bytes) -> Any:
    """The JSON value of a body. Raises PassingFault where there is none: it may have been cut."""
    try:
        return _decoder.decode(body)
    except InvalidOperation:
        # Left to the check of the field's bounds, which names it. Rare, so that the other decoder
        # may go without a function call for each number.
        return _lenient_decoder.decode(body)
    except msgspec.ValidationError as error:
        # Only whole numbers of thousands of digits; where they stand, msgspec does not say.
        raise RefusedAnswer(f"{_place_of_overlong(body)}: a number of absurd length") from error
    except RecursionError as error:
        raise RefusedAnswer("the body is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PassingFault("the body is not JSON, or not all of it") from error


def rows_of(payload: Any, key: str | None = None) -> Iterator[dict[str, Any]]:
    """The objects of a list, or of the list under a key. What has another shape is passed over."""
    rows = payload.get(key) if key is not None and isinstance(payload, dict) else payload
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield row


def whole_numbers_to_decimals(row: dict[str, Any], fields: tuple[str, ...]) -> None:
    """This will make decimals of numbers that were written without a fraction."""
    for field in fields:
        value = row.get(field)
        if type(value) is int:
            row[field] = Decimal(value)


def convert(payload: Any, shape: type[Shape]) -> Shape:
    """The payload as typed values. Raises RefusedAnswer with the field that does not fit.

    Decimals have to be decimals already, so that a text is never taken for a number.
    """
    try:
        return msgspec.convert(payload, shape, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        raise RefusedAnswer(_in_our_words(str(error))) from error


def check_number(value: Decimal | None, *, place: str, largest: int, unit: str) -> None:
    """Raises RefusedAnswer for a number that is too large, or too finely written, to be true."""
    if value is None:
        return
    if not -largest <= value <= largest:
        raise RefusedAnswer(f"{place}: expected at most {largest:,} {unit}, got {shown(value)}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        raise RefusedAnswer(f"{place}: expected at most {MOST_DECIMALS} decimals")


def check_id(value: str | None, *, place: str) -> None:
    """Raises RefusedAnswer for an id that cannot be a key and a part of an address.

    It is overlong, or has control characters, or parts of its own.
    """
    if value is None:
        return
    has_parts = "/" in value or value in (".", "..")
    if len(value) > LONGEST_ID or not value.isprintable() or has_parts:
        said = shown(repr(value))
        raise RefusedAnswer(f"{place}: expected a short, printable text without /, got {said}")


def _place_of_overlong(body: bytes) -> str:
    found = _OVERLONG.search(body)
    return found["field"].decode() if found and found["field"] else "the body"


def _in_our_words(message: str) -> str:
    """`data[3].volume: expected a number, got null`, of msgspec's message."""
    match = _PLACED.fullmatch(message)
    said, place = (match["said"], match["place"] or "") if match else (message, "")
    if missing := _MISSING.fullmatch(said):
        return f"{place}.{missing['field']}".lstrip(".") + ": is missing"
    said = re.sub(r"`([^`]*)`", lambda kinds: _named(kinds[1]), said).replace(
        "Invalid RFC3339 encoded", "expected a valid"
    )
    return f"{place.lstrip('.') or 'the body'}: {said[:1].lower()}{said[1:]}"


def _named(kinds: str) -> str:
    return " or ".join(_NAMES.get(kind, kind) for kind in kinds.split(" | "))
