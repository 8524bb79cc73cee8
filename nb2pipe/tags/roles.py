"""From tags and comments to the role of each code cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Cell, CellKind, CellRole, MetricTag, Notebook, Role
from nb2pipe.rules import (
    nb101_unknown_tag,
    nb102_invalid_name,
    nb104_unreadable_tags,
    nb105_filter_drops_tags,
    nb106_tag_and_comment_differ,
    nb107_spelling,
    nb108_conflicting_roles,
    nb109_unreadable_value,
    nb111_tag_without_effect,
    nb112_several_parameters_cells,
    nb114_written_by_papermill,
)
from nb2pipe.tags import grammar
from nb2pipe.tags.grammar import Slip, Word
from nb2pipe.tags.step_names import StepMention, check_names

INJECTED = "injected-parameters"  # papermill's tag for the cell that it adds
METRICS_STEP = "metrics"  # the step of a ``metrics`` cell that none precedes

_SETUP = {"parameters": Role.PARAMETERS, "imports": Role.IMPORTS, "functions": Role.FUNCTIONS, "skip": Role.SKIP}


def read_roles(notebook: Notebook) -> tuple[tuple[CellRole, ...], tuple[Diagnostic, ...]]:
    """One role per code cell, in order, and what is wrong with the tags.

    Roles are as good as they can be where tags are wrong, so that the analysis can go on and find more.
    """
    reader = _Reader(notebook)
    for cell in notebook.cells:
        reader.read(cell)
    reader.found += check_names(notebook, reader.mentions)
    reader.found += _dropped_tags(notebook)
    order = {cell.index: n for n, cell in enumerate(notebook.cells)}
    return tuple(reader.roles), tuple(sorted(reader.found, key=lambda d: (order.get(d.cell or 0, 0), d.code)))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word on a cell: as typed, and the line of the source if it stands in a comment."""

    word: Word
    raw: str
    line: int | None

    @property
    def said(self) -> str:
        return self.word.usual


