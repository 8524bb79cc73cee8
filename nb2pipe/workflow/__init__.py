"""The library: what each command does, as a function."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nb2pipe.recording.diagnosis import Examination
    from nb2pipe.recording.verify import Difference, Verification
    from nb2pipe.running.kernels import KernelChoice
    from nb2pipe.running.pipeline import Progress
    from nb2pipe.workflow.analysis import Inspection, inspect, lint
    from nb2pipe.workflow.climbing import climb
    from nb2pipe.workflow.diagnosing import doctor
    from nb2pipe.workflow.exports import Export, export
    from nb2pipe.workflow.runs import check, read_project, run
    from nb2pipe.workflow.verifying import verify

# Each is imported when it is first asked for: lint must not pay for papermill.
_HOMES = {
    "Difference": "nb2pipe.recording.verify",
    "Inspection": "nb2pipe.workflow.analysis",
    "inspect": "nb2pipe.workflow.analysis",
    "lint": "nb2pipe.workflow.analysis",
    "climb": "nb2pipe.workflow.climbing",
    "Examination": "nb2pipe.recording.diagnosis",
    "doctor": "nb2pipe.workflow.diagnosing",
    "Export": "nb2pipe.workflow.exports",
    "export": "nb2pipe.workflow.exports",
    "check": "nb2pipe.workflow.runs",
    "read_project": "nb2pipe.workflow.runs",
    "run": "nb2pipe.workflow.runs",
    "Verification": "nb2pipe.recording.verify",
    "verify": "nb2pipe.workflow.verifying",
    "KernelChoice": "nb2pipe.running.kernels",
    "Progress": "nb2pipe.running.pipeline",
}

__all__ = [
    "Difference", "Examination", "Export", "Inspection", "KernelChoice", "Progress", "Verification",
    "check", "climb", "doctor", "export", "inspect", "lint", "read_project", "run", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
