"""Requests for every address, method and reader, most of which get as far as a view.

Each follows from the number of the seed and its own, so that any of them can be asked again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from urllib.parse import quote_from_bytes

from django.apps import apps

from tests.access.stored import PEOPLE
from tests.soak.addresses import all_routes
from tests.soak.parameters import (
    ABSURD,
    OF_FORMS,
    OF_LISTS,
    OF_REPORTS,
    UNITS,
    absurd,
    any_value,
    keys_of,
    model_of,
    nearly,
    parameters_of,
)
from tests.soak.spoiled import DATE, words

# Those who may more are asked for more often: others get no further than the way to sign in.
WEIGHTS_OF_PEOPLE = (2, 2, 1, 4, 6, 10)
METHODS = {"GET": 60, "POST": 26, "HEAD": 6, "OPTIONS": 2} | dict.fromkeys(
    words("PUT DELETE PATCH TRACE PROPFIND get"), 1
)
SHARE_WITH_ODD_HEADERS = 0.05
SHARE_WITH_ODD_BODIES = 0.03
HEADERS = {
    "HTTP_IF_NONE_MATCH": ["*", '"x"', 'W/"', '"' + "x" * 4_000, ",,,", "\xff"],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "\xff"],
    "HTTP_ACCEPT": ["application/json", "*/*;q=nan", "\x80"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=nan", "gzip, br;q=-1", ",", "*;q=0", "\x80"],
    "HTTP_ACCEPT_LANGUAGE": ["zz-ZZ;q=9", "x" * 600],
    "HTTP_RANGE": ["bytes=5-1", "bytes=-99999999999999"],
    "HTTP_COOKIE": ["sessionid=\x00; csrftoken=%00", "sessionid=" + "x" * 3_000, ";;;="],
    "HTTP_REFERER": ["http://[", "javascript:1"],
    "HTTP_X_REQUEST_ID": ["x" * 100, "a\x00b"],
    "HTTP_X_FORWARDED_FOR": ["x", "::1, 127.0.0.1", "," * 500],
    "HTTP_AUTHORIZATION": ["Bearer", "Bearer \xff", "Basic !!"],
    "HTTP_HOST": ["127.0.0.1:99999", "evil.example", "[::1", ""],
    "HTTP_X_FORWARDED_PROTO": ["gopher"],
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data; boundary=b"
ODD_BODIES = (
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
    ("multipart/form-data", b"--"),
    ("multipart/form-data; boundary=" + "b" * 300, b""),
    ("application/json", b'{"a":'),
    ("application/x-www-form-urlencoded; charset=no-such", b"a=%ff"),
    ("text/plain; charset=utf-16", b"\xff\xfe"),
)
UPLOAD = (
    b"settlement_date,settlement_period,bmu_id,curtailed_mwh,payment_gbp,so_mwh,so_payment_gbp,"
    b"other_mwh,other_payment_gbp,reason\r\n2024-03-05,1,T_SGRWO-1,7,420.5,7,420.5,0,0,Audit\r\n"
)
_SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
_REGEX = re.compile(r"\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)|\^|\$|\\Z")
TIMEFRAMES = {"daily": [DATE], "monthly": ["2024-03"], "yearly": ["2024"]}
IN_SLOTS = {
    "bmu_id": UNITS,
    "day": [DATE],
    "text": [DATE],
    "period": words("1 2 17 0 51 999999999999999999999"),
    "name": words("refresh recalculate verify"),
    "work": ["a1b2c3d4e5f6a7b8"],
}


@dataclass(frozen=True)
class Asked:
    """A request as it reaches the application: path and query are bytes, as on the wire."""

    route: str
    reader: str
    method: str
    path: bytes
    query: str
    headers: dict[str, str]
    content_type: str
    body: bytes

    def __str__(self) -> str:
        headers = {name: value[:40] for name, value in self.headers.items()}
        sent = f", sending {self.body[:200]!r}" if self.body else ""
        return f"{self.method} {self.path!r}?{self.query[:200]} by {self.reader}, {headers}{sent}"


def ask(seed: int, number: int) -> Asked:
    """The request of this number; the rows that it asks for have to be stored."""
    random = Random(f"{seed} {number}")
    routes = _routes()
    # In turn, so that none is left out.
    route = routes[number % len(routes)]
    (method,) = random.choices(list(METHODS), list(METHODS.values()))
    (reader,) = random.choices(PEOPLE, WEIGHTS_OF_PEOPLE)
    content_type, body = ("", b"") if method in ("GET", "HEAD") else _body(random, route)
    names = [*HEADERS] if random.random() < SHARE_WITH_ODD_HEADERS else []
    chosen = random.sample(names, k=min(len(names), random.randint(1, 2)))
    return Asked(
        route=route,
        reader=reader,
        method=method,
        path=_path(random, route),
        query=_pairs(random, route, most=4) if random.random() < 0.95 else "%&&=;a",
        headers={name: random.choice(HEADERS[name]) for name in chosen},
        content_type=content_type,
        body=body,
    )


@cache
def _routes() -> list[str]:
    return all_routes()


@cache
def _parameters(route: str) -> Mapping[str, list[str]]:
    """What an address knows, with valid values."""
    model = model_of(route)
    if model is not None:
        return parameters_of(model)
    return OF_FORMS if route.startswith(("admin/", "accounts/")) else OF_REPORTS


def _path(random: Random, route: str) -> bytes:
    path = b""
    position = 0
    for slot in _SLOT.finditer(route):
        path += route[position : slot.start()].encode() + _filled(random, route, slot)
        position = slot.end()
    path += route[position:].encode()
    label = random.choice(["curtailment", "summaries", "nothing"])
    return b"/" + _REGEX.sub(label, path.decode("latin-1")).encode("latin-1")


def _filled(random: Random, route: str, slot: re.Match[str]) -> bytes:
    """What stands in a route's slot: most often what belongs there."""
    valid = _valid_in_slot(route, slot[2])
    lot = random.random()
    if lot < 0.75:
        return random.choice(valid).encode()
    if slot[1] == "int":
        return str(random.randint(0, 10 ** random.randint(1, 30))).encode()
    return nearly(random.choice(valid).encode(), random) if lot < 0.9 else absurd(random)


