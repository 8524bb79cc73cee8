"""One ``nb2pipe check`` per pipeline and test session, whichever worker of pytest-xdist comes first.

The check runs in a process of its own, so that no filter for warnings, no event loop and no time limit of the tests
reaches into it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.reports.look import Look
from nb2pipe.reports.text import render
from nb2pipe.running import locks
from nb2pipe.storing import write_text

LAST_WORDS = 2000  # characters of a crash
PATIENCE = 20  # seconds that an interrupted check has to stop its kernels


@dataclass(frozen=True, slots=True)
class Answer:
    """The document of ``nb2pipe check --output-format json``, or of its failure."""

    document: Mapping[str, Any]

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        """What was found, by the metric's name; none if the pipeline could not be run."""
        return {metric["name"]: metric for metric in self.document.get("metrics", ())}

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All findings."""
        return tuple(map(_diagnostic, self.document["diagnostics"]))

    @property
    def finished(self) -> bool:
        """Whether the pipeline ran to its end, so that metrics were compared."""
        return "exit_code" not in self.document

    def finding(self, name: str) -> Diagnostic | None:
        """The one about a metric."""
        cell = self.metrics[name]["cell"] - 1
        about = (item for item in self.findings if item.cell == cell and f"'{name}'" in item.message)
        return next((item for item in about if item.severity is Severity.ERROR), None)


def told(finding: Diagnostic) -> str:
    """The finding as the terminal shows it."""
    return "\n".join(render(finding, Look()))


def ask(path: Path, arguments: Sequence[str], *, here: Path, shared: Path) -> Answer:
    """The answer about the project or notebook at ``path``; run now, unless this session has it in ``shared`` already.

    Other processes that want the same answer wait for it. ``here`` is the folder from which pytest was called: the commands
    in findings can be typed there.
    """
    mine = shared / sha256(str(path.resolve()).encode()).hexdigest()[:16]
    with locks.alone(mine):
        file = mine / "answer.json"
        if not file.is_file():
            write_text(file, json.dumps(_check(path, arguments, here)))
        return Answer(json.loads(file.read_text(encoding="utf-8")))


def _check(path: Path, arguments: Sequence[str], here: Path) -> dict[str, Any]:
    near = str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
    command = [sys.executable, "-m", "nb2pipe", "check", near, *arguments, "--output-format", "json"]
    with subprocess.Popen(  # noqa: S603  ourselves
        command, cwd=here, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        encoding="utf-8", errors="replace"
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate()
        except KeyboardInterrupt:  # it was sent to the whole group
            process.wait(PATIENCE)
            raise
    try:
        document = json.loads(out)
    except ValueError:
        return _no_document(process.returncode, err)
    return document if isinstance(document, dict) else _no_document(process.returncode, err)


def _no_document(code: int, err: str) -> dict[str, Any]:
    """It was killed, or crashed."""
    notes = [line for line in err[-LAST_WORDS:].splitlines() if line.strip()]
    message = f"nb2pipe check ended with exit code {code} and without an answer"
    return {"exit_code": code, "diagnostics": [{"code": "", "severity": "error", "message": message, "notes": notes}]}


def _diagnostic(item: Mapping[str, Any]) -> Diagnostic:
    cell = item.get("cell")
    return Diagnostic(
        code=item["code"],
        message=item["message"],
        severity=Severity(item["severity"]),
        notebook=item.get("notebook"),
        cell=cell - 1 if cell else None,
        line=item.get("line"),
        notes=tuple(item["notes"]),
        step=item.get("step"),
    )
