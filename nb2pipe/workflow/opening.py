"""What is needed of a project before anything runs; imports little, since often nothing will."""

from __future__ import annotations

from nb2pipe import baseline as baselines
from nb2pipe.errors import Nb2pipeError
from nb2pipe.model import Notebook
from nb2pipe.running.kernel.kernels import KernelChoice
from nb2pipe.running.projects import Project


def choice_of(kernel: KernelChoice | str | None) -> KernelChoice | None:
    """A kernel's name is as good as a choice."""
    return KernelChoice(name=kernel) if isinstance(kernel, str) else kernel


def is_observed(project: Project) -> bool:
    """Whether the notebook's run was watched when the project was written."""
    return baselines.load(project.folder / baselines.FILE_NAME).origin == "recorded"


def original(project: Project) -> Notebook | None:
    """The notebook that the project came from, if it is still there and readable: it makes messages better."""
    from nb2pipe import notebook as notebooks

    try:
        return notebooks.read(project.source)
    except Nb2pipeError:
        return None
