"""Requests with hardly anything as it should be, for every address, method and reader."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.soak.addresses import all_routes
from tests.soak.spoiled import DATE, words

READERS = ("signed out", "reader", "staff", "operator")
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH")
PARAMETERS = words(
    "date definition farm format lead_party miner name period table timeframe year edit on save "
    "sealed step switch q p o e all bmu settlement_date settlement_date__gte settlement_date__lte "
    "next action _selected_action reason seen curtailed_mwh payment_gbp so_mwh file day first last "
    "first_date last_date field term app_label model_name object_id _popup _to_field data_state "
    "username password source is_wind state from to force jobs confirm digest id__in pk"
)
WORDS = words(
    "2024-03-05 2024-03 2024 2001-03-26 2001-03-27 9999-12-31 0000-00-00 2024-02-30 2024-3-5 "
    "99999-01-01 20240305 daily monthly yearly flagged so all html json csv xlsx pdf S19J_PRO S9 "
    "T_SGRWO-1 T_MOWEO-1 __all__ 0 1 -1 50 51 1e9 NaN inf 2147483648 9223372036854775808 "
    "99999999999999999999999999 true on null None ' \" ; -- % %s %(x)s {} {{7*7}} ../ ../../etc "
    "<script> =1+1 admin periods farms days curtailment curtailmentrecord preview save"
)
BYTES = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\r\nX: y", b"\xe2\x80\xae", b"%00", b"%ZZ",
    "٢٠٢٤-٠٣-٠٥".encode(), "２０２４".encode(), "é".encode("latin-1"), b"x" * 5_000, b" ", b"/",
    "𝟚𝟘𝟚𝟜".encode(), b"+", b"?", b"#", b".", b"..", b"1" * 400, b"2024-03-05T00:00", b"\t", b"",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(WORDS).map(str.encode),
    st.sampled_from(BYTES),
    st.integers().map(lambda number: str(number).encode()),
    st.dates().map(lambda day: day.isoformat().encode()),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
)
HEADERS = {
    "HTTP_IF_NONE_MATCH": ["*", '"x"', 'W/"', '"' + "x" * 4_000, ",,,", "\xff"],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "\xff"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=nan", "gzip, br;q=-1", ",", "*;q=0", "\x80"],
    "HTTP_ACCEPT_LANGUAGE": ["zz-ZZ;q=9", "x" * 600],
    "HTTP_RANGE": ["bytes=5-1", "bytes=-99999999999999"],
    "HTTP_COOKIE": ["sessionid=\x00; csrftoken=%00", "sessionid=" + "x" * 3_000, ";;;="],
    "HTTP_REFERER": ["http://[", "javascript:1"],
    "HTTP_X_REQUEST_ID": ["x" * 100, "a\x00b"],
    "HTTP_AUTHORIZATION": ["Bearer", "Bearer \xff", "Basic !!"],
    "HTTP_HOST": ["127.0.0.1:99999", "evil.example", "[::1", ""],
    "HTTP_X_FORWARDED_PROTO": ["gopher"],
}  # fmt: skip
BODIES = (
    ("application/x-www-form-urlencoded", None),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
    ("multipart/form-data", b"--"),
    ("multipart/form-data; boundary=" + "b" * 300, b""),
    ("application/json", b'{"a":'),
    ("application/x-www-form-urlencoded; charset=no-such", b"a=%ff"),
    ("text/plain; charset=utf-16", b"\xff\xfe"),
)
_SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
_REGEX = re.compile(r"\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)|\^|\$|\\Z")
USUAL = {
    "text": [DATE, "2024-03", "2024"],
    "bmu_id": ["T_SGRWO-1", "T_MOWEO-1"],
    "day": [DATE],
    "period": ["1", "17", "0", "51", "999999999999999999999"],
    "name": ["fetch", "recalculate", "verify"],
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
        return f"{self.method} {self.path!r}?{self.query[:200]} by {self.reader}, {headers}"


def _path(draw: Any, route: str) -> bytes:
    path = b""
    position = 0
    for slot in _SLOT.finditer(route):
        path += route[position : slot.start()].encode() + _filled(draw, slot[1], slot[2])
        position = slot.end()
    path += route[position:].encode()
    return b"/" + _REGEX.sub(lambda _: "curtailment", path.decode("latin-1")).encode("latin-1")


def _filled(draw: Any, kind: str | None, name: str) -> bytes:
    """What stands in a route's slot: often what belongs there, else anything."""
    if draw(st.booleans()):
        usual = USUAL.get(name, ["1", "2", "0", "T_SGRWO-1", DATE])
        return str(draw(st.sampled_from(usual))).encode()
    if kind == "int":
        return str(draw(st.integers(0, 10**30))).encode()
    anything: bytes = draw(VALUES)
    return anything


def _pairs(draw: Any, most: int) -> str:
    names = draw(st.lists(st.sampled_from(PARAMETERS), max_size=most))
    return "&".join(f"{name}={quote_from_bytes(draw(VALUES))}" for name in names)


@st.composite
def requests(draw: Any) -> Asked:
    """Requests to any address by anybody."""
    route = draw(st.sampled_from(all_routes()))
    method = draw(st.sampled_from(METHODS))
    content_type, body = draw(st.sampled_from(BODIES)) if method != "GET" else ("", b"")
    names = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=2))
    return Asked(
        route=route,
        reader=draw(st.sampled_from(READERS)),
        method=method,
        path=_path(draw, route),
        query=_pairs(draw, 4)
        if draw(st.integers(0, 9))
        else draw(st.sampled_from(["%", "&&=", "a"])),
        headers={name: draw(st.sampled_from(HEADERS[name])) for name in names},
        content_type=content_type,
        body=_pairs(draw, 8).encode() if body is None else body,
    )
