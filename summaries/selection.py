"""What a reader selected in a report's address: miner, farm, lead party and definition."""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category
from urllib.parse import urlencode

from django.http import QueryDict

from curtailment.definitions import Definition
from curtailment.sources import LONGEST_NAME
from summaries.queries.choices import Choices, read_past_choices
from summaries.refusals import BadChoice, NotFound, alike, alike_by_name
from summaries.timeframes import shorten

DEFAULT_MINER = "S19J_PRO"
DEFAULT_DEFINITION = Definition.FLAGGED
# Control characters, NUL among them, and halves of surrogate pairs: no database text has them.
UNREADABLE = ("Cc", "Cs")


@dataclass(frozen=True)
class Selection:
    """What a report is of. Without a farm (a BM Unit) and a lead party it is of all units."""

    miner: str = DEFAULT_MINER
    definition: Definition = DEFAULT_DEFINITION
    farm: str | None = None
    lead_party: str | None = None

    @property
    def is_filtered(self) -> bool:
        return self.farm is not None or self.lead_party is not None

    @property
    def query_string(self) -> str:
        """What to append to a report's address to select the same; empty for the defaults."""
        chosen = {
            "miner": self.miner if self.miner != DEFAULT_MINER else None,
            "farm": self.farm,
            "lead_party": self.lead_party,
            "definition": self.definition if self.definition != DEFAULT_DEFINITION else None,
        }
        query = urlencode({name: value for name, value in chosen.items() if value is not None})
        return f"?{query}" if query else ""


def read_parameter(parameters: QueryDict, name: str) -> str | None:
    """The value of a parameter; null if it is absent or, as forms send it, empty.

    Raises BadChoice for one that is repeated, overlong or not text.
    """
    values = parameters.getlist(name)
    if len(values) > 1:
        raise BadChoice(f"{name} is given {len(values)} times. Give it once.")
    value = values[0] if values else ""
    if not is_readable(value):
        raise BadChoice(
            f"{name} is not readable. Give at most {LONGEST_NAME} printable characters."
        )
    return value or None


def read_parameters(parameters: QueryDict, name: str) -> tuple[str, ...]:
    """The values of a parameter that may be repeated, each once; empty ones, as forms send them,
    are left out. Raises BadChoice for one that is overlong or not text.
    """
    values = tuple(dict.fromkeys(value for value in parameters.getlist(name) if value))
    if not all(map(is_readable, values)):
        raise BadChoice(
            f"{name} is not readable. Give at most {LONGEST_NAME} printable characters."
        )
    return values


def is_readable(text: str) -> bool:
    """Whether a text can be an id or a name at all."""
    return len(text) <= LONGEST_NAME and not any(category(letter) in UNREADABLE for letter in text)


def read_selection(parameters: QueryDict, choices: Choices) -> Selection:
    """The selection that a query string makes. Raises BadChoice or NotFound."""
    selection = Selection(
        miner=_read_miner(parameters, choices),
        definition=_read_definition(parameters),
        farm=read_parameter(parameters, "farm"),
        lead_party=read_parameter(parameters, "lead_party"),
    )
    _check_filters(selection, choices)
    return selection


def read_miner_and_definition(
    parameters: QueryDict, choices: Choices, *, leave_out: Iterable[str] = ("farm", "lead_party")
) -> Selection:
    """The selection of a page that is of all units, or names them itself. Raises as above."""
    for name in leave_out:
        if any(parameters.getlist(name)):
            raise BadChoice(f"This page does not take {name}. Leave it out.")
    return Selection(
        miner=_read_miner(parameters, choices), definition=_read_definition(parameters)
    )


def _read_definition(parameters: QueryDict) -> Definition:
    text = read_parameter(parameters, "definition") or DEFAULT_DEFINITION
    try:
        return Definition(text)
    except ValueError:
        valid = ", ".join(Definition)
        raise BadChoice(
            f"{shorten(text)!r} is not a definition. Choose one of {valid}.",
            parameter="definition",
            nearest=alike(text, Definition) or [DEFAULT_DEFINITION],
        ) from None


def _read_miner(parameters: QueryDict, choices: Choices) -> str:
    key = read_parameter(parameters, "miner")
    if key is None:
        if DEFAULT_MINER in choices.miner_keys or not choices.miners:
            return DEFAULT_MINER
        return choices.miner_keys[0]
    if key not in choices.miner_keys:
        valid = ", ".join(choices.miner_keys) or "none, for no model is active"
        raise NotFound(
            f"{shorten(key)!r} is not an active miner model. Choose one of {valid}.",
            parameter="miner",
            nearest=alike(key, choices.miner_keys) or choices.miner_keys[:1],
        )
    return key


def _check_filters(selection: Selection, choices: Choices) -> None:
    """Raises NotFound for a unit or a company that no wind unit is or was of."""
    farm, lead_party = selection.farm, selection.lead_party
    farm_is_listed = farm is None or any(unit.bmu_id == farm for unit in choices.units)
    party_is_listed = lead_party is None or lead_party in choices.lead_parties
    if farm_is_listed and party_is_listed:
        return
    past = read_past_choices(farm=farm, lead_party=lead_party)
    if not (farm_is_listed or past.has_farm):
        raise NotFound(
            f"{shorten(farm or '')!r} is not the Elexon id of a wind BM Unit. "
            "Write it as the register does, like T_SGRWO-1.",
            parameter="farm",
            nearest=alike_by_name(farm or "", {u.bmu_id: [u.name] for u in choices.units}),
        )
    if not (party_is_listed or past.has_lead_party):
        raise NotFound(
            f"{shorten(lead_party or '')!r} is not the lead party of a wind BM Unit. "
            "Write it exactly as the register does.",
            parameter="lead_party",
            nearest=alike(lead_party or "", choices.lead_parties),
        )
