"""Tables of figures beside each other, on pages of the admin."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def figures_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> SafeString:
    """A table in the style of a record's evidence; the first cell of a row is its heading."""
    head = format_html_join("", '<th scope="col">{}</th>', ((title,) for title in titles))
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows))
    return format_html(
        '<div class="evidence"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        head,
        body,
    )


def _cells(row: Sequence[str]) -> SafeString:
    heading, *cells = row
    texts = format_html_join("", "<td>{}</td>", ((text,) for text in cells))
    return format_html('<th scope="row">{}</th>{}', heading, texts)
