"""What the observed run left for later comparisons, beside the fingerprints in ``baseline.json``.

It stays in the project's ``.nb2pipe`` folder: large, and only of use on the machine that recorded it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from nb2pipe.model import Part, Pipeline, Recording
from nb2pipe.planning.timeline import Timeline
from nb2pipe.storing import write_bytes

FILE_NAME = "evidence.json"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """``outlines`` and ``makers`` (cell, from 0) go by ``step/name``, ``settings`` by step; ``text`` is the source."""

    outlines: dict[str, tuple[Part, ...]] = {}
    makers: dict[str, int] = {}
    settings: dict[str, dict[str, dict[str, str]]] = {}
    reseeded: tuple[str, ...] = ()
    text: str = ""


def gather(
    pipeline: Pipeline, recording: Recording, timeline: Timeline, text: str, reseeded: frozenset[str]
) -> Evidence:
    """What of a recording is needed to compare a run of the pipeline with it."""
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
        reseeded=tuple(sorted(reseeded)),
        text=text,
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


def _plain(settings: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {component: dict(values) for component, values in settings.items()}
