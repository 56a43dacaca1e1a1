"""The tables of the pages of farms, companies, miners and the ledger."""

from summaries.downloads.about import about
from summaries.downloads.naming import file_name, naming_miner
from summaries.downloads.shapes import Download
from summaries.queries.longer import NetworkFacts
from summaries.reports.pages import Page
from summaries.reports.tables import Table


def download_of_page(page: Page, *, network: NetworkFacts | None) -> Download:
    """The page's tables, and last what they add up to."""
    selection = page.selection
    parts = (page.name, page.span.text, selection.definition, selection.lead_party)
    return Download(
        name=file_name(*parts, selection=selection),
        title=page.title,
        made_at=page.made_at,
        about=about(
            title=f"{page.title}. {page.subject}",
            period=page.span.text,
            selection=selection,
            is_complete=page.certainty.is_complete,
            notices=page.certainty.notices,
            figures=page.facts,
            network=network,
            made_at=page.made_at,
        ),
        tables=naming_miner((*page.tables, *_totals(page)), selection.miner),
    )


def _totals(page: Page) -> tuple[Table, ...]:
    if not page.headline:
        return ()
    columns = tuple(figure.column for figure in page.headline)
    return (Table("totals", "Totals", columns, (tuple(f.value for f in page.headline),)),)
