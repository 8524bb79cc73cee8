"""HTML tables, as pandas, fastai and Keras show them."""

from __future__ import annotations

from html.parser import HTMLParser

from nb2pipe.outputs.numerals import Number, parse

LARGEST = 300_000  # characters of HTML
CELLS = 200


class _Rows(HTMLParser):
    """The cells of all rows as texts; head rows apart."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self._row: list[str] | None = None
        self._data: list[bool] = []
        self._open = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._hidden += 1
        elif tag == "tr":
            self._row, self._data = [], []
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
            self._data.append(tag == "td")
            self._open = True

    def handle_data(self, data: str) -> None:
        if self._open and self._row and not self._hidden:
            self._row[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("td", "th"):
            self._open = False
        elif tag == "tr" and self._row is not None:
            (self.body if any(self._data) else self.head).append([cell.strip() for cell in self._row])
            self._row = None


def numbers(html: str) -> list[tuple[str, Number]]:
    """``row.column`` and number; ``column`` alone if there is one row, or the last of a training log."""
    if "<table" not in html or len(html) > LARGEST:
        return []
    parser = _Rows()
    parser.feed(html)
    columns = next((row for row in parser.head if any(row)), None)
    body = parser.body
    if columns is None or not body:
        return []
    if columns[0].lower() in ("epoch", "step", "iteration", "round"):
        body = body[-1:]
    found: list[tuple[str, Number]] = []
    for row in body:
        cells = row[-len(columns) :] if len(row) >= len(columns) else row
        label = "" if not cells or columns[0] else cells[0]
        for column, cell in zip(columns, cells, strict=False):
            number = parse(cell)
            if number is not None and column:
                found.append((f"{label}.{column}" if label and len(body) > 1 else column, number))
    if len(body) > 1 and columns[0]:  # no index: rows by their place
        found = _by_place(body, columns)
    return found if len(found) <= CELLS else []


def _by_place(body: list[list[str]], columns: list[str]) -> list[tuple[str, Number]]:
    found = []
    for index, row in enumerate(body):
        texts = [cell for cell in row if parse(cell) is None and cell]
        label = texts[0] if texts else str(index)
        for column, cell in zip(columns, row, strict=False):
            number = parse(cell)
            if number is not None:
                found.append((f"{label}.{column}", number))
    return found
