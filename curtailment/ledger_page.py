"""What the admin's page of a day in the ledger shows beyond its columns: ways on."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from curtailment.admin_links import CALCULATIONS, RECORDS, address_of_list, link_list, of_day
from curtailment.comparison_tables import figures_table
from curtailment.figures import UNKNOWN, format_exact
from curtailment.models import IngestionProgress

# The figures of a verification's details, with Elexon's signs.
COMPARED = {
    "stack_mwh": "Stack (MWh)",
    "indicative_mwh": "Indicative (MWh)",
    "difference_mwh": "Difference (MWh)",
    "stack_gbp": "Stack (GBP)",
    "indicative_gbp": "Indicative (GBP)",
    "difference_gbp": "Difference (GBP)",
}


def records_link(day: IngestionProgress) -> SafeString:
    """To the list of the day's records."""
    address = address_of_list(RECORDS, **of_day(day.settlement_date))
    return format_html('<a href="{}">Records</a>', address)


def verification_table(day: IngestionProgress) -> SafeString | str:
    """What verifying the day found: in all, and the units that differ most."""
    details = day.verification_details
    if not details:
        return UNKNOWN
    entries = [("All compared", details.get("totals") or {})]
    entries += [(unit["bmu"], unit) for unit in details.get("units") or ()]
    table = figures_table(
        ("", *COMPARED.values()), ((name, *_compared(entry)) for name, entry in entries)
    )
    return format_html("{}{}", table, _sentences(details))


def _compared(entry: dict[str, str | None]) -> list[str]:
    texts = [entry.get(name) for name in COMPARED]
    return [format_exact(None if text is None else Decimal(text)) for text in texts]


def _sentences(details: dict[str, Any]) -> SafeString:
    """How many differ, and why not all could be compared."""
    count, differing = details.get("unit_count", 0), details.get("differing_unit_count", 0)
    sentences = [
        f"BM Units compared: {count}, of which differ: {differing}.",
        details.get("reason"),
    ]
    if units := details.get("not_comparable_units"):
        sentences.append(f"Not to be compared: {', '.join(units)}.")
    return format_html_join("", "<p>{}</p>", ((text,) for text in sentences if text))


def links(day: IngestionProgress) -> SafeString:
    """Ways from a day to its report, its rows and what staff did and have to do with it."""
    settlement_date = day.settlement_date
    return link_list(
        (
            ("Report", reverse("summaries:daily", args=[settlement_date.isoformat()])),
            ("Records", address_of_list(RECORDS, **of_day(settlement_date))),
            ("Bitcoin", address_of_list(CALCULATIONS, **of_day(settlement_date))),
            (
                "Corrections",
                address_of_list("curtailment_correction", settlement_date=settlement_date),
            ),
            (
                "Suspect answers",
                address_of_list("curtailment_suspectday", settlement_date=settlement_date),
            ),
        )
    )
