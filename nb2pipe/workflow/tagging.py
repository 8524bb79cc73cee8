"""Tagging a notebook: the proposal, changes of what is there, and writing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nb2pipe import notebook as notebooks
from nb2pipe import proposing, storing, tag_edits
from nb2pipe.diagnostics import Diagnostic, TagEdit
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Notebook
from nb2pipe.proposing import Gathered, Proposal, Wishes, changes, gather
from nb2pipe.rules import nb306_unknown_step
from nb2pipe.tags import grammar


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Steps renamed (old, new) or joined (first, second)."""

    renames: tuple[tuple[str, str], ...] = ()
    merges: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.renames or self.merges)


NO_WISHES, NO_CHANGE = Wishes(), Change()


def propose(
    path: str | Path, wishes: Wishes = NO_WISHES, change: Change = NO_CHANGE, *, text: str | None = None
) -> Proposal:
    """Propose tags for a notebook (``text``: what its file will hold); nothing is run or written.

    A notebook that has steps already keeps them; with ``change``, only that is changed in it. Raises InvalidInput if the
    file cannot be read as a Python notebook, or if it has no step of a name in ``change``.
    """
    notebook = notebooks.read(Path(path)) if text is None else notebooks.parse(Path(path), text)
    if not change:
        return proposing.propose(notebook, wishes)
    if changes.step_names(notebook):
        return _changed(notebook, notebook, change)
    return _changed(notebook, proposing.propose(notebook, wishes).notebook, change)


def clear(path: str | Path) -> Proposal:
    """The notebook without nb2pipe's tags and comments; foreign tags stay."""
    notebook = notebooks.read(Path(path))
    return proposing.described(notebook, changes.clear(notebook))


def _changed(original: Notebook, notebook: Notebook, change: Change) -> Proposal:
    """The steps of ``notebook`` renamed and joined; the edits lead there from ``original``."""
    edits: list[TagEdit] = [
        TagEdit(cell=cell.index, old="", new=tag)
        for cell, before in zip(notebook.cells, original.cells, strict=True)
        for tag in cell.tags
        if tag not in before.tags
    ]
    for old, new in change.renames:
        problem = grammar.step_name_problem(new)
        if problem is not None:
            raise InvalidInput(Diagnostic(code="NB102", message=f"'{new}' cannot name a step: {problem[0]}"))
        _known(notebook, old)
        edits = _combined(edits, changes.rename(notebook, old, new))
        notebook = proposing.with_edits(notebook, changes.rename(notebook, old, new))
    for first, second in change.merges:
        _known(notebook, first)
        _known(notebook, second)
        made = changes.merge(notebook, first, second)
        edits = _combined(edits, made)
        notebook = proposing.with_edits(notebook, made)
    return proposing.described(original, tuple(edits))


def _known(notebook: Notebook, name: str) -> None:
    names = changes.step_names(notebook)
    if name not in names:
        raise InvalidInput(nb306_unknown_step.diagnostic(name, names))


def _combined(edits: Sequence[TagEdit], more: Sequence[TagEdit]) -> list[TagEdit]:
    """``edits``, then ``more``: a change of a tag that is only proposed changes the proposal."""
    result = list(edits)
    for edit in more:
        earlier = next((e for e in result if e.cell == edit.cell and e.new == edit.old), None)
        if earlier is None:
            result.append(edit)
        elif edit.new is None and not earlier.old:
            result.remove(earlier)
        else:
            result[result.index(earlier)] = replace(earlier, new=edit.new)
    return result


def with_parameters(path: Path) -> tuple[str, Gathered]:
    """The file's text with its constants gathered in a parameters cell. Raises InvalidInput with why not."""
    if path.suffix != ".ipynb":
        raise InvalidInput(_not_gathered(path, "only .ipynb files can be rewritten so far"))
    found = gather(notebooks.read(path))
    if isinstance(found, str):
        raise InvalidInput(_not_gathered(path, found))
    before = path.read_bytes().decode("utf-8")
    new = found.source if found.into is None else None
    after = tag_edits.with_sources(before, found.sources, new=new, tags=["parameters"], before=found.before)
    return after, found


def _not_gathered(path: Path, why: str) -> Diagnostic:
    return Diagnostic(
        code="",
        message=f"no parameters were gathered: {why}",
        notebook=str(path),
        notes=("tag a cell of plain assignments with parameters by hand, or leave --parameters out",),
    )


def text_after(path: Path, edits: Sequence[TagEdit], *, comments: bool = False, text: str | None = None) -> str:
    """The file's text (or ``text``) after the edits; new tags as comments if ``comments``."""
    before = path.read_bytes().decode("utf-8") if text is None else text
    wanted = [replace(edit, comment=True) if comments and not edit.old else edit for edit in edits]
    return tag_edits.apply(before, wanted, suffix=path.suffix, tidy=True)


def write(path: Path, text: str) -> None:
    """Put the text into the file at once; its permissions stay, a link stays a link."""
    target = path.resolve()
    mode = target.stat().st_mode
    storing.write_bytes(target, text.encode("utf-8"))
    target.chmod(mode)
