"""A real Jupyter server in a folder of its own, with the build of this checkout; Chromium in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "of-the-test"
CHROMIUM = os.environ.get("NB2PIPE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Server:
    url: str
    folder: Path

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: object = None,
        headers: dict[str, str] | None = None,
        token: str | None = TOKEN,
    ) -> tuple[int, Any]:
        """Status and JSON (or text) of an answer."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        known = {"Authorization": f"token {token}"} if token else {}
        request = urllib.request.Request(self.url + path, data, {**known, **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read().decode()
                return answer.status, json.loads(text) if text.startswith(("{", "[")) else text
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            return error.code, json.loads(text) if text.startswith("{") else text


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    places = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    settings = home / "jupyter_config_dir" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    # no Node on the path: what users have
    return {**os.environ, **places, "PATH": str(Path(sys.executable).parent), "HOME": str(home)}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Server]:
    yield from serve("lab", tmp_path_factory.mktemp("lab"), environment)


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Server]:
    yield from serve("notebook", tmp_path_factory.mktemp("notebook7"), environment)


@pytest.fixture(scope="session")
def bare_server(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Server]:
    """JupyterLab with the extension of the page, without that of the server."""
    yield from serve("lab", tmp_path_factory.mktemp("bare"), environment, extension=False)


def serve(app: str, home: Path, environment: dict[str, str], *, extension: bool = True) -> Iterator[Server]:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: make test-lab")
    built = home / "extensions"
    built.mkdir()
    (built / "nb2pipe").symlink_to(ROOT / "nb2pipe" / "labextension")
    folder = home / "work here"
    shutil.copytree(ROOT / "sample_notebooks", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    class_name = "LabApp" if app == "lab" else "JupyterNotebookApp"
    command = [
        sys.executable, "-m", "jupyterlab" if app == "lab" else "notebook", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}", f"--{class_name}.extra_labextensions_path={built}",
        f"--ServerApp.jpserver_extensions=nb2pipe={extension}", f"--{class_name}.expose_app_in_browser=True",
    ]  # fmt: skip
    log = (home / "server.log").open("w")
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    found = Server(f"http://127.0.0.1:{port}/", folder)
    try:
        for _ in range(300):
            try:
                if found.ask("api/status")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
            assert process.poll() is None, (home / "server.log").read_text()
        yield found
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make test-lab")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium), or NB2PIPE_CHROMIUM does not name it")
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page in which an error of ours fails the test (others' extensions have theirs)."""
    opened = browser.new_page(viewport={"width": 1320, "height": 860})
    opened.set_default_timeout(40_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(f"{error}\n{error.stack}"))
    yield opened
    opened.close()
    ours = [error for error in errors if "extensions/nb2pipe" in error]
    assert not ours, ours
