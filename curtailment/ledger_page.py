"""What the admin's page of a day in the ledger shows beyond its columns: ways on."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from curtailment.admin_links import CALCULATIONS, RECORDS, address_of_list, link_list, of_day
from curtailment.models import IngestionProgress


def records_link(day: IngestionProgress) -> SafeString:
    """To the list of the day's records."""
    address = address_of_list(RECORDS, **of_day(day.settlement_date))
    return format_html('<a href="{}">Records</a>', address)


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
