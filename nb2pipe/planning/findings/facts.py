"""What the findings are made from, and where in the notebook they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nb2pipe.model import CellFlow, CellRole, Notebook, ObservedValue, Pipeline, Place, ProblemKind, SegmentObservation
from nb2pipe.planning.files import SkippedFile
from nb2pipe.planning.randomness import RandomFlow
from nb2pipe.planning.resolve import Needs
from nb2pipe.planning.sharing import Bundle
from nb2pipe.planning.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the findings are made from. ``observed``: a run was watched, so nothing remains to be guessed."""

    notebook: Notebook
    roles: tuple[CellRole, ...]
    flows: Mapping[int, CellFlow]
    timeline: Timeline
    pipeline: Pipeline
    needs: Mapping[str, Needs]
    values: Mapping[tuple[str, str], ObservedValue]
    random: RandomFlow
    cycle: tuple[str, ...]
    observed: bool
    untagged: bool
    bundles: tuple[Bundle, ...] = ()
    segments: tuple[SegmentObservation, ...] = ()
    skipped_files: tuple[SkippedFile, ...] = ()


def first_dynamic(facts: Facts) -> int | None:
    """The first cell that may define names unseen, as long as nobody watched it run."""
    if facts.observed:
        return None
    kinds = (ProblemKind.DYNAMIC, ProblemKind.SYNTAX)
    cells = [cell for cell, flow in facts.flows.items() if any(p.kind in kinds for p in flow.problems)]
    return min(cells, default=None)


def stored(facts: Facts, step: str, name: str) -> ObservedValue | None:
    """What was seen of the artifact of ``step`` that holds the name."""
    bundle = next((b for b in facts.bundles if b.step == step and name in b.names), None)
    return facts.values.get((step, "+".join(bundle.names) if bundle else name))


def made(facts: Facts, name: str, step: str) -> tuple[int, Place]:
    """Where a step last made or changed a name."""
    events = [event for event in facts.timeline.events.get(name, ()) if event.step == step]
    if events:
        return facts.timeline.placed[events[-1].position].statement.cell, events[-1].place
    return facts.timeline.cells_of[step][0], Place(1)
