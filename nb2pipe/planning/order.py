"""In which order steps can run."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from nb2pipe.model import Step


def order(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """Steps in an order that can run, as close to the notebook's as possible; and a cycle, if that is impossible."""
    by_name = {step.name: step for step in steps}
    rank = {step.name: number for number, step in enumerate(steps)}
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {step.name: [name for name in dependencies(step) if name in by_name] for step in steps}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        return steps, tuple(reversed(error.args[1]))
    ordered: list[Step] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda name: rank[name])
        name = ready.pop(0)
        ordered.append(by_name[name])
        sorter.done(name)
    return tuple(ordered), ()


def dependencies(step: Step) -> tuple[str, ...]:
    """Steps that must run before this one, each once."""
    return step.above
