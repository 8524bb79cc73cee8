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
        Sweep,
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
        sweep,
        verify,
    )

__all__ = [
    "Cleaned", "Export", "Inspection", "KernelChoice", "Planned", "Progress", "Proposal", "Scheduling", "Sweep",
    "Verification", "Wishes",
    "check", "clean", "export", "inspect", "lint", "measure", "plan", "propose", "report", "run", "sweep", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in __all__:
        from nb2pipe import workflow

        return getattr(workflow, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where Jupyter's server finds its extension (docs/jupyterlab.md)."""
    return [{"module": "nb2pipe"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from nb2pipe.jupyter.extension import load

    load(server)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where ``jupyter labextension develop`` finds the built extension."""
    return [{"src": "labextension", "dest": "nb2pipe"}]


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext nb2pipe``."""
    from nb2pipe.jupyter.session import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext nb2pipe``."""
    from nb2pipe.jupyter.session import unload

    unload(shell)
