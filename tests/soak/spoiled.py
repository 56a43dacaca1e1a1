"""Answers of Elexon and of a mempool node, spoiled in every way that hypothesis thinks of.

An answer is kept as the text of each field, so that a number may have any digits, a key may come
twice, and what is no JSON at all may stand where a value belongs.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

DATE, OTHER_DATE = "2024-03-05", "2024-03-06"


def words(text: str) -> list[str]:
    """The words of a text, which stay easier to read than a list of them."""
    return text.split()


# Texts of JSON values, and some that only look like them.
NASTY = words(
    'null true false {} [] [1] [[]] "" "NaN" NaN Infinity -Infinity nan 1e400 -1e400 1e-400 '
    "1e999999 1e-999999 1E+99999999999999999999 -0 -0.0 0 1 -1 01 +1 .5 5. 1_000 0x10 "
    "1e309 9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551616 "
    '"1.5" "-30.25" "MWh" "2024-03-05" "2024-02-30" "05/03/2024" "2024-03-05T00:00:00" '
    '"0000-00-00" "9999-12-31" "10000-01-01" 51 50 47 -12500 12500000 -12.5e3 "T_SGRWO-1" '
    '"\\ud800" "\\udfff\\ud800" "\\u0000" "T_\\u0000" "\\ud83d\\ude00" "\\u202eevil" "=1+1" '
    '"<script>" 1.7976931348623157e308 5e-324 2e-30 1e-31 -99999.999 -100000.001 '
    '"2024-03-05T23:59:60Z" "2024-03-05T10:00:00+14:00" "0001-01-01T00:00:00+23:59" '
    '"9999-12-31T23:59:59-23:59" 4102444800 -1 1231006505 2147483648 2016'
)
LONG = [
    "9" * 400,
    "-0." + "1" * 60,
    '"' + "x" * 300 + '"',
    "[" * 400 + "]" * 400,
    "1" + "0" * 5000,
]
NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-2_000, 0, places=9).map(lambda number: f"{number:f}"),
)
VALUES = st.one_of(NUMBERS, st.sampled_from(NASTY), st.sampled_from(LONG))


@dataclass(frozen=True)
class Kind:
    """An answer: its address at the stub, the fields of a row, and what is around the rows."""

    name: str
    path: str
    fields: dict[str, str]
    before: str = '{"data":['
    after: str = "]}"
    most_rows: int = 4
    # Rows of a list have no names.
    is_list: bool = False
    is_one: bool = False


_PLACE = {"settlementDate": f'"{DATE}"', "settlementPeriod": "17"}
_INDICATIVE = _PLACE | {"bmUnit": '"T_SGRWO-1"', "createdDateTime": f'"{OTHER_DATE}T10:00:00Z"'}
KINDS = (
    Kind(
        "stack",
        r"/stack/all/bid/",
        _PLACE
        | {
            "id": '"T_SGRWO-1"',
            "soFlag": "true",
            "cadlFlag": "null",
            "originalPrice": "-30.250",
            "volume": "-1.5",
            "finalPrice": "null",
            "transmissionLossMultiplier": "0.99",
            "acceptanceId": "7",
            "createdDateTime": f'"{OTHER_DATE}T10:00:00Z"',
        },
    ),
    Kind(
        "wind",
        r"/generation/actual/",
        _PLACE
        | {
            "psrType": '"Wind Onshore"',
            "quantity": "4000.5",
            "publishTime": f'"{DATE}T23:59:00Z"',
        },
    ),
    Kind(
        "units",
        r"/reference/bmunits/all",
        {
            "elexonBmUnit": '"T_SGRWO-1"',
            "fuelType": '"WIND"',
            "nationalGridBmUnit": '"SGRWO-1"',
            "bmUnitName": '"Seagreen"',
            "leadPartyName": '"A Company"',
            "leadPartyId": '"A"',
            "bmUnitType": '"T"',
            "gspGroupName": "null",
            "gspGroupId": "null",
            "generationCapacity": '"100.000"',
        },
        "[",
        "]",
    ),
    Kind("cash flows", r"/cashflows/", _INDICATIVE | {"totalCashflow": "45.375"}),
    Kind(
        "volumes",
        r"/volumes/",
        _INDICATIVE | {"dataType": '"Original"', "totalVolumeAccepted": "-1.5"},
    ),
    Kind(
        "retargets",
        r"difficulty-adjustments",
        {"0": "1708642123", "1": "830592", "2": "81725299822043.22", "3": "1.0"},
        "[",
        "]",
        most_rows=2,
        is_list=True,
    ),
    Kind(
        "price history",
        r"historical-price",
        {"time": "1709600000", "GBP": "50000.5", "USD": "63000"},
        '{"prices":[',
        "]}",
    ),
    Kind(
        "price now",
        r"/v1/prices$",
        {"time": "1709600000", "GBP": "50000.5", "USD": "63000"},
        "",
        "",
        most_rows=1,
        is_one=True,
    ),
)


@dataclass(frozen=True)
class Spoiled:
    """The body of an answer of a kind, and the fields of it that are not as they should be."""

    kind: Kind
    body: bytes
    fields: frozenset[str]


def _row(draw: Any, kind: Kind) -> tuple[str, set[str]]:
    """The text of a row: usually one field spoiled, left out or given twice."""
    names = list(kind.fields)
    spoiled = set(draw(st.lists(st.sampled_from(names), max_size=2)))
    pairs = []
    for name in names:
        how = draw(st.sampled_from("vvvvmd")) if name in spoiled else ""
        if how != "m":
            pairs.append((name, kind.fields[name] if how in ("", "d") else draw(VALUES)))
        if how == "d":
            pairs.append((name, draw(VALUES)))
    if kind.is_list:
        return f"[{','.join(text for _, text in pairs)}]", spoiled
    return "{" + ",".join(f'"{name}":{text}' for name, text in pairs) + "}", spoiled


def _wrecked(draw: Any, body: bytes) -> bytes:
    """What may become of a whole body on its way."""
    how = draw(st.sampled_from(["bom", "utf16", "cut", "byte", "twice", "deep", "other", "utf8"]))
    position = draw(st.integers(0, len(body)))
    return {
        "bom": b"\xef\xbb\xbf" + body,
        "utf16": body.decode(errors="replace").encode("utf-16"),
        "cut": body[:position],
        "byte": body[:position] + draw(st.binary(min_size=1, max_size=3)) + body[position:],
        "twice": body + body,
        "deep": b"[" * 100_000,
        "other": draw(VALUES).encode(),
        "utf8": body.replace(b"T_", "T_\u00e9".encode()[:3]),
    }[how]


@st.composite
def spoiled_answers(draw: Any) -> Spoiled:
    """Answers with one or two things wrong, sometimes with nothing wrong."""
    kind = draw(st.sampled_from(KINDS))
    count = 1 if kind.is_one else draw(st.integers(0, kind.most_rows))
    rows = [_row(draw, kind) for _ in range(count)]
    text = kind.before + ",".join(text for text, _ in rows) + kind.after
    body = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 7)) == 0:
        body = _wrecked(draw, body)
    return Spoiled(kind, body, frozenset().union(*(names for _, names in rows)))
