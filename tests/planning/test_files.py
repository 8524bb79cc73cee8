"""Files that steps touch give them an order."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pipe.model import Environment, Recording, SegmentObservation
from nb2pipe.workflow.analysis import analyze
from tests.building import notebook

A, B, C = "step:a", "step:b", "step:c"
HERE = Environment(python="3", implementation="CPython", platform="here")


def planned(
    folder: Path, *parts: tuple[str, str, tuple[str, ...], tuple[str, ...]], **more: dict[int, tuple[str, ...]]
):
    """Plan a notebook; each cell with its tag, source, and the files that it reads and writes in the observed run.

    ``more``: makes, lists or removes, by cell.
    """
    analysis = analyze(notebook(folder, *((tag, source) for tag, source, _, _ in parts)))
    segments = analysis.plan().timeline.segments
    touched = {cell: (reads, writes) for cell, (_, _, reads, writes) in enumerate(parts)}
    observed = tuple(
        SegmentObservation(
            segment=segment,
            reads=tuple(path for cell in segment.cells for path in touched[cell][0]),
            writes=tuple(path for cell in segment.cells for path in touched[cell][1]),
            **{kind: tuple(p for cell in segment.cells for p in by.get(cell, ())) for kind, by in more.items()},
        )
        for segment in segments
    )
    return analysis.plan(Recording(segments=observed, values=(), metrics=(), environment=HERE, seconds=0.0))


@pytest.mark.parametrize(
    ("parts", "after"),
    [
        ([(A, "1", (), ("f",)), (B, "2", ("f",), ())], {"b": ("a",)}),  # reads what was written
        ([(A, "1", ("f",), ()), (B, "2", (), ("f",))], {"b": ("a",)}),  # overwrites what was read
        ([(A, "1", (), ("f",)), (B, "2", (), ("f",))], {"b": ("a",)}),  # overwrites what was written
        ([(A, "1", ("f",), ()), (B, "2", ("f",), ())], {}),  # both only read
        ([(A, "1", (), ("f",)), (B, "2", (), ("g",)), (C, "3", ("f", "g"), ())], {"c": ("a", "b")}),
        ([(A, "x = 1", (), ("f",)), (B, "x + 1", ("f",), ())], {}),  # a variable gives the order already
        ([(A, "x = 1", (), ("f",)), (B, "y = x", (), ()), (C, "y", ("f",), ())], {}),  # and so through a third
    ],
)
def test_order(tmp_path: Path, parts, after) -> None:
    """A step comes after those that touch the same file, if one of them writes it; once is enough."""
    plan = planned(tmp_path, *parts)
    assert {step.name: step.after for step in plan.pipeline.steps if step.after} == after
    assert plan.diagnostics == ()


NOTHING: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("parts", "more", "after"),
    [
        ([(A, "1", NOTHING, NOTHING), (B, "2", NOTHING, ("d/f",))], {"makes": {0: ("d",)}}, {"b": ("a",)}),
        ([(A, "1", NOTHING, ("d/e/f",)), (B, "2", NOTHING, NOTHING)], {"lists": {1: ("d",)}}, {"b": ("a",)}),
        ([(A, "1", NOTHING, NOTHING), (B, "2", NOTHING, ("f",))], {"lists": {0: (".",)}}, {"b": ("a",)}),
        ([(A, "1", NOTHING, ("f",)), (B, "2", NOTHING, NOTHING)], {"removes": {1: ("f",)}}, {"b": ("a",)}),
        ([(A, "1", ("d/f",), NOTHING), (B, "2", NOTHING, NOTHING)], {"removes": {1: ("d",)}}, {"b": ("a",)}),
        ([(A, "1", NOTHING, NOTHING), (B, "2", NOTHING, ("f",))], {"removes": {0: ("f",)}}, {"b": ("a",)}),
        ([(A, "1", NOTHING, ("d/f",)), (B, "2", NOTHING, NOTHING)], {"lists": {1: ("other",)}}, {}),
    ],
)
def test_order_by_folders(tmp_path: Path, parts, more, after) -> None:
    """Who makes a folder comes before who writes there; who lists one after those that wrote, before those that write more."""
    plan = planned(tmp_path, *parts, **more)
    assert {step.name: step.after for step in plan.pipeline.steps if step.after} == after


def test_a_file_of_a_skipped_cell_is_refused(tmp_path: Path) -> None:
    """The pipeline would read what an earlier run left."""
    plan = planned(tmp_path, (A, "1", (), ()), ("skip", "2", (), ("f.csv",)), (B, "3", ("f.csv",), ()))
    (found,) = plan.diagnostics
    assert (found.code, found.cell) == ("NB205", 2)
    assert "step 'b' reads the file 'f.csv', which the skipped cell 2 writes" in found.message


def test_a_file_written_anew_by_a_step_is_fine(tmp_path: Path) -> None:
    """Whoever wrote it last counts."""
    parts = [(A, "1", (), ()), ("skip", "2", (), ("f",)), (B, "3", (), ("f",)), (C, "4", ("f",), ())]
    assert planned(tmp_path, *parts).diagnostics == ()
