"""The tables and the cards of a page, as a reader sees them."""

from html.parser import HTMLParser


class HtmlFigures(HTMLParser):
    """`tables` are rows of texts, headings first, by the id that names them; `cards` by term."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.cards = {}, {}
        self._table = self._text = self._term = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "div" and values.get("class") == "scroll":
            self._table = self.tables.setdefault(values.get("aria-labelledby"), [])
        elif tag == "tr":
            self._table.append([])
        elif tag in ("th", "td", "dt", "dd"):
            self._text = ""

    def handle_data(self, text):
        if self._text is not None:
            self._text += text

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._table[-1].append(self._text.strip())
        elif tag == "dt":
            self._term = self._text.strip()
        elif tag == "dd":
            self.cards.setdefault(self._term, self._text.strip())
        else:
            return
        self._text = None
