"""Documents for programs. Cells, lines and columns count from 1; numbers that JSON lacks are ``"NaN"``, ``"Infinity"``.

:mod:`nb2pipe.reports.schema` describes each of them; tests hold them to it.
"""

from __future__ import annotations

from nb2pipe.reports.json.analyses import of_failure, of_findings, of_inspection, of_parameters, of_proposal
from nb2pipe.reports.json.checks import of_check, of_noise, of_verification
from nb2pipe.reports.json.nouns import diagnostics
from nb2pipe.reports.json.runs import of_plan, of_run, of_sweep
from nb2pipe.reports.json.strict import SCHEMA_VERSION, Document, text

__all__ = [
    "SCHEMA_VERSION",
    "Document",
    "diagnostics",
    "of_check",
    "of_failure",
    "of_findings",
    "of_inspection",
    "of_noise",
    "of_parameters",
    "of_plan",
    "of_proposal",
    "of_run",
    "of_sweep",
    "of_verification",
    "text",
]