@dataclass(slots=True)
class _Reader:
    """Goes through the cells in order, with the step in force."""

    notebook: Notebook
    roles: list[CellRole] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    mentions: list[StepMention] = field(default_factory=list)
    in_force: str | None = None
    parameters_cell: int | None = None

    def read(self, cell: Cell) -> None:
        self._form(cell)
        marks = [mark for mark in self._marks(cell) if self._usable(cell, mark)]
        if cell.kind is not CellKind.CODE:
            for mark in marks:
                if mark.word.key != "skip":
                    self.found.append(nb111_tag_without_effect.diagnostic(self.notebook, cell.index, mark.raw))
            return
        if INJECTED in cell.tags:
            self.found.append(nb114_written_by_papermill.diagnostic(self.notebook, cell.index))
        claim = self._claim(cell, marks)
        self.roles.append(self._role(cell, claim, marks))

    # ------------------------------------------------------------ words

    def _form(self, cell: Cell) -> None:
        """Tags in a form that cannot be read (NB104)."""
        encoded = cell.metadata.get("incorrectly_encoded_metadata")
        if isinstance(encoded, str) and "tags" in encoded:
            self.found.append(nb104_unreadable_tags.diagnostic(self.notebook, cell.index, encoded))
        tags = cell.metadata.get("tags", [])
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            self.found.append(nb104_unreadable_tags.diagnostic(self.notebook, cell.index, f"tags={tags!r}"))

    def _marks(self, cell: Cell) -> Iterator[_Mark]:
        for tag in dict.fromkeys(cell.tags):
            texts = grammar.split_tag(tag)
            words = [grammar.parse(text) for text in texts]
            known = [word for word in words if isinstance(word, Word)]
            if known and len(known) == len(words):
                usual = tuple(word.usual for word in known)
                if usual != (tag,):
                    self.found.append(nb107_spelling.diagnostic(self.notebook, cell.index, tag, usual))
                yield from (_Mark(word, tag, None) for word in known)
            else:
                for word, text in zip(words, texts, strict=True):
                    yield from self._mark(cell, word, text if len(texts) > 1 else tag, None)
        yield from self._title(cell)
        if cell.kind is CellKind.CODE and "|" in cell.source:
            for item in grammar.comment_items(cell.source):
                word = grammar.parse(item.text)
                if isinstance(word, Word) and item.text is item.raw and not _usual_in_comment(item.raw, word):
                    usual = (_as_comment(word.usual),)
                    self.found.append(nb107_spelling.diagnostic(self.notebook, cell.index, item.raw, usual, item.line))
                yield from self._mark(cell, word, item.raw, item.line)

    def _mark(self, cell: Cell, word: Word | Slip | None, raw: str, line: int | None) -> Iterator[_Mark]:
        if isinstance(word, Word):
            yield _Mark(word, raw, line)
        elif isinstance(word, Slip):
            suggestion = word.suggestion if line is None else _as_comment(word.suggestion)
            self.found.append(nb101_unknown_tag.diagnostic(self.notebook, cell.index, raw, suggestion, line))
            meant = grammar.parse(word.suggestion)
            if isinstance(meant, Word):
                yield _Mark(meant, raw, line)

    def _title(self, cell: Cell) -> Iterator[_Mark]:
        """``# %% step:load``, what people type first, is a title to jupytext; it must be of exactly our grammar."""
        title = cell.metadata.get("title")
        if self.notebook.text_format == "ipynb" or not isinstance(title, str):
            return
        texts = [text for part in title.split(",") for text in part.split()]
        words = [grammar.parse(text) for text in texts]
        if all(
            isinstance(word, Word) and (word.value or word.usual == text)
            for word, text in zip(words, texts, strict=True)
        ):
            yield from (
                _Mark(word, text, None) for word, text in zip(words, texts, strict=True) if isinstance(word, Word)
            )

    def _usable(self, cell: Cell, mark: _Mark) -> bool:
        """Whether the word's value can be read; reports if not. A step whose name can be put right stays usable."""
        word, raw, line = mark.word, mark.raw, mark.line
        if word.key in ("step", "after"):
            problem = grammar.step_name_problem(word.value)
            if problem is None:
                return True
            why, name = problem
            suggestion = None if name is None else word.usual.replace(word.value, name)
            if suggestion is not None and line is not None:
                suggestion = _as_comment(suggestion)
            self.found.append(nb102_invalid_name.diagnostic(self.notebook, cell.index, raw, why, suggestion, line))
            return name is not None
        if word.key in ("in", "out") and not word.value.isidentifier():
            why = f"{word.value!r} is no variable" if word.value else "the name is missing"
            self.found.append(nb102_invalid_name.diagnostic(self.notebook, cell.index, raw, why, None, line))
            return False
        if word.key in ("metric", "cache"):
            value = grammar.metric(word.value) if word.key == "metric" else grammar.cache(word.value)
            if isinstance(value, str):
                self.found.append(nb109_unreadable_value.diagnostic(self.notebook, cell.index, raw, value, line))
                return False
        return True

    # ------------------------------------------------------------ roles

    def _claim(self, cell: Cell, marks: Sequence[_Mark]) -> _Mark | None:
        """The mark that gives the cell its role; reports (NB106, NB108) if several differ."""
        claims = [mark for mark in marks if mark.word.key in _SETUP or mark.word.key == "step"]
        execution = next((mark for mark in claims if mark.word.usual == "skip-execution"), None)
        if execution is not None:
            return execution  # Jupyter's own word, beside which any of ours may stand
        if not claims:
            return None
        first = claims[0]
        other = next((mark for mark in claims if _meaning(mark) != _meaning(first)), None)
        if other is not None:
            if first.line is None and other.line is not None:
                report = nb106_tag_and_comment_differ.diagnostic(
                    self.notebook, cell.index, first.said, other.raw, other.line
                )
            else:
                report = nb108_conflicting_roles.diagnostic(
                    self.notebook,
                    cell.index,
                    (first.raw, other.raw),
                    "a cell has one role",
                    "keep one of them; to make two steps of one cell, split the cell",
                    first.line,
                )
            self.found.append(report)
        return first

    def _role(self, cell: Cell, claim: _Mark | None, marks: Sequence[_Mark]) -> CellRole:
        metrics = any(mark.word.key == "metrics" for mark in marks)
        role, step = self._step(claim, metrics)
        if claim is not None and claim.word.key == "parameters":
            if self.parameters_cell is not None:
                self.found.append(
                    nb112_several_parameters_cells.diagnostic(self.notebook, cell.index, self.parameters_cell)
                )
            else:
                self.parameters_cell = cell.index
        if role is not Role.STEP:
            self._misplaced(cell, claim, marks)
        if claim is not None and step is not None:
            self.mentions.append(StepMention(cell.index, step, claim.raw, claim.line, begins=True))
        elif metrics and step is not None:
            self.mentions.append(StepMention(cell.index, step, "", None, begins=True))
        after = [(mark, _name(mark.word)) for mark in marks if mark.word.key == "after"]
        for mark, name in after:
            self.mentions.append(StepMention(cell.index, name, mark.raw, mark.line, begins=False, of=step))
        return CellRole(
            cell=cell.index,
            role=role,
            step=step,
            tagged=claim is not None and step is not None,
            metrics=metrics and role is Role.STEP,
            metric_tags=self._metric_tags(cell, marks) if role is not Role.SKIP else (),
            inputs=_values(marks, "in") if role is Role.STEP else (),
            outputs=_values(marks, "out") if role is Role.STEP else (),
            after=tuple(dict.fromkeys(name for _, name in after)) if role is Role.STEP else (),
            cache=all(grammar.cache(mark.word.value) is True for mark in marks if mark.word.key == "cache"),
            may_raise="raises-exception" in cell.tags,
        )

    def _step(self, claim: _Mark | None, metrics: bool) -> tuple[Role, str | None]:
        """The role, and the step, which then is in force. Setup and skipped cells don't end the step in force."""
        if claim is not None and claim.word.key != "step":
            return _SETUP[claim.word.key], None
        if claim is not None:
            self.in_force = _name(claim.word)
        elif metrics and self.in_force is None:
            self.in_force = METRICS_STEP
        return (Role.HEAD, None) if self.in_force is None else (Role.STEP, self.in_force)

    def _misplaced(self, cell: Cell, claim: _Mark | None, marks: Sequence[_Mark]) -> None:
        """Words that belong to steps, on a cell that is part of none."""
        if claim is not None and claim.word.usual == "skip-execution":
            return
        stray = next((mark for mark in marks if mark.word.key in ("in", "out", "after", "metrics")), None)
        if stray is None:
            return
        beside = (stray.raw,) if claim is None else (claim.raw, stray.raw)
        why = "it belongs to steps, and the cell is part of none"
        remedy = f"remove {stray.raw!r}, or move it to a cell of a step"
        self.found.append(
            nb108_conflicting_roles.diagnostic(self.notebook, cell.index, beside, why, remedy, stray.line)
        )

    def _metric_tags(self, cell: Cell, marks: Sequence[_Mark]) -> tuple[MetricTag, ...]:
        tags: dict[str, tuple[MetricTag, _Mark]] = {}
        for mark in marks:
            tag = grammar.metric(mark.word.value) if mark.word.key == "metric" else ""
            if isinstance(tag, str):
                continue
            known = tags.setdefault(tag.name, (tag, mark))
            if known[0] != tag and known[1].line is None and mark.line is not None:
                self.found.append(
                    nb106_tag_and_comment_differ.diagnostic(
                        self.notebook, cell.index, known[1].said, mark.raw, mark.line
                    )
                )
            elif known[0] != tag:
                why = "a metric has one tolerance"
                pair = (known[1].raw, mark.raw)
                self.found.append(
                    nb108_conflicting_roles.diagnostic(
                        self.notebook, cell.index, pair, why, "keep one of them", known[1].line
                    )
                )
        return tuple(tag for tag, _ in tags.values())


