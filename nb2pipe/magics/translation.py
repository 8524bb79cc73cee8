"""The translation of one cell with magics, line by line."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from nb2pipe.magics.lines import LineScanner
from nb2pipe.magics.python_code import Magic, PythonCode
from nb2pipe.magics.words import (
    ALONE,
    AUTOMAGIC,
    DYNAMIC,
    NEUTRAL,
    REPEATS_CODE,
    RUNS_CODE,
    exchanged,
    expanded,
    free_names,
    skip_options,
)
from nb2pipe.rules.placing import source_lines

_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)|(?:In \[\d+\]|\s*\.{3,}): ?")
_ASSIGNED = re.compile(
    r"(?P<target>(?:[^=#'\"\[(!<>%]|\[[^\]]*\]|\([^)]*\))*[^=#'\"\[(!<>%+\-*/&|^@~:])=\s*(?P<sign>[%!])(?=[^=\s])"
)
_NAMED = re.compile(r"%{1,2}(?P<name>[^\s?]*)\s*(?P<body>.*)", re.DOTALL)
_ASKED = re.compile(r"(?P<what>(?:%{0,2}(?!\d)[\w*]+)(?:\.\w+|\[[^\]]*\])*)\?{1,2}\s*$")

# one line of the translation: pieces of text with the column they had, ``None`` for what was put in
Pieces = list[tuple[str, int | None]]


class Translation:
    """The lines under way. ``cut`` is how many characters were cut off the front of each (indentation, prompts)."""

    def __init__(self, source: str) -> None:
        typed = source_lines(source)
        self.cut = _cuts(typed)
        self.lines = [line[cut:] for line, cut in zip(typed, self.cut, strict=True)]
        self.pieces: dict[int, Pieces] = {}
        self.magics: list[Magic] = []

    def result(self) -> PythonCode:
        """The translated cell."""
        at = self.cell_magics()
        self.statements(at)
        text: list[str] = []
        shifts: dict[int, list[tuple[int, int]]] = {}
        for number, line in enumerate(self.lines):
            pieces = self.pieces.get(number)
            if pieces is None:
                text.append(line)
                if self.cut[number]:
                    shifts[number + 1] = [(0, self.cut[number])]
                continue
            column = 0
            for piece, typed in pieces:
                if typed is not None:
                    shifts.setdefault(number + 1, []).append((column, typed + self.cut[number] - column))
                column += len(piece)
            text.append("".join(piece for piece, _ in pieces))
        return PythonCode("\n".join(text), tuple(self.magics), shifts)

    # ------------------------------------------------------------ cell magics

    def cell_magics(self) -> int:
        """Translates the cell magics at the top; returns the index of the first line that is left to read."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.strip():
                at += 1
                continue
            named = _NAMED.fullmatch(line) if line.startswith("%%") else None
            if named is None or line.rstrip().endswith("?"):
                return at
            name, body = named["name"], named["body"]
            rest = "\n".join(self.lines[at + 1 :])
            transparent = name in RUNS_CODE or name in REPEATS_CODE
            self.magics.append(
                Magic(at + 1, "cell", name, body if transparent else f"{body}\n{rest}".strip(), transparent)
            )
            if name not in RUNS_CODE:
                self.whole_cell(at, name, named.start("body"), rest)
                return len(self.lines)
            output = re.search(r"(?:^|\s)([A-Za-z_]\w*)\s*$", body) if name == "capture" else None
            if output is None:
                self.pieces[at] = []
            else:
                self.pieces[at] = [
                    (output[1], named.start("body") + output.start(1)),
                    (" = __nb2pipe_capture__()", None),
                ]
            at += 1
        return at

    def whole_cell(self, at: int, name: str, column: int, rest: str) -> None:
        """A cell magic whose body is not ours to read as statements."""
        if name in REPEATS_CODE:
            self.read_names(at, name, column, last=len(self.lines) - 1)
            return
        line = self.lines[at]
        bound, read = exchanged(name, line[column:], rest)
        target = " = ".join(bound)
        call = "__nb2pipe_magic__" if name in NEUTRAL else "__nb2pipe_opaque__"
        arguments = [(n, line.index(n, column)) for n in read]
        self.pieces[at] = [*([(f"{target} = ", None)] if target else []), *_call(call, name, arguments)]
        for number in range(at + 1, len(self.lines)):
            self.pieces[number] = []

    def read_names(self, at: int, name: str, column: int, last: int, before: Pieces | None = None) -> None:
        """``%timeit`` and the like: the names that the code reads become arguments of a call on their line."""
        line = self.lines[at]
        start = skip_options(line, column, REPEATS_CODE[name])
        function = re.search(r"-f\s+([A-Za-z_]\w*)", line[column:start])
        found: dict[int, list[tuple[str, int]]] = {at: []}
        if function is not None:
            found[at].append((function[1], column + function.start(1)))
        # the first line's code is the set-up, or all there is; blanks in front keep the columns
        first = line[start:]
        body = "\n".join(self.lines[at + 1 : last + 1])
        code = first + "\n" + body
        for variable, number, place in free_names(code):
            found.setdefault(at + number - 1, []).append((variable, place + (start if number == 1 else 0)))
        for number in range(at, last + 1):
            names = found.get(number)
            front = before if before is not None and number == at else []
            self.pieces[number] = [] if names is None else [*front, *_call("__nb2pipe_timeit__", None, names)]

    # ------------------------------------------------------------ statements

    def statements(self, at: int) -> None:
        """Translates the magics among the statements from line ``at`` on."""
        self.automagic(at)
        scanner = LineScanner()
        while at < len(self.lines):
            line = self.lines[at]
            end = self.translate(at, 0) if scanner.at_start and at not in self.pieces else at
            if end == at and at in self.pieces:
                line = "".join(piece for piece, _ in self.pieces[at])
            if end == at:
                scanner.feed(line)
            at = end + 1

    def automagic(self, at: int) -> None:
        """``pip install x`` alone in a cell: IPython knows it for a magic if the cell is one line."""
        filled = [n for n in range(at, len(self.lines)) if self.lines[n].strip()]
        if len(filled) != 1:
            return
        line = self.lines[filled[0]]
        word, _, rest = line.strip().partition(" ")
        listed = word in ALONE and not rest
        if not listed and (word not in AUTOMAGIC or not rest or _parses(line.strip())):
            return
        self.magics.append(Magic(filled[0] + 1, "line", word, rest.strip(), transparent=False))
        if word in RUNS_CODE or word in REPEATS_CODE:
            self.magics.pop()
            self.line_magic(filled[0], word, line.index(word) + len(word), line.index(word))
        else:
            self.pieces[filled[0]] = _call("__nb2pipe_run__" if word in DYNAMIC else "__nb2pipe_magic__", word, [])

    def translate(self, at: int, column: int) -> int:  # noqa: PLR0911
        """Translates the line if its statement, from ``column`` on, is a magic; returns the last line that it takes."""
        line = self.lines[at]
        rest = line[column:]
        start = column + len(rest) - len(rest.lstrip())
        sign = line[start : start + 1]
        if (sign == "?" or line.rstrip().endswith("?")) and self.help(at, start):
            return at
        if sign == "%" and line[start + 1 : start + 2].strip():
            named = _NAMED.match(line, start)
            assert named is not None
            return self.line_magic(at, named["name"], named.end("name"), start)
        if sign == "!":
            return self.command(at, [(line[:start] if column == 0 else "", 0)], start + 1, "shell", "__nb2pipe_shell__")
        if sign and sign in ",;/" and line[start + 1 : start + 2].strip():
            return self.autocall(at, start)
        assigned = _ASSIGNED.match(line, start)
        if assigned is not None:
            target: Pieces = [(line[:start] if column == 0 else "", 0), (assigned["target"].rstrip() + " = ", start)]
            if assigned["sign"] == "!":
                return self.command(at, target, assigned.end(), "shell", "__nb2pipe_shell__")
            named = _NAMED.match(line, assigned.end() - 1)
            assert named is not None
            if named["name"].isidentifier():
                return self.line_magic(at, named["name"], named.end("name"), start, target)
        return at

    def line_magic(self, at: int, name: str, end: int, start: int, target: Pieces | None = None) -> int:
        """``%name ...``, where the arguments begin at column ``end``; its value may go to a ``target``."""
        line = self.lines[at]
        before = target or [(line[:start] if not line[:start].strip() else "", 0)]
        if name in RUNS_CODE:
            code = skip_options(line, end, RUNS_CODE[name])
            self.magics.append(Magic(at + 1, "line", name, line[code:], transparent=True))
            last = self.translate(at, code)
            if at not in self.pieces:
                nothing = "None" if target else "pass"
                self.pieces[at] = [(line[code:], code) if line[code:].strip() else (nothing, None)]
            self.pieces[at] = [*before, *self.pieces[at]]
            return last
        self.magics.append(Magic(at + 1, "line", name, line[end:].strip(), transparent=name in REPEATS_CODE))
        if name in REPEATS_CODE:
            last = self.continued(at)
            self.read_names(at, name, end, last, before)
            return last
        if name == "pylab":
            self.pieces[at] = [*before, (_PYLAB, None)]
            return at
        deleted = re.search(r"[^\W\d]\w*\s*$", line[end:]) if name == "xdel" else None
        if deleted is not None:
            self.pieces[at] = [*before, ("del ", None), (deleted[0].rstrip(), end + deleted.start())]
            return at
        bound, read = exchanged(name, line[end:], "") if name != "store" else _stored(line[end:])
        if bound:
            before = [*before, (" = ".join(bound) + " = ", None)]
        return self.call(at, before, end, _function(name), name, read)

    def command(self, at: int, before: Pieces, column: int, kind: str, function: str) -> int:
        """``!command``: the names that it is filled with become arguments."""
        words = self.lines[at][column:].lstrip("!").split()
        self.magics.append(
            Magic(at + 1, kind, words[0] if words else "", self.lines[at][column:].strip(), transparent=False)
        )
        return self.call(at, before, column, function, None)

    def call(
        self, at: int, before: Pieces, column: int, function: str, name: str | None, read: Sequence[str] = ()
    ) -> int:
        """A call in place of the line from ``column`` on, with the names that IPython fills in."""
        last = self.continued(at)
        line = self.lines[at]
        arguments = [(n, line.index(n, column)) for n in read]
        arguments += [(text, column + place) for text, place in expanded(line[column:])]
        for number in range(at + 1, last + 1):
            arguments += [(text, 0) for text, _ in expanded(self.lines[number])]
            self.pieces[number] = []
        self.pieces[at] = [*before, *_call(function, name, arguments)]
        return last

    def continued(self, at: int) -> int:
        """The last line of a magic whose lines end in backslashes."""
        while self.lines[at].endswith("\\") and at + 1 < len(self.lines):
            at += 1
        return at

    def help(self, at: int, start: int) -> bool:
        """Translates ``?f``, ``f?``, ``f??``; a question mark in a string or a comment asks nothing."""
        line = self.lines[at]
        if line[start : start + 1] == "?":
            what, column = line[start:].strip("? \t"), start + 1
        else:
            scanner = LineScanner()
            scanner.feed(line)
            asked = _ASKED.search(line)
            if not scanner.at_start or scanner.last != "?" or asked is None:
                return False
            what, column = asked["what"], asked.start()
        root = re.match(r"[^\W\d]\w*", what)
        names = [(root[0], line.index(root[0], column - 1 if column else 0))] if root and "*" not in what else []
        self.magics.append(Magic(at + 1, "help", what, line.strip(), transparent=False))
        indent = line[: len(line) - len(line.lstrip())]
        self.pieces[at] = [(indent, 0), *_call("__nb2pipe_help__", None, names)]
        return True

    def autocall(self, at: int, start: int) -> int:
        """``/f a b`` is ``f(a, b)``; ``,f a b`` and ``;f a b`` pass text."""
        line = self.lines[at]
        function, _, rest = line[start + 1 :].partition(" ")
        if not re.fullmatch(r"[^\W\d][\w.]*", function):
            return at
        words = {"/": rest.split(), ",": [repr(word) for word in rest.split()], ";": [repr(rest)]}
        arguments = ", ".join(words[line[start]])
        self.magics.append(Magic(at + 1, "line", line[start], line[start + 1 :], transparent=True))
        self.pieces[at] = [(line[:start], 0), (function, start + 1), (f"({arguments})", None)]
        return at


