"""A name that a step misses at run time: which step of the notebook has it, and what to type so that it is handed over.

The analysis found everything that stands in the code; a name that is put together at run time it cannot find.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nb2pipe import dataflow, magics
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CellKind, Notebook, Role
from nb2pipe.tags import read_roles

_NAME_ERROR = re.compile(r"name '(?P<name>\w+)' is not defined")
_KEY_ERROR = re.compile(r"^'(?P<name>[^\W\d]\w*)'$")
_NAMESPACE = re.compile(r"\b(globals|locals|vars)\(\)|user_ns|__dict__")


def with_hint(finding: Diagnostic, ename: str, evalue: str, notebook: Notebook) -> Diagnostic:
    """The finding with a note that names the step which has the missing name, if the error is about one."""
    name = _missing(ename, evalue, finding.source or "")
    if name is None or finding.cell is None or finding.step is None:
        return finding
    hint = _hint(name, finding.cell, finding.step, notebook)
    return replace(finding, notes=(*finding.notes, hint)) if hint else finding


def _missing(ename: str, evalue: str, line: str) -> str | None:
    if ename == "NameError":
        match = _NAME_ERROR.search(evalue)
    elif ename == "KeyError" and _NAMESPACE.search(line):
        match = _KEY_ERROR.match(evalue.strip())
    else:
        return None
    return match["name"] if match else None


def _hint(name: str, cell: int, step: str, notebook: Notebook) -> str | None:
    code = [(item.index, magics.to_python(item.source)) for item in notebook.cells if item.kind is CellKind.CODE]
    binding = [
        flow.cell
        for flow in dataflow.analyze(code)
        if any(bound.name == name for statement in flow.statements for bound in statement.bindings)
    ]
    roles = {role.cell: role for role in read_roles(notebook)[0]}
    elsewhere = [at for at in binding if at in roles and roles[at].step != step]
    earlier = [at for at in elsewhere if at < cell]
    if not elsewhere:
        return None
    at = (earlier or elsewhere)[-1]
    maker = roles[at].step
    where = f"step '{maker}' has it (cell {at + 1})" if maker else f"cell {at + 1} makes it"
    if not earlier:
        return f"{where}, and runs later"
    if roles[at].role is Role.SKIP:
        return f"{where}, which is tagged 'skip': remove that tag"
    return (
        f"{where}, and nothing in the code shows that '{step}' reads it: tag cell {cell + 1} in:{name} and export again"
    )
