"""nb2pipe: turn a tagged Jupyter notebook into a reproducible pipeline, and prove that it computes the same.

>>> from nb2pipe import inspect, export, run, check   # doctest: +SKIP
>>> export("churn.ipynb", "churn_pipeline")           # doctest: +SKIP
>>> check("churn_pipeline").passed                    # doctest: +SKIP
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nb2pipe.workflow import (
        Cleaned,
        Export,
        Inspection,
        KernelChoice,
        Planned,
        Progress,
        Proposal,
        Scheduling,
        Verification,
        Wishes,
        check,
        clean,
        export,
        inspect,
        lint,
        measure,
        plan,
        propose,
        report,
        run,
        verify,
    )

__all__ = [
    "Cleaned", "Export", "Inspection", "KernelChoice", "Planned", "Progress", "Proposal", "Scheduling", "Verification",
    "Wishes",
    "check", "clean", "export", "inspect", "lint", "measure", "plan", "propose", "report", "run", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in __all__:
        from nb2pipe import workflow

        return getattr(workflow, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
