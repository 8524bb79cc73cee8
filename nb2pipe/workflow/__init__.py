"""The library: what each command does, as a function."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nb2pipe.checking.noise import Measured
    from nb2pipe.model import Planned, Sweep
    from nb2pipe.proposing import Proposal, Wishes
    from nb2pipe.recording.diagnosis import Examination
    from nb2pipe.recording.verify import Difference, Verification
    from nb2pipe.running.caching.cleaning import Cleaned
    from nb2pipe.running.kernel.kernels import KernelChoice
    from nb2pipe.running.options import Progress
    from nb2pipe.running.scheduling import Scheduling
    from nb2pipe.workflow.analysis import Inspection, inspect, lint
    from nb2pipe.workflow.cleaning import clean
    from nb2pipe.workflow.climbing import climb
    from nb2pipe.workflow.contracts import accept, contract
    from nb2pipe.workflow.diagnosing import doctor
    from nb2pipe.workflow.exports import Export, export
    from nb2pipe.workflow.noise import measure
    from nb2pipe.workflow.reporting import read_report, report
    from nb2pipe.workflow.runs import check, plan, read_project, run
    from nb2pipe.workflow.sweeping import sweep
    from nb2pipe.workflow.tagging import propose
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
    "read_report": "nb2pipe.workflow.reporting",
    "report": "nb2pipe.workflow.reporting",
    "read_project": "nb2pipe.workflow.runs",
    "run": "nb2pipe.workflow.runs",
    "Proposal": "nb2pipe.proposing",
    "Wishes": "nb2pipe.proposing",
    "propose": "nb2pipe.workflow.tagging",
    "Verification": "nb2pipe.recording.verify",
    "verify": "nb2pipe.workflow.verifying",
    "Measured": "nb2pipe.checking.noise",
    "measure": "nb2pipe.workflow.noise",
    "KernelChoice": "nb2pipe.running.kernel.kernels",
    "Planned": "nb2pipe.model",
    "Sweep": "nb2pipe.model",
    "sweep": "nb2pipe.workflow.sweeping",
    "Progress": "nb2pipe.running.pipeline",
    "Scheduling": "nb2pipe.running.scheduling",
    "Cleaned": "nb2pipe.running.caching.cleaning",
    "clean": "nb2pipe.workflow.cleaning",
    "accept": "nb2pipe.workflow.contracts",
    "contract": "nb2pipe.workflow.contracts",
    "plan": "nb2pipe.workflow.runs",
}

__all__ = [
    "Cleaned", "Difference", "Examination", "Export", "Inspection", "KernelChoice", "Measured", "Planned", "Progress",
    "Proposal", "Scheduling", "Sweep", "Verification", "Wishes",
    "accept", "check", "clean", "climb", "contract", "doctor", "export", "inspect", "lint", "measure", "plan", "propose",
    "read_project", "read_report", "report", "run", "sweep", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
