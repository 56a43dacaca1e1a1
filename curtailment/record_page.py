"""What the admin's page of a record shows beyond its columns: evidence, sums, and ways on."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from curtailment.admin_links import (
    CALCULATIONS,
    LEDGER,
    RECORDS,
    address_of_list,
    link_list,
    of_day,
)
from curtailment.figures import UNKNOWN, format_exact
from curtailment.models import CurtailmentRecord

CENT = Decimal("0.01")
# Title and key of the evidence lines' columns.
LINE_COLUMNS = (
    ("Acceptance", "acceptanceId"),
    ("Pair", "bidOfferPairId"),
    ("System operator", "soFlag"),
    ("CADL", "cadlFlag"),
    ("STOR", "storProviderFlag"),
    ("Repriced", "repricedIndicator"),
    ("Original price (GBP/MWh)", "originalPrice"),
    ("Final price (GBP/MWh)", "finalPrice"),
    ("Volume (MWh)", "volume"),
    ("TLM", "transmissionLossMultiplier"),
)


def evidence_table(record: CurtailmentRecord) -> SafeString:
    """The stack lines that the published figures are sums of, as a table."""
    if not record.lines:
        return format_html("{}", "None: the record exists by a correction only.")
    titles = format_html_join("", '<th scope="col">{}</th>', ((t,) for t, _ in LINE_COLUMNS))
    rows = format_html_join("", "<tr>{}</tr>", ((_cells(line),) for line in record.lines))
    return format_html(
        '<div class="evidence"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        titles,
        rows,
    )


def _cells(line: dict[str, Any]) -> SafeString:
    texts = ((_text(line.get(key)),) for _, key in LINE_COLUMNS)
    return format_html_join("", "<td>{}</td>", texts)


def _text(value: Any) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def price_gbp_per_mwh(energy_mwh: Decimal, payment_gbp: Decimal) -> str:
    """What a MWh cost, to the penny; a dash where there is no energy."""
    return format_exact((payment_gbp / energy_mwh).quantize(CENT)) if energy_mwh else UNKNOWN


def links(record: CurtailmentRecord) -> SafeString:
    """Ways from a record to its bitcoin, its day, its corrections and its unit's history."""
    day = record.settlement_date
    key = {"settlement_period": record.settlement_period, "bmu": record.bmu_id}
    return link_list(
        (
            ("Its bitcoin", address_of_list(CALCULATIONS, **of_day(day), **key)),
            ("Its day in the reports", reverse("summaries:daily", args=[day.isoformat()])),
            ("Its day in the ledger", reverse(f"admin:{LEDGER}_change", args=[day])),
            (
                "Its corrections",
                address_of_list("curtailment_correction", settlement_date=day, **key),
            ),
            ("Records of the day", address_of_list(RECORDS, **of_day(day))),
            ("Records of the unit", address_of_list(RECORDS, bmu=record.bmu_id)),
        )
    )
