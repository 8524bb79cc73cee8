"""Every noun of nb2pipe as a frozen dataclass. No input or output happens here.

The values flow in one direction: ``Notebook`` -> ``CellRole`` and ``CellFlow`` -> ``Pipeline`` -> ``Recording`` ->
``RunRecord`` -> ``CheckReport``. ``Pipeline`` is the waist: everything before it produces it, everything after consumes it.

Conventions: ``cell`` is the index of a cell among *all* cells of the notebook, from 0 (messages add 1); ``line`` is a line of
a cell's source, from 1; ``column`` and ``end_column`` count characters from 0, as ``ast`` does, but in the text the user typed.
"""

from __future__ import annotations

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
