"""One environment per tool under ``.cache/benchmarks``: same Python, same versions of what they share, bytecode compiled."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "benchmarks"
SHARED = [
    "cloudpickle",
    "ipykernel",
    "ipython",
    "joblib",
    "jupyter-client",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "pyzmq",
    "scikit-learn",
    "scipy",
    "tornado",
]
TOOLS = {  # tool → what it adds to the shared packages
    "nb2pipe": [],
    "papermill": [],
    "ploomber": ["ploomber==0.23.3", "setuptools<80"],
    "dvc": ["dvc==3.67.1"],
    "kfp": ["kfp==2.16.1"],
}


def python(tool: str) -> Path:
    """The interpreter of a tool's environment."""
    return CACHE / "environments" / tool / "bin" / "python"


def program(tool: str, name: str) -> str:
    """A program of a tool's environment."""
    return str(python(tool).with_name(name))


def ready(tools: list[str]) -> None:
    """Make or complete the environments; nb2pipe's gets this checkout, installed as its users install it."""
    for tool in tools:
        wanted = [*_pins(), *TOOLS[tool]]
        stamp = python(tool).parent.parent / ".ready"
        now = json.dumps([wanted, sys.version])
        if not stamp.exists() or stamp.read_text() != now:
            print(f"installing {tool} into {stamp.parent}", file=sys.stderr)
            _create(tool)
            _install(tool, wanted)
            stamp.write_text(now)
        if tool == "nb2pipe":
            _install(
                tool, ["--reinstall-package" if _uv() else "--force-reinstall", *(["nb2pipe"] if _uv() else []), "."]
            )
        site = python(tool).parent.parent / "lib"
        _run([str(python(tool)), "-m", "compileall", "-q", "-j", "0", str(site)], allowed=1)


def versions(tools: list[str]) -> dict[str, str]:
    """The versions that were compared, from the environments themselves."""
    code = (
        "import json, sys, importlib.metadata as m; "
        "print(json.dumps({d.name.lower().replace('_', '-'): d.version for d in m.distributions()}))"
    )
    found: dict[str, str] = {}
    for tool in tools:
        said = subprocess.run([str(python(tool)), "-c", code], check=True, capture_output=True, text=True).stdout
        installed = json.loads(said)
        names = [tool, *(["papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "scikit-learn", "pyarrow"])]
        for name in names:
            if name in installed:
                found.setdefault(name, installed[name])
                if found[name] != installed[name]:
                    found[f"{name} ({tool})"] = installed[name]
    return found


def _pins() -> list[str]:
    """The shared packages as the lock file has them."""
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    pins = []
    for name in SHARED:
        lines = re.findall(rf"^({re.escape(name)}==\S+(?: ;.*)?)$", lock, re.MULTILINE)
        pins.extend(lines)
    return pins


def _uv() -> str | None:
    return shutil.which("uv")


def _create(tool: str) -> None:
    folder = python(tool).parent.parent
    shutil.rmtree(folder, ignore_errors=True)
    if uv := _uv():
        _run([uv, "venv", "-q", "--python", sys.executable, str(folder)])
    else:
        _run([sys.executable, "-m", "venv", str(folder)])


def _install(tool: str, what: list[str]) -> None:
    if uv := _uv():
        _run([uv, "pip", "install", "-q", "--python", str(python(tool)), *what])
    else:
        _run([str(python(tool)), "-m", "pip", "install", "-q", *what])


def _run(command: list[str], allowed: int = 0) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, check=False, cwd=ROOT, env=kept, capture_output=True, text=True)
    if done.returncode > allowed:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
