"""Steps that need one thing as it was at two times, or each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Place
from nb2pipe.planning.findings.facts import Facts
from nb2pipe.rules import nb203_cycle, nb206_two_versions


def conflicts(facts: Facts) -> Iterator[Diagnostic]:
    """Names that one step would need as they were at two times."""
    for need in facts.needs.values():
        for conflict in need.conflicts:
            yield nb206_two_versions.diagnostic(
                facts.notebook, conflict.cell, conflict.place, name=conflict.name, step=conflict.step, why=conflict.why
            )  # fmt: skip


def cycles(facts: Facts) -> Iterator[Diagnostic]:
    """Steps that need each other, with the names that make it so."""
    if not facts.cycle:
        return
    links = []
    for provider, reader in zip(facts.cycle, facts.cycle[1:], strict=False):
        name = next((n for n, p in facts.needs[reader].artifacts.items() if p == provider), None)
        if name is not None:
            cell, place = _first_read(facts, reader, name)
            links.append((reader, name, provider, cell, place))
    yield nb203_cycle.diagnostic(facts.notebook, facts.cycle, tuple(links))


def _first_read(facts: Facts, step: str, name: str) -> tuple[int, Place]:
    for item in facts.timeline.statements_of[step]:
        for use in item.statement.uses:
            if use.name == name:
                return item.statement.cell, use.place
    return facts.timeline.cells_of[step][0], Place(1)


def draws_again(facts: Facts) -> Iterator[Diagnostic]:
    """A step is continued with random numbers after another moved the stream: it runs in one piece, before or after."""
    for cell, step, other in facts.random.interrupted:
        why = f"cell {cell + 1} draws from it again, after '{other}' moved it"
        yield nb206_two_versions.diagnostic(
            facts.notebook, cell, Place(1), name="the state of the random generator", step=step, why=why
        )


def variables_between(facts: Facts) -> Iterator[Diagnostic]:
    """A step is continued and names an environment variable that another step has set since it began."""
    began: dict[str, Mapping[str, str]] = {}
    setters: dict[str, str] = {}  # variable -> the step that set it last
    before: Mapping[str, str] = {}
    for observation in facts.segments:
        now, step, cells = (
            observation.settings.get("os.environ", {}),
            observation.segment.step,
            observation.segment.cells,
        )
        if step is not None and step in began:
            for key, other in setters.items():
                if other != step and before.get(key) != began[step].get(key):
                    yield from _named_in(facts, key, step, other, cells)
        elif step is not None:
            began[step] = before
        for key in {*before, *now}:
            if before.get(key) != now.get(key) and step is not None:
                setters[key] = step
        before = now


def _named_in(facts: Facts, key: str, step: str, other: str, cells: tuple[int, ...]) -> Iterator[Diagnostic]:
    for cell in cells:
        if key in facts.notebook.cells[cell].source:
            why = f"cell {cell + 1} reads it again, after '{other}' set it"
            yield nb206_two_versions.diagnostic(
                facts.notebook, cell, Place(1), name=f"os.environ[{key!r}]", step=step, why=why
            )
            return
