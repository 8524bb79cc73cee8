"""A notebook as the editor holds it, analysed: nothing is run, nothing is read from disk."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from nb2pipe import notebook as notebooks
from nb2pipe.dataflow import Memory
from nb2pipe.errors import InvalidInput
from nb2pipe.proposing import propose
from nb2pipe.reports import editor, json
from nb2pipe.workflow.analysis import inspect_notebook

_MEMORY = Memory()  # of all notebooks that are open


def analyse(path: str, content: object) -> str:
    """The document for the editor, as JSON; for what is no Python notebook, one of the same form with what is wrong.

    ``path`` is shown in messages; ``content`` is nbformat's JSON, without outputs if the editor likes.
    """
    try:
        seen = inspect_notebook(notebooks.of_content(_name(path), content), _MEMORY)
    except InvalidInput as error:
        return json.text(
            {
                **json.of_failure("inspect", error.exit_code, error.diagnostics),
                "steps": [],
                "parameters": [],
                "metrics": [],
                "roles": [],
                "graph": None,
            }
        )
    return json.text(editor.document(seen.notebook, seen.roles, seen.pipeline, seen.diagnostics))


def proposal(path: str, content: object) -> str:
    """What ``nb2pipe tag`` would propose, as its JSON; arguments and errors as those of :func:`analyse`."""
    try:
        found = propose(notebooks.of_content(_name(path), content))
    except InvalidInput as error:
        failure = json.of_failure("tag", error.exit_code, error.diagnostics)
        return json.text({**failure, "parts": [], "edits": [], "notes": []})
    return json.text(json.of_proposal(found, written=False))


def _name(path: str) -> Path:
    return Path(PurePosixPath(path).name or "notebook.ipynb")
