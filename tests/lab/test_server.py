"""The server's side over HTTP: who may ask, what is answered, and that nothing of the user's is run by looking at it."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import TOKEN, Server

pytestmark = pytest.mark.lab

ASKED = [
    ("version", "GET"),
    ("analyse", "POST"),
    ("checks", "POST"),
    (f"checks/{'0' * 32}", "GET"),
    (f"checks/{'0' * 32}", "DELETE"),
]


PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}  # else JupyterLab asks for a kernel


def notebook(*sources: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {"tags": [tags[n]] if n < len(tags) and tags[n] else []},
         "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate(sources)
    ]  # fmt: skip
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": PYTHON}, "cells": cells}


@pytest.mark.parametrize(("path", "method"), ASKED)
def test_nothing_is_answered_without_a_login(server: Server, path: str, method: str) -> None:
    status, _ = server.ask(f"nb2pipe/{path}", method, {"path": "churn.ipynb"} if method == "POST" else None, token=None)
    assert status == 403


def test_a_page_of_another_site_cannot_ask_with_the_cookie(server: Server) -> None:
    """A login's cookie alone is not enough: the request must carry the XSRF token too."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.open(f"{server.url}lab?token={TOKEN}").read()
    xsrf = next(cookie.value for cookie in jar if cookie.name == "_xsrf")
    body = json.dumps({"path": "n.ipynb", "notebook": notebook("x = 1")}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(urllib.request.Request(f"{server.url}nb2pipe/analyse", body, method="POST"))
    assert refused.value.code == 403
    allowed = urllib.request.Request(f"{server.url}nb2pipe/analyse", body, {"X-XSRFToken": str(xsrf)}, method="POST")
    assert browser.open(allowed).status == 200


def test_a_notebook_that_is_in_no_file_is_analysed(server: Server) -> None:
    content = notebook("x = 1", "y = x + z", tags=("step:a", "step:b"))
    status, found = server.ask("nb2pipe/analyse", "POST", {"path": "new.ipynb", "notebook": content})
    assert status == 200
    assert [step["name"] for step in found["steps"]] == ["a", "b"]
    assert [(each["code"], each["cell"]) for each in found["diagnostics"]] == [("NB201", 2)]
    assert [node["step"] for node in found["graph"]["nodes"]] == ["a", "b"]


def test_looking_runs_nothing(server: Server) -> None:
    trace = server.folder / "ran"
    sources = (
        f"open({str(trace)!r}, 'w')",
        f"!touch {trace}",
        f"%%bash\ntouch {trace}",
        f"__import__('os').mknod({str(trace)!r})",
    )
    content = notebook(*sources, tags=("step:a",))
    assert server.ask("nb2pipe/analyse", "POST", {"path": "n.ipynb", "notebook": content})[0] == 200
    assert not trace.exists()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "no JSON object"),
        (b"[]", 400, "no JSON object"),
        (b'{"path": 1}', 400, "no JSON object"),
        (b"[" * 100_000, 400, "no JSON object"),
        (b'{"path": "n.ipynb", "notebook": "' + b"x" * (8 * 2**20) + b'"}', 413, "8 MB"),
    ],
)
def test_bad_requests_get_one_sentence(server: Server, body: bytes, status: int, words: str) -> None:
    got, answer = server.ask("nb2pipe/analyse", "POST", body)
    assert got == status
    assert words in answer["reason"]


@pytest.mark.parametrize(
    "content", [None, 3, [], {}, {"nbformat": 4}, {"nbformat": 9, "cells": []}, {"nbformat": 4, "cells": [1]}]
)
def test_what_is_no_notebook_is_a_finding(server: Server, content: object) -> None:
    status, found = server.ask("nb2pipe/analyse", "POST", {"path": "n.ipynb", "notebook": content})
    assert status == 200
    assert [each["code"] for each in found["diagnostics"]] == ["NB003"]


@pytest.mark.parametrize(
    "path", ["../secret.ipynb", "../../etc/passwd", "/etc/passwd", "nowhere.ipynb", ".hidden.ipynb", "data", ""]
)
def test_only_notebooks_of_the_file_browser_are_checked(server: Server, path: str) -> None:
    (server.folder.parent / "secret.ipynb").write_text(json.dumps(notebook("x = 1")))
    (server.folder / ".hidden.ipynb").write_text(json.dumps(notebook("x = 1")))
    assert server.ask("nb2pipe/checks", "POST", {"path": path})[0] == 404


def finished(server: Server, check: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    end = time.monotonic() + seconds
    lines = list(check["lines"])
    while check["state"] == "running" and time.monotonic() < end:
        time.sleep(0.2)
        status, check = server.ask(f"nb2pipe/checks/{check['id']}?since={check['next']}")
        assert status == 200
        lines += check["lines"]
    return {**check, "lines": lines}


def test_a_check_is_begun_followed_and_told(server: Server) -> None:
    content = notebook("x = 1", "y = x / 3", "accuracy = y * 2\naccuracy", tags=("step:a", "step:b", "metrics"))
    (server.folder / "small.ipynb").write_text(json.dumps(content))
    status, check = server.ask("nb2pipe/checks", "POST", {"path": "small.ipynb"})
    assert status == 201
    again = server.ask("nb2pipe/checks", "POST", {"path": "small.ipynb"})[1]
    assert again["id"] == check["id"]  # one check a notebook
    done = finished(server, check)
    assert (done["state"], done["exit_code"], done["report"]["passed"]) == ("finished", 0, True)
    assert any(re.search(r"2 of 2 .*b$", line) for line in done["lines"]), done["lines"]
    assert [metric["name"] for metric in done["report"]["metrics"]] == ["accuracy"]


def test_a_check_is_cancelled_and_leaves_no_process(server: Server) -> None:
    content = notebook("import time\ntime.sleep(600)", tags=("step:a",))
    (server.folder / "endless.ipynb").write_text(json.dumps(content))
    check = server.ask("nb2pipe/checks", "POST", {"path": "endless.ipynb"})[1]
    time.sleep(3)
    assert server.ask(f"nb2pipe/checks/{check['id']}", "DELETE")[0] == 204
    done = finished(server, check, 30)
    assert done["state"] == "cancelled"
    assert not [line for line in _processes() if "endless.ipynb" in line]


def _processes() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found
