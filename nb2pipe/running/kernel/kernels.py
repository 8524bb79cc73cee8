"""Which interpreter a notebook runs in: the user's choice, then the notebook's kernel, then the current interpreter."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from nb2pipe import spelling
from nb2pipe.errors import EnvironmentProblem
from nb2pipe.rules import nb002_kernel_not_installed as rule

GENERIC = frozenset({"python3", "python"})
# Sets and dicts of strings must iterate in the same order in every run; a user who sets it differently means it.
ENVIRONMENT = {"PYTHONHASHSEED": "0"}
# Packages whose name on PyPI is not the name that is imported; there, `sklearn` and `PIL` install nothing.
_DISTRIBUTIONS = {
    "Bio": "biopython", "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil", "dotenv": "python-dotenv", "fitz": "pymupdf", "imblearn": "imbalanced-learn",
    "mpl_toolkits": "matplotlib", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "sksurv": "scikit-survival", "skopt": "scikit-optimize", "serial": "pyserial",
    "umap": "umap-learn", "yaml": "pyyaml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """What the user asked for: a kernel's ``name`` (``-k``), an interpreter (``--python``), which wins, or neither."""

    name: str | None = None
    python: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A kernel that can be started. ``argv`` holds ``{connection_file}``; ``python`` is its interpreter, if known."""

    name: str
    display: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    python: str | None = None
    interrupt_mode: str = "signal"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    resource_dir: str = ""


def resolve(choice: KernelChoice | None, notebook_kernel_name: str | None, notebook: str | None = None) -> Kernel:
    """The kernel to use; raises EnvironmentProblem (NB002) if it is not there or cannot run Python.

    ``notebook`` is the path of the one that asks for ``notebook_kernel_name``, for the message.
    """
    choice = choice or KernelChoice()
    if choice.python:
        return _of_interpreter(choice.python)
    name = choice.name or notebook_kernel_name
    if name is None or name.lower() in GENERIC:
        # Never a spec of that name: one in the user's home often belongs to another, forgotten interpreter.
        return _of_interpreter(sys.executable)
    return _of_spec(name, None if choice.name else notebook, chosen=choice.name is not None)


def _of_interpreter(python: str) -> Kernel:
    path = _program(python)
    if path is None:
        raise EnvironmentProblem(rule.interpreter_missing(python))
    path = os.path.abspath(path)  # noqa: PTH100  not resolved: a virtual environment's python is a link
    if not _has_ipykernel(path):
        raise EnvironmentProblem(rule.no_ipykernel(path, install_command(path)))
    return Kernel(
        name="python3",
        display=_short(path),
        argv=(path, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
        env=_default_environment(),
        python=path,
    )


def _program(name: str) -> str | None:
    """The program of that name or path; ``./python`` is the one here (Path would drop the dot and search another)."""
    return shutil.which(os.path.expanduser(name))  # noqa: PTH111


def _of_spec(name: str, notebook: str | None, *, chosen: bool) -> Kernel:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    specs = KernelSpecManager()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # IPython warns of a home folder that cannot be written to
            spec = specs.get_kernel_spec(name)
    except NoSuchKernel:
        installed = tuple(sorted(specs.find_kernel_specs()))
        raise EnvironmentProblem(
            rule.diagnostic(notebook, name, installed, spelling.closest(name, installed), chosen=chosen)
        ) from None
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(rule.unreadable(name, str(error))) from None
    if (spec.language or "python").lower() not in {"python", "ipython"}:
        raise EnvironmentProblem(rule.other_language(name, spec.language))
    argv = tuple(spec.argv)
    program = sys.executable if _is_plain_python(argv[0]) else _program(argv[0])
    if program is None:
        raise EnvironmentProblem(rule.interpreter_gone(name, argv[0]))
    python = program if Path(program).name.startswith(("python", "pypy")) else None
    return Kernel(
        name=name,
        display=spec.display_name or name,
        argv=(program, *argv[1:]),
        env={**_default_environment(), **spec.env},
        python=python,
        interrupt_mode=spec.interrupt_mode,
        metadata=dict(spec.metadata),
        resource_dir=spec.resource_dir,
    )


def complete_environment(kernel: Kernel, own: Mapping[str, str]) -> dict[str, str]:
    """What the kernel's process finds in its environment. What the caller sets in ``own`` wins over the kernel's ``env``."""
    environment = {**os.environ, **own}
    # Seen by ipykernel, which then takes the kernel for a part of that test and captures less output.
    environment.pop("PYTEST_CURRENT_TEST", None)
    if kernel.python and "PATH" not in own:
        # ``!python`` and ``!pip`` in a cell are then the kernel's own.
        program = os.path.dirname(kernel.python)  # noqa: PTH120
        environment["PATH"] = os.pathsep.join((program, environment.get("PATH", os.defpath)))
    for name, value in kernel.env.items():
        if name not in own:
            environment[name] = Template(value).safe_substitute(environment)  # as jupyter_client does
    return environment


def spec_manager(kernel: Kernel, environment: Mapping[str, str]) -> Any:
    """A KernelSpecManager that knows this kernel only, whatever the machine has installed under its name.

    What the caller sets in ``environment`` wins over the kernel's own ``env``.
    """
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    spec = KernelSpec(
        argv=list(kernel.argv),
        display_name=kernel.display,
        language="python",
        env={name: value for name, value in kernel.env.items() if name not in environment},
        interrupt_mode=kernel.interrupt_mode,
        metadata=dict(kernel.metadata),
        resource_dir=kernel.resource_dir,
    )

    class OneKernel(KernelSpecManager):  # type: ignore[misc]
        def find_kernel_specs(self) -> dict[str, str]:
            return {kernel.name: kernel.resource_dir}

        def get_kernel_spec(self, _name: str) -> Any:
            return spec

    return OneKernel()


def _has_ipykernel(python: str) -> bool:
    if python == sys.executable:
        return importlib.util.find_spec("ipykernel") is not None
    code = "import importlib.util as u, json; print(json.dumps(bool(u.find_spec('ipykernel'))))"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        return bool(json.loads(done.stdout))
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def install_command(python: str, module: str = "ipykernel") -> str:
    """The command that installs a module for this interpreter: uv's environments have no pip."""
    package = _DISTRIBUTIONS.get(module, module)
    code = "import importlib.util as u, sys; sys.exit(0 if u.find_spec('pip') else 1)"
    try:
        pip = subprocess.run([python, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        pip = True
    shown = f'"{python}"' if " " in python else python
    return f"{shown} -m pip install {package}" if pip else f"uv pip install --python {shown} {package}"


def _default_environment() -> dict[str, str]:
    return {name: value for name, value in ENVIRONMENT.items() if name not in os.environ}


def _is_plain_python(program: str) -> bool:
    """jupyter_client's rule: a bare ``python`` in a kernel spec means the interpreter that reads it."""
    version = sys.version_info
    return program in {"python", f"python{version[0]}", f"python{version[0]}.{version[1]}"}


def _short(path: str) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path