_PYLAB = (
    "from pylab import *; import numpy, matplotlib; import numpy as np; "
    "from matplotlib import pylab, mlab, pyplot, pyplot as plt"
)


def _call(function: str, name: str | None, arguments: Sequence[tuple[str, int]]) -> Pieces:
    """A call with ``name`` as a text and the arguments, each at the column where the user typed it."""
    pieces: Pieces = [(f"{function}(" + ("" if name is None else f'"{name}"'), None)]
    for number, (text, column) in enumerate(arguments):
        pieces.append(("" if name is None and number == 0 else ", ", None))
        pieces.append((text, column))
    return [*pieces, (")", None)]


def _function(name: str) -> str:
    if name in DYNAMIC:
        return "__nb2pipe_run__"
    return "__nb2pipe_magic__" if name in NEUTRAL or name == "store" else "__nb2pipe_opaque__"


def _stored(line: str) -> tuple[list[str], list[str]]:
    """``%store -r x`` binds, ``%store x`` reads."""
    names = [word for word in line.split() if word.isidentifier()]
    return (names, []) if "-r" in line.split() else ([], names[:1])


def _cuts(lines: Sequence[str]) -> list[int]:
    """How much IPython takes off the front of each line: a pasted session's prompts, or the first line's indent."""
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith((">>>", "In [")):
        base = len(first) - len(first.lstrip())
        found = [_PROMPT.match(line, min(base, len(line))) for line in lines]
        return [match.end() if match else 0 for match in found]
    indent = first[: len(first) - len(first.lstrip())]
    return [len(indent) if indent and line.startswith(indent) else 0 for line in lines]


def _parses(line: str) -> bool:
    try:
        ast.parse(line)
    except (SyntaxError, ValueError):
        return False
    return True
