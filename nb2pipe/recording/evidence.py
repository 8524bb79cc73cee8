"""What the observed run left for later comparisons, beside the fingerprints in ``baseline.json``.

It stays in the project's ``.nb2pipe`` folder: large, and only of use on the machine that recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from nb2pipe.model import BindingKind, Notebook, Part, Pipeline, Recording, Step
from nb2pipe.planning import Plan
from nb2pipe.planning.timeline import Timeline
from nb2pipe.recording.remembering import memos_of
from nb2pipe.storing import write_bytes

FILE_NAME = "evidence.json"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """``outlines`` and ``makers`` (cell, from 0) go by ``step/name``, ``settings`` by step; ``text`` is the source.

    ``memos`` are the memories of functions that do not count, ``relevant`` the libraries whose settings count in a step.
    ``definitions``: step -> fingerprints of the functions and classes that it defines again, as they were when it began.
    """

    outlines: dict[str, tuple[Part, ...]] = {}
    makers: dict[str, int] = {}
    settings: dict[str, dict[str, dict[str, str]]] = {}
    definitions: dict[str, dict[str, str]] = {}
    reseeded: tuple[str, ...] = ()
    memos: tuple[tuple[str, str], ...] = ()
    relevant: dict[str, tuple[str, ...]] = {}
    text: str = ""


def gather(notebook: Notebook, pipeline: Pipeline, recording: Recording, plan: Plan) -> Evidence:
    """What of a recording is needed to compare a run of the pipeline with it."""
    timeline = plan.timeline
    crossing = {(item.step, name) for step in pipeline.steps for item in step.outputs for name in item.names}
    return Evidence(
        outlines={
            f"{value.step}/{value.name}": value.outline
            for value in recording.values
            if value.outline and (value.step, value.name) in crossing
        },
        makers={
            f"{step}/{name}": cell for step, name in crossing if (cell := _maker(timeline, step, name)) is not None
        },
        settings={item.segment.step: _plain(item.settings) for item in recording.segments if item.segment.step},
        definitions={step.name: _definitions(step, timeline, recording) for step in pipeline.steps},
        reseeded=tuple(sorted(plan.reseeded)),
        memos=memos_of(notebook),
        relevant={step: tuple(sorted(modules)) for step, modules in plan.relevant.items()},
        text="\n".join(cell.source for cell in notebook.cells),
    )


def save(evidence: Evidence, folder: Path) -> None:
    """Write it to the folder; raises OSError."""
    write_bytes(folder / FILE_NAME, msgspec.json.encode(evidence))


def load(folder: Path) -> Evidence:
    """What was saved; nothing known if it is not there or unreadable, as in a fresh clone."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Evidence)
    except (OSError, msgspec.MsgspecError):
        return Evidence()


def _maker(timeline: Timeline, step: str, name: str) -> int | None:
    """The last cell of the step that makes or changes the name."""
    own = [event for event in timeline.events.get(name, ()) if event.step == step]
    return timeline.placed[own[-1].position].statement.cell if own else None


def _definitions(step: Step, timeline: Timeline, recording: Recording) -> dict[str, str]:
    """What the functions and classes that the step replays were at the border before it."""
    number = next(at for at, segment in enumerate(timeline.segments) if segment.step == step.name)
    before = recording.segments[number - 1].definitions if 0 < number <= len(recording.segments) else {}
    start = timeline.start(step.name)
    replayed: set[str] = set()
    later: set[str] = set()  # defined in the midst of the step, by a cell that is none of its own
    for item in timeline.placed:
        place = item.statement
        if any(one.cell == place.cell and one.line <= place.line <= one.end_line for one in step.setup):
            names = {one.name for one in place.bindings if one.kind in (BindingKind.FUNCTION, BindingKind.CLASS)}
            (replayed if item.position < start else later).update(names)
    replayed -= later
    return {name: mark for name, mark in before.items() if name in replayed and mark is not None}


def _plain(settings: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {component: dict(values) for component, values in settings.items()}
