"""The wheel in a fresh environment: Jupyter finds both parts of the extension, enabled, without Node."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.lab.conftest import ROOT

pytestmark = pytest.mark.lab


def test_the_wheel_enables_both_parts(tmp_path: Path, environment: dict[str, str]) -> None:
    """``jupyter labextension list`` and ``jupyter server extension list``. JupyterLab is lent by this environment."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: make test-lab")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT], check=True, cwd=tmp_path
    )
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "fresh", with_pip=False)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = tmp_path / "fresh" / folder / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", wheel], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "fresh")}))
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")  # no editable install comes with it

    def listed(module: str) -> str:
        done = subprocess.run(
            [python, "-m", module, "list"], env={**environment, "NO_COLOR": "1"}, capture_output=True, text=True, check=True
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "nb2pipe v0.1.0 enabled OK" in _plain(listed("jupyterlab.labextensions"))
    server = _plain(listed("jupyter_server.extension.serverextension"))
    assert "nb2pipe enabled" in server
    assert "nb2pipe OK" in server or "nb2pipe 0.1.0 OK" in server, server


def _plain(text: str) -> str:
    """Without colours."""
    while "\x1b[" in text:
        before, _, after = text.partition("\x1b[")
        text = before + after.partition("m")[2]
    return " ".join(text.split())
