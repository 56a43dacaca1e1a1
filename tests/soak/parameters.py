"""Parameters of addresses and forms with values that are valid, nearly so, or absurd."""

from collections.abc import Callable
from random import Random

from django.apps import apps
from django.db.models import Model

from tests.soak.spoiled import DATE, words

TABLES = words("periods days months farms lead_parties bitcoin units states verifications nothing")
UNITS = words("T_SGRWO-1 T_MOWEO-1")
OF_REPORTS: dict[str, list[str]] = {
    "date": [DATE, "2024-03", "2024"],
    "definition": words("flagged so all"),
    "farm": UNITS,
    "format": words("html json csv xlsx"),
    "lead_party": ["A Company"],
    "miner": words("S19J_PRO S9 M20S"),
    "name": ["A Company"],
    "period": [DATE, "2024-03", "2024", f"{DATE}..{DATE}"],
    "table": TABLES,
    "timeframe": words("daily monthly yearly"),
    "year": ["2024"],
    "page": ["1", "2"],
    "sort": ["name", "-curtailed_mwh"],
}
OF_FORMS: dict[str, list[str]] = {
    "step": words("choose preview save"),
    "reason": ["Metering fault"],
    "seen": ["", "0"],
    "sealed": ["eyJ4IjoxfQ:1:x"],
    "decision": words("accept reject"),
    "switch": words("on off"),
    "first": [DATE],
    "last": [DATE],
    "every": ["on"],
    "force": ["on"],
    "settlement_date": [DATE],
    "settlement_period": words("1 2 48"),
    "bmu": UNITS,
    "bmu_id": UNITS,
    **{
        f"{kind}{unit}": words("7 0 420.5 -3")
        for kind in ("curtailed_", "so_", "other_")
        for unit in ("mwh", "payment_gbp", "price_gbp_per_mwh")
    },
    "payment_gbp": ["420"],
    "next": ["/", "/admin/"],
    "username": ["superuser", "eve"],
    "password": ["wrong"],
    "old_password": ["wrong"],
    "new_password1": ["correct-horse-battery"],
    "new_password2": ["correct-horse-battery"],
    "usable_password": ["true"],
    "password1": ["correct-horse-battery"],
    "password2": ["correct-horse-battery"],
    "term": ["S9"],
    "app_label": ["curtailment"],
    "model_name": ["curtailmentrecord"],
    "field_name": ["bmu"],
}
OF_LISTS: dict[str, list[str]] = {
    "q": ["SGRWO", DATE],
    "o": ["1", "-2.1"],
    "p": ["1", "2"],
    "all": [""],
    "e": ["1"],
    "_popup": ["1"],
    "_to_field": ["id"],
    "_changelist_filters": ["q=S9"],
    "_save": ["Save"],
    "_continue": ["Save"],
    "post": ["yes"],
    "index": ["0"],
    "select_across": ["0", "1"],
    "action": words(
        "delete_selected refresh_days recalculate_days verify_days pause_backfills "
        "cancel_backfills resubmit_task"
    ),
    "recalculate": ["on"],
    "next_run_0": ["2027-01-01"],
    "next_run_1": ["10:00"],
}
LOOKUPS = words("exact in isnull gte lt year month day range iexact contains regex date pk id")
ABSURD = words(
    "2024-03-05 2024-03 2024 2001-03-26 2001-03-27 9999-12-31 0000-00-00 2024-02-30 2024-3-5 "
    "99999-01-01 20240305 0 1 -1 50 51 1e9 NaN inf 2147483648 9223372036854775808 Infinity "
    "99999999999999999999999999 true null None ' \" ; -- % %s %(x)s {} {{7*7}} ../ ../../etc "
    "<script> =1+1 __all__ admin S9"
)
BYTES = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\r\nX: y", b"\xe2\x80\xae", b"%00", b"%ZZ",
    "٢٠٢٤-٠٣-٠٥".encode(), "２０２４".encode(), "é".encode("latin-1"), b"x" * 5_000, b" ", b"/",
    "𝟚𝟘𝟚𝟜".encode(), b"+", b"?", b"#", b".", b"..", b"1" * 400, b"2024-03-05T00:00", b"\t", b"",
)  # fmt: skip


def absurd(random: Random) -> bytes:
    """Anything that is a text on the wire."""
    choices: tuple[Callable[[], bytes], ...] = (
        lambda: random.choice(ABSURD).encode(),
        lambda: random.choice(BYTES),
        lambda: str(random.randint(-(10**20), 10**20)).encode(),
        lambda: random.randbytes(random.randint(0, 20)),
        lambda: "".join(chr(random.randint(0, 0x10FFFF)) for _ in range(8)).encode(
            errors="surrogatepass"
        ),
    )
    return random.choice(choices)()


def nearly(valid: bytes, random: Random) -> bytes:
    """A valid value with one thing wrong."""
    at = random.randint(0, len(valid))
    anything = random.choice((*b"0129-/_. \x00%'\"", random.randint(0, 255)))
    choices = (
        valid[:at] + bytes([anything]) + valid[at:],
        valid[:at] + valid[at + 1 :],
        valid[:at] + bytes([anything]) + valid[at + 1 :],
        valid.swapcase(),
        valid * 2,
        b" " + valid,
        valid + b",",
        b"-" + valid,
    )
    return random.choice(choices)


def any_value(valid: list[str], random: Random) -> bytes:
    """Most often a valid value, else one that nearly is, else an absurd one."""
    if not valid or (lot := random.random()) > 0.85:
        return absurd(random)
    value = random.choice(valid).encode()
    return value if lot < 0.6 else nearly(value, random)


def model_of(route: str) -> type[Model] | None:
    """The model whose pages of the admin a route is among."""
    parts = route.split("/")
    if len(parts) > 3 and parts[0] == "admin" and parts[1] in apps.app_configs:
        return apps.get_model(parts[1], parts[2])
    return None


def parameters_of(model: type[Model]) -> dict[str, list[str]]:
    """Names in forms, filters and lists of a model, with values of its rows."""
    rows = list(model._default_manager.all()[:5])
    names = dict(OF_LISTS)
    for field in model._meta.concrete_fields:
        values = sorted({str(field.value_from_object(row)) for row in rows}) or ["1"]
        names[field.name] = values
        names.update({f"{field.name}__{lookup}": [*values, "0", "1"] for lookup in LOOKUPS})
    names["_selected_action"] = keys_of(model)
    return names


def keys_of(model: type[Model]) -> list[str]:
    """The primary keys of some rows."""
    return [str(key) for key in model._default_manager.values_list("pk", flat=True)[:5]]
