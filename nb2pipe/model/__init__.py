"""Every noun of nb2pipe as a frozen dataclass. No input or output happens here.

The values flow in one direction: ``Notebook`` -> ``CellRole`` and ``CellFlow`` -> ``Pipeline`` -> ``Recording`` ->
``RunRecord`` -> ``CheckReport``. ``Pipeline`` is the waist: everything before it produces it, everything after consumes it.

Conventions: ``cell`` is the index of a cell among *all* cells of the notebook, from 0 (messages add 1); ``line`` is a line of
a cell's source, from 1; ``column`` and ``end_column`` count characters from 0, as ``ast`` does, but in the text the user typed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nb2pipe.model.baseline import (
        Baseline,
        BaselineMetric,
        Gate,
        MetricNoise,
        Noise,
        NoiseKind,
        NoiseRule,
        StoredEvidence,
    )
    from nb2pipe.model.check import Change, CheckReport, Limits, MetricCheck, Verdict
    from nb2pipe.model.flow import (
        Binding,
        BindingKind,
        CellFlow,
        Mutation,
        Place,
        Problem,
        ProblemKind,
        Statement,
        StatementKind,
        Use,
    )
    from nb2pipe.model.notebook import Cell, CellKind, Notebook
    from nb2pipe.model.pipeline import Artifact, Direction, Metric, MetricSource, Parameter, Pipeline, Snippet, Step
    from nb2pipe.model.recording import (
        Environment,
        ObservedMetric,
        ObservedValue,
        Part,
        Recording,
        Segment,
        SegmentObservation,
    )
    from nb2pipe.model.run import FIRST_TIME, Planned, RunRecord, StepRecord, StepStatus
    from nb2pipe.model.sweep import Sweep, SweepPoint
    from nb2pipe.model.tags import CellRole, MetricTag, Role, Tolerance, ToleranceSource

__all__ = [
    "FIRST_TIME",
    "Artifact",
    "Baseline",
    "BaselineMetric",
    "Binding",
    "BindingKind",
    "Cell",
    "CellFlow",
    "CellKind",
    "CellRole",
    "Change",
    "CheckReport",
    "Direction",
    "Environment",
    "Gate",
    "Limits",
    "Metric",
    "MetricCheck",
    "MetricNoise",
    "MetricSource",
    "MetricTag",
    "Mutation",
    "Noise",
    "NoiseKind",
    "NoiseRule",
    "Notebook",
    "ObservedMetric",
    "ObservedValue",
    "Parameter",
    "Part",
    "Pipeline",
    "Place",
    "Planned",
    "Problem",
    "ProblemKind",
    "Recording",
    "Role",
    "RunRecord",
    "Segment",
    "SegmentObservation",
    "Snippet",
    "Statement",
    "StatementKind",
    "Step",
    "StepRecord",
    "StepStatus",
    "StoredEvidence",
    "Sweep",
    "SweepPoint",
    "Tolerance",
    "ToleranceSource",
    "Use",
    "Verdict",
]

# Making these classes takes half of a millisecond each, so a file is imported when one of its nouns is asked for: lint
# needs no runs, checks and sweeps.
_NOUNS = {
    "baseline": "Baseline BaselineMetric Gate MetricNoise Noise NoiseKind NoiseRule StoredEvidence",
    "check": "Change CheckReport Limits MetricCheck Verdict",
    "flow": "Binding BindingKind CellFlow Mutation Place Problem ProblemKind Statement StatementKind Use",
    "notebook": "Cell CellKind Notebook",
    "pipeline": "Artifact Direction Metric MetricSource Parameter Pipeline Snippet Step",
    "recording": "Environment ObservedMetric ObservedValue Part Recording Segment SegmentObservation",
    "run": "FIRST_TIME Planned RunRecord StepRecord StepStatus",
    "sweep": "Sweep SweepPoint",
    "tags": "CellRole MetricTag Role Tolerance ToleranceSource",
}
_HOMES = {noun: file for file, nouns in _NOUNS.items() for noun in nouns.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"nb2pipe.model.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
