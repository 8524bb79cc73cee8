"""Edits of tags in notebooks kept as text: propose a change of a line, read the result with jupytext, keep what fits.

jupytext doesn't tell where a cell stands, and each format has its own way to write tags. So that we need not know
them all, each proposal is checked: the cells read back must be the wanted ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nb2pipe.diagnostics import TagEdit
from nb2pipe.notebook.places import text_lines
from nb2pipe.notebook_formats import read_text
from nb2pipe.tags.grammar import as_comment, comment_items


@dataclass(frozen=True, slots=True)
class _CellText:
    kind: str
    tags: tuple[str, ...]
    title: str
    source: str


def apply_to_text(text: str, edits: Sequence[TagEdit], suffix: str) -> str:
    """The text with the edits made, one after the other; raises ValueError if a tag to change isn't there."""
    for edit in edits:
        text = _apply(text, edit, suffix)
    return text


def _apply(text: str, edit: TagEdit, suffix: str) -> str:
    before, lines = _read(text, suffix)
    if not 0 <= edit.cell < len(before):
        raise ValueError(f"there is no cell {edit.cell + 1}")
    cell = before[edit.cell]
    if not edit.old and edit.new in cell.tags:
        return text
    wanted = {_with(before, edit.cell, changed) for changed in _changed(cell, edit)}
    near = lines[edit.cell] or 1
    proposals = _replacing(text, edit, near) if edit.old else _adding(text, edit, near)
    for proposal in proposals:
        try:
            after, _ = _read(proposal, suffix)
        except Exception:  # noqa: S112  whatever jupytext says of a proposal: it isn't the one
            continue
        if after in wanted:
            return proposal
    if edit.old:
        raise ValueError(f"cell {edit.cell + 1} has no tag {edit.old!r}")
    raise ValueError(f"no place found for the tag {edit.new!r} of cell {edit.cell + 1}: write it as a comment")


def _read(text: str, suffix: str) -> tuple[tuple[_CellText, ...], list[int | None]]:
    content = read_text(text, suffix)
    cells = tuple(
        _CellText(
            cell["cell_type"],
            tuple(cell["metadata"].get("tags", ())),
            str(cell["metadata"].get("title", "")),
            cell["source"],
        )
        for cell in content["cells"]
    )
    return cells, [line for line, _ in text_lines(text, content["cells"])]


def _with(cells: tuple[_CellText, ...], index: int, cell: _CellText) -> tuple[_CellText, ...]:
    return (*cells[:index], cell, *cells[index + 1 :])


def _changed(cell: _CellText, edit: TagEdit) -> Iterator[_CellText]:
    """What the cell may look like with the edit made: in its tags, or else its comments, or else its title."""
    if not edit.old:
        assert edit.new is not None
        if not edit.comment:
            yield replace(cell, tags=(*cell.tags, edit.new))
        yield replace(cell, source=f"{as_comment(edit.new)}\n{cell.source}")
    elif edit.old in cell.tags:
        new = () if edit.new is None or edit.new in cell.tags else (edit.new,)
        yield replace(cell, tags=tuple(tag for old in cell.tags for tag in (new if old == edit.old else (old,))))
    elif any(item.raw == edit.old for item in comment_items(cell.source)):
        yield replace(cell, source=_in_comment(cell.source, edit))
    elif edit.old in cell.title:
        title = " ".join(cell.title.replace(edit.old, edit.new or "", 1).split())
        yield replace(cell, title=title)


def _in_comment(source: str, edit: TagEdit) -> str:
    item = next(item for item in comment_items(source) if item.raw == edit.old)
    lines = source.split("\n")
    line = lines[item.line - 1]
    if edit.new is not None:
        lines[item.line - 1] = line[: item.column] + edit.new + line[item.end_column :]
    elif sum(other.line == item.line for other in comment_items(source)) == 1:
        del lines[item.line - 1]
    else:
        shorter = re.sub(rf",\s*{re.escape(edit.old)}(?=\s*(,|$))|{re.escape(edit.old)}\s*,\s*", "", line, count=1)
        lines[item.line - 1] = shorter
    return "\n".join(lines)


# ---------------------------------------------------------------- proposals


def _replacing(text: str, edit: TagEdit, near: int) -> Iterator[str]:
    """Each place where the tag stands, those nearest to the cell's source first."""
    old, new = re.escape(edit.old), edit.new
    if new is not None:
        patterns = [(rf"(?<![\w:-]){old}(?![\w:-])", new), (old, new)]
    patterns_removed = [
        (rf"[ \t]+tags=\[\s*[\"']{old}[\"']\s*\]", ""),
        (rf":tags:[ \t]*\[{old}\]\r?\n", ""),
        (rf",\s*[\"']?{old}[\"']?(?=\s*[,\])\n])", ""),
        (rf"[\"']?{old}[\"']?\s*,\s*", ""),
        (rf"^[ \t]*#\s*\|\s*{old}[ \t]*\r?\n", ""),
        (rf"^[ \t]*-[ \t]+[\"']?{old}[\"']?[ \t]*\r?\n", ""),
        (rf"[\"']{old}[\"']", ""),
        (rf"[ \t]+{old}(?=\s|$)", ""),
    ]
    spans = [
        (abs(text.count("\n", 0, match.start()) + 1 - near), order, match.span(), replacement)
        for order, (pattern, replacement) in enumerate(patterns if new is not None else patterns_removed)
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
    for _, _, (start, end), replacement in sorted(spans):
        yield text[:start] + replacement + text[end:]


def _adding(text: str, edit: TagEdit, near: int) -> Iterator[str]:
    """The tag in or beside the line that opens the cell, or as a comment in front of its source."""
    tag = str(edit.new)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    lowest = near if edit.comment else max(near - 12, -1)
    for number in range(min(near, len(starts)) - 1, lowest, -1):
        start = starts[number]
        line = text[start:].split("\n", 1)[0].rstrip("\r")
        for longer in _headers(line, tag, end_of_line):
            yield text[:start] + longer + text[start + len(line) :]
    start = starts[min(near, len(starts)) - 1]
    indent = re.match(r"[ \t]*", text[start:])
    yield f"{text[:start]}{indent[0] if indent else ''}{as_comment(tag)}{end_of_line}{text[start:]}"


def _headers(line: str, tag: str, end_of_line: str) -> Iterator[str]:
    if (listed := re.search(r"(tags=(?:c\()?\[?|\"tags\": \[|:tags: \[)", line)) is not None and re.search(
        r"[\])]", line
    ):
        close = re.search(r"[\])]", line[listed.end() :])
        assert close is not None
        at = listed.end() + close.start()
        inside = line[listed.end() : at].strip()
        quoted = tag if line.startswith(":tags:") else f'"{tag}"'
        yield line[:at] + (", " if inside else "") + quoted + line[at:]
    if re.match(r"\s*#\s*(%%|\+)", line) or re.match(r"\s*```+\s*\w", line):
        yield f'{line} tags=["{tag}"]'
    if re.match(r"\s*```+\{(?!code)", line):
        yield re.sub(r"\}\s*$", f' tags=c("{tag}")}}', line)
    if re.match(r"\s*```+\{code", line):
        yield f"{line}{end_of_line}:tags: [{tag}]"
