"""Whatever Elexon answers, it is read exactly or refused with the field named."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from curtailment.elexon.decoding import decode_json
from curtailment.elexon.faults import PassingFault, RefusedAnswer
from curtailment.elexon.stack import stack_lines
from curtailment.settlement import SettlementPeriod

PERIOD = SettlementPeriod(date(2024, 3, 5), 17)

JSON_TEXTS = st.one_of(
    st.sampled_from(
        ["null", "true", '"1.5"', '"NaN"', '"T_X-1"', "{}", "[]", '"2024-03-05"', "17"]
    ),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-100_000, 100_000, allow_nan=False, places=12).map(lambda number: f"{number:f}"),
)
FIELDS = {
    "settlementDate": '"2024-03-05"',
    "settlementPeriod": "17",
    "id": '"T_X-1"',
    "soFlag": "true",
    "cadlFlag": "null",
    "originalPrice": "-30.250",
    "volume": "-1.5",
    "finalPrice": "null",
    "transmissionLossMultiplier": "0.99",
}


def body_of(fields: dict[str, str]) -> bytes:
    line = ",".join(f'"{name}":{text}' for name, text in fields.items())
    return f'{{"data":[{{{line}}}]}}'.encode()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), JSON_TEXTS)
def test_a_line_is_read_exactly_or_refused_by_field(field, text):
    try:
        [line] = stack_lines(decode_json(body_of(FIELDS | {field: text})), PERIOD)
    except RefusedAnswer as refusal:
        assert str(refusal).startswith(f"data[0].{field}: ")
        return
    sent = json.loads(text, parse_float=Decimal)
    numbers = {"volume": line.volume, "originalPrice": line.original_price}
    if field in numbers:
        assert str(numbers[field]) == str(sent)
    assert (line.settlement_date, line.settlement_period) == (PERIOD.settlement_date, 17)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=40), st.integers(0, len(body_of(FIELDS)) - 1)))
def test_garbage_and_halves_are_never_taken_for_an_answer(garbage):
    body = garbage if isinstance(garbage, bytes) else body_of(FIELDS)[:garbage]
    try:
        stack_lines(decode_json(body), PERIOD)
    except (PassingFault, RefusedAnswer):
        return
    raise AssertionError("an answer was made up")
