"""``pipeline.yaml``: the pipeline on disk, readable by people, validated when read, the same bytes for the same pipeline.

Cells are counted from 1 here, as people see them. ``tolerances`` is the user's own section: exporting again keeps it.
"""

from __future__ import annotations

from nb2pipe.manifest.decisions import decided, gates, limits
from nb2pipe.manifest.entries import (
    SCHEMA_VERSION,
    ArtifactEntry,
    Manifest,
    MetricEntry,
    ParameterEntry,
    StepEntry,
    ToleranceEntry,
    json_schema,
)
from nb2pipe.manifest.file import FILE_NAME, dump, load
from nb2pipe.manifest.pipelines import from_pipeline, to_pipeline

__all__ = [
    "FILE_NAME",
    "SCHEMA_VERSION",
    "ArtifactEntry",
    "Manifest",
    "MetricEntry",
    "ParameterEntry",
    "StepEntry",
    "ToleranceEntry",
    "decided",
    "dump",
    "from_pipeline",
    "gates",
    "json_schema",
    "limits",
    "load",
    "to_pipeline",
]
