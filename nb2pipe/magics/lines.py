"""Which physical lines of a cell begin a statement, told without Python's tokenizer, which magics would stop."""

from __future__ import annotations

import re

_NEXT = re.compile(r"\"\"\"|'''|[\"'#(){}\[\]\\]")
_CLOSING = {quote: re.compile(rf"(?:\\.|[^\\])*?{quote}", re.DOTALL) for quote in ('"', "'", '"""', "'''")}


class LineScanner:
    """Fed line by line. ``at_start`` tells whether the next line begins a statement, ``last`` the last sign of code."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote: str | None = None
        self.continued = False
        self.last = ""

    @property
    def at_start(self) -> bool:
        """Whether the next line begins a statement."""
        return self.depth == 0 and self.quote is None and not self.continued

    def feed(self, line: str) -> None:
        """Takes the next line, without its line end."""
        self.continued = False
        at = 0
        while at < len(line):
            at = self._text(line, at) if self.quote is not None else self._code(line, at)

    def _text(self, line: str, at: int) -> int:
        """Inside a string: to its end, or the line's."""
        assert self.quote is not None
        closing = _CLOSING[self.quote].match(line, at)
        if closing is not None:
            self.last = self.quote[0]
            self.quote = None
            return closing.end()
        if len(self.quote) == 1 and (len(line) - len(line.rstrip("\\"))) % 2 == 0:
            self.quote = None  # an unfinished string ends with its line
        return len(line)

    def _code(self, line: str, at: int) -> int:
        """Outside a string: to the next sign that matters."""
        found = _NEXT.search(line, at)
        before = line[at : found.start() if found else len(line)].rstrip()
        if before:
            self.last = before[-1]
        if found is None:
            return len(line)
        sign = found[0]
        if sign == "#":
            return len(line)
        self.last = sign[0]
        if sign in "([{":
            self.depth += 1
        elif sign in ")]}":
            self.depth = max(0, self.depth - 1)
        elif sign == "\\":
            self.continued = found.end() == len(line)
        else:
            self.quote = sign
        return found.end()
