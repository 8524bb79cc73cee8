"""What skipped cells leave behind outside of the kernel's names: environment variables and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Place, Role
from nb2pipe.planning.findings.facts import Facts
from nb2pipe.rules import nb205_needs_skipped_cell


def skipped_settings(facts: Facts) -> Iterator[Diagnostic]:
    """Environment variables that a skipped cell sets, as the run showed, and that a later step names."""
    before: Mapping[str, str] = {}
    skipped = {role.cell for role in facts.roles if role.role is Role.SKIP}
    for observation in facts.segments:
        now = observation.settings.get("os.environ", {})
        cells = observation.segment.cells
        for key in now if cells and cells[0] in skipped else ():
            if before.get(key) != now[key]:
                yield from _readers_of_variable(facts, key, cells[0])
        before = now


def _readers_of_variable(facts: Facts, key: str, skipped: int) -> Iterator[Diagnostic]:
    for role in facts.roles:
        if role.cell > skipped and role.step is not None and key in facts.notebook.cells[role.cell].source:
            yield nb205_needs_skipped_cell.diagnostic(
                facts.notebook, role.cell, Place(1), name=f"os.environ[{key!r}]", step=role.step, skipped=skipped,
                changed=True,
            )  # fmt: skip
            return


def skipped_files(facts: Facts) -> Iterator[Diagnostic]:
    """The pipeline never writes what a skipped cell writes: a step would read a file that an earlier run left."""
    for item in facts.skipped_files:
        yield nb205_needs_skipped_cell.file(facts.notebook, item.cell, item.step, item.path, item.skipped)
