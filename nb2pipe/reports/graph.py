"""A pipeline as boxes and arrows: what the drawings (Mermaid, SVG) have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nb2pipe.model import Pipeline
from nb2pipe.rules import figures

SHOWN_NAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a step ended in a run, in words; ``kind`` is ``bad``, ``again`` (reused) or empty."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step: its name, its cells, the parameters it reads, the metrics it gives, and how it ended in a run."""

    name: str
    cells: str
    parameters: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """``source`` and ``target`` are indices of boxes. Without ``names`` only the order is meant."""

    source: int
    target: int
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The names, the first few if they are many."""
        more = len(self.names) - SHOWN_NAMES
        return ", ".join(self.names[:SHOWN_NAMES]) + (f" +{more}" if more > 0 else "")


def boxes(pipeline: Pipeline, states: Mapping[str, State] | None = None) -> tuple[Box, ...]:
    """One box per step, in order."""
    metrics: dict[str, list[str]] = {}
    for metric in pipeline.metrics:
        metrics.setdefault(metric.step, []).append(metric.name)
    return tuple(
        Box(
            name=step.name,
            cells=figures.cells(step.cells),
            parameters=step.parameters,
            metrics=tuple(metrics.get(step.name, ())),
            state=(states or {}).get(step.name),
        )
        for step in pipeline.steps
    )


def arrows(pipeline: Pipeline) -> tuple[Arrow, ...]:
    """One arrow per pair of steps, for data handed over or for order alone; sorted by target, then source."""
    at = {step.name: index for index, step in enumerate(pipeline.steps)}
    names: dict[tuple[int, int], list[str]] = {}
    for step in pipeline.steps:
        for artifact in step.inputs:
            if artifact.step in at:
                names.setdefault((at[step.name], at[artifact.step]), []).extend(artifact.names)
        for before in (*step.after, step.random_from):
            if before in at:
                names.setdefault((at[step.name], at[before]), [])
    return tuple(
        Arrow(source=source, target=target, names=tuple(dict.fromkeys(names[target, source])))
        for target, source in sorted(names)
        if source != target
    )