@cache
def _valid_in_slot(route: str, name: str) -> list[str]:
    model = model_of(route)
    if model is None and name in ("pk", "suspect_id"):
        of_batches = "correctionbatch" if "batches" in route else "correction"
        model = apps.get_model("curtailment", "suspectday" if name != "pk" else of_batches)
    if model is not None:
        return keys_of(model) or ["1"]
    of_its_kind = [dates for kind, dates in TIMEFRAMES.items() if f"reports/{kind}/" in route]
    return of_its_kind[0] if of_its_kind else IN_SLOTS.get(name, ["1", "2"])


def _pairs(random: Random, route: str, most: int) -> str:
    return "&".join(
        f"{name}={quote_from_bytes(value)}" for name, value in _choose(random, route, most)
    )


def _choose(random: Random, route: str, most: int) -> list[tuple[str, bytes]]:
    """Names that the address knows, now and then one of another."""
    known = _parameters(route)
    everything = OF_REPORTS | OF_FORMS | OF_LISTS
    chosen = []
    for _ in range(random.randint(0, most)):
        names = known if random.random() < 0.9 else everything
        name = random.choice(list(names))
        chosen.append((name, any_value(names[name], random)))
    return chosen


def _body(random: Random, route: str) -> tuple[str, bytes]:
    """A form, most often with much of what it needs; for uploads with a file."""
    if random.random() < SHARE_WITH_ODD_BODIES:
        return random.choice(ODD_BODIES)
    if "upload" in route or random.random() < 0.1:
        return FILES, _with_file(random, _choose(random, route, most=4))
    return FORM, _pairs(random, route, most=40).encode()


def _with_file(random: Random, fields: list[tuple[str, bytes]]) -> bytes:
    file = UPLOAD if random.random() < 0.4 else nearly(UPLOAD, random)
    if random.random() < 0.2:
        file = b"PK\x03\x04" + absurd(random)
    name = random.choice(["audit.csv", "audit.xlsx", random.choice(ABSURD)])
    parts = [(f'name="{name}"', value) for name, value in fields]
    parts.append((f'name="file"; filename="{name}"', file))
    sent = [
        f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in parts
    ]
    return b"".join(sent) + b"--b--\r\n"
