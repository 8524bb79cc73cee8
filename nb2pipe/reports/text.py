"""Diagnostics for people: the finding, its place, the source line with a caret, and what to do.

::

    error[NB201]: step 'evaluate' reads 'threshold', which no earlier step defines
      --> churn.ipynb, cell 9, line 2
      2 | pred = model.predict_proba(X_test)[:, 1] > threshold
        |                                            ^^^^^^^^^
      = cell 12 (step 'tune') defines it, but comes later: move it up, or tag cell 9 with after:tune
      = or it is a parameter: add it to the 'parameters' cell            more: nb2pipe explain NB201
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.reports.look import Look, clean, columns, cut, wrap
from nb2pipe.rules import figures

LINES = 12
MORE_LINES = {"NB401": 16}  # all kinds of causes, then the command and what to do
HEAD_LINES = 3
COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}


def diagnostics(found: Iterable[Diagnostic], look: Look) -> list[str]:
    """All findings, an empty line between them."""
    lines: list[str] = []
    for diagnostic in found:
        if lines:
            lines.append("")
        lines += render(diagnostic, look)
    return lines


def render(diagnostic: Diagnostic, look: Look) -> list[str]:
    """One finding in at most :data:`LINES` lines (:data:`MORE_LINES` for some)."""
    most = MORE_LINES.get(diagnostic.code, LINES)
    lines = _head(diagnostic, look)
    if diagnostic.notebook is not None:
        lines.append(f"  {look.paint('-->', 'blue')} {look.plain(cut(place(diagnostic), look.width - 6))}")
    lines += _source(diagnostic, look)
    return lines + _notes(diagnostic, look, most - len(lines), widest=max(map(_visible, lines)))


def place(diagnostic: Diagnostic) -> str:
    """``churn.ipynb, cell 9, line 2``."""
    where = [clean(diagnostic.notebook or "")]
    if diagnostic.cell is not None:
        about_tags = diagnostic.line is None and diagnostic.code.startswith("NB1")
        where.append(f"cell {diagnostic.cell + 1}" + (" (tags)" if about_tags else ""))
    if diagnostic.line is not None:
        where.append(f"line {diagnostic.line}")
    return ", ".join(part for part in where if part)


def summary(found: Sequence[Diagnostic], look: Look, *, files: int) -> str:
    """The last line of ``lint``: how many findings of which kind, and how many can be fixed."""
    of_files = figures.count(files, "notebook")
    if not found:
        return look.paint(f"no problems in {of_files}", "green")
    kinds = []
    for severity in Severity:
        several = sum(1 for d in found if d.severity is severity)
        if several:
            kinds.append(look.paint(figures.count(several, severity.value), COLORS[severity]))
    fixable = sum(1 for d in found if d.fix)
    tip = f", {fixable} fixable with --fix" if fixable else ""
    return f"{', '.join(kinds)} in {of_files}{tip}"


def _head(diagnostic: Diagnostic, look: Look) -> list[str]:
    label = f"{diagnostic.severity.value}[{diagnostic.code}]:" if diagnostic.code else f"{diagnostic.severity.value}:"
    # The label takes part in the wrapping, then gets its colour.
    whole = look.plain(f"{label} {clean(diagnostic.message)}")
    wrapped = [whole] if columns(whole) <= look.width else wrap(whole, look.width - 4)
    if wrapped[0] == label:  # not alone on its line
        head, *rest = wrap(whole.removeprefix(f"{label} "), look.width - 5 - columns(label))
        wrapped = [f"{label} {head}", *rest]
    if len(wrapped) > HEAD_LINES:
        wrapped = [*wrapped[: HEAD_LINES - 1], look.plain(cut(" ".join(wrapped[HEAD_LINES - 1 :]), look.width - 4))]
    first = wrapped[0].removeprefix(label)
    head = look.paint(label, COLORS[diagnostic.severity], "bold") + look.paint(first, "bold")
    return [head, *(f"    {look.paint(line, 'bold')}" for line in wrapped[1:])]


def _source(diagnostic: Diagnostic, look: Look) -> list[str]:
    """The source line and, if the column is known, a line of carets below it."""
    if diagnostic.source is None or diagnostic.line is None:
        return []
    source = diagnostic.source.rstrip()
    gutter = f"  {diagnostic.line} "
    bar = look.paint("|", "blue")
    room = look.width - len(gutter) - 2
    if diagnostic.column is None:
        return [f"{gutter}{bar} {look.plain(cut(clean(source), room))}"]
    begin, end = _span(diagnostic, source)
    text, begin, end = _window(clean(source), begin, end, room)
    carets = " " * begin + look.paint("^" * max(1, end - begin), COLORS[diagnostic.severity], "bold")
    return [f"{gutter}{bar} {look.plain(text)}", f"{' ' * len(gutter)}{bar} {carets}"]


def _span(diagnostic: Diagnostic, source: str) -> tuple[int, int]:
    """The columns on the screen, tabs expanded; a span that goes on in the next line ends with this one."""
    column = min(diagnostic.column or 0, len(source))
    end = diagnostic.end_column
    if end is None:
        end = column + 1
    elif end <= column:
        end = len(source)
    return columns(clean(source[:column])), columns(clean(source[:end]))


def _window(text: str, begin: int, end: int, room: int) -> tuple[str, int, int]:
    """The part of a long line around the caret, and where the caret is in it."""
    if columns(text) <= room:
        return text, begin, end
    before = max(room // 3, room - (end - begin) - 8) if end - begin < room else 4
    skip = max(0, begin - before)
    skip = min(skip, max(0, columns(text) - room))
    dropped = 0
    while text and dropped < skip + (1 if skip else 0):  # one more for the ellipsis that takes its place
        dropped += columns(text[0])
        text = text[1:]
    if skip:
        text = "…" + text
        begin, end = begin - dropped + 1, end - dropped + 1
    return cut(text, room), begin, min(end, room)


def _notes(diagnostic: Diagnostic, look: Look, room: int, *, widest: int) -> list[str]:
    """The notes, then the commands that say more: behind the last note if there is room, else below."""
    tips = []
    if diagnostic.fix and diagnostic.notebook and not any("lint --fix" in note for note in diagnostic.notes):
        tips.append(f"fix: nb2pipe lint --fix {shlex.quote(clean(diagnostic.notebook))}")
    if diagnostic.code:
        tips.append(f"more: nb2pipe explain {diagnostic.code}")
    tip = "    ".join(tips)
    lines: list[str] = []
    for note in diagnostic.notes:
        first, *rest = wrap(look.plain(clean(note)), look.width - 4)
        lines += [f"  = {first}", *(f"    {line}" for line in rest)]
    widest = min(look.width, max(widest, *map(columns, lines))) if lines else widest
    fits = bool(lines) and len(lines) <= room and columns(lines[-1]) + 3 + columns(tip) <= look.width
    if len(lines) > room - (0 if fits else 1):
        lines = [*lines[: room - 2], f"    {look.plain('…')}"]
    painted = [look.paint("  =", "blue") + line[3:] if line.startswith("  =") else line for line in lines]
    if not tip:
        return painted
    if fits:
        space = max(3, widest - columns(lines[-1]) - columns(tip))
        return [*painted[:-1], painted[-1] + " " * space + look.paint(tip, "dim")]
    return [*painted, *(look.paint("  =", "blue") + " " + look.paint(part, "dim") for part in _tip_lines(tips, look))]


def _tip_lines(tips: list[str], look: Look) -> list[str]:
    joined = "    ".join(tips)
    return [joined] if columns(joined) + 4 <= look.width else [cut(tip, look.width - 4) for tip in tips]


def _visible(line: str) -> int:
    """The width of a line without its colours."""
    while "\x1b[" in line:
        before, _, after = line.partition("\x1b[")
        line = before + after.partition("m")[2]
    return columns(line)