def _name(word: Word) -> str:
    """The step that a word names, as it should be spelled."""
    problem = grammar.step_name_problem(word.value)
    return word.value if problem is None or problem[1] is None else problem[1]


def _meaning(mark: _Mark) -> tuple[str, str]:
    return mark.word.key, _name(mark.word) if mark.word.key == "step" else ""


def _values(marks: Sequence[_Mark], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.word.value for mark in marks if mark.word.key == key))


def _as_comment(tag: str) -> str:
    """``step:train`` as it is written in a comment."""
    return re.sub(r"^([^:]+):", r"\1: ", tag)


def _usual_in_comment(raw: str, word: Word) -> bool:
    return raw in (word.usual, _as_comment(word.usual))


def _dropped_tags(notebook: Notebook) -> list[Diagnostic]:
    """jupytext's filter drops tags, and there are some (NB105)."""
    jupytext = notebook.metadata.get("jupytext")
    chosen = jupytext.get("cell_metadata_filter") if isinstance(jupytext, dict) else None
    if not isinstance(chosen, str):
        return []
    words = [word.strip() for word in chosen.split(",")]
    drops = "-tags" in words or ("-all" in words and "tags" not in words)
    tagged = any(isinstance(grammar.parse(tag), Word) for cell in notebook.cells for tag in cell.tags)
    return [nb105_filter_drops_tags.diagnostic(notebook, chosen)] if drops and tagged else []
