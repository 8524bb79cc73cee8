"""Files and hosts that a notebook's code touches, as audit events and the folder tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from nb2pipe.recording.client import call_code, install_code


def seen(folder: Path, code: str) -> dict[str, list[str]]:
    """What the probe saw of ``code``, run in a process of its own in ``folder``."""
    other = folder.parent / (folder.name + "-probe")
    other.mkdir()
    request, reply = other / "request.json", other / "reply.json"
    request.write_text("{}")
    lines = [
        install_code(),
        call_code("watch", request, reply),
        code,
        call_code("accesses", request, reply),
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=folder, check=True)
    answer = json.loads(reply.read_text())
    assert answer.pop("error") is None
    return answer


def test_reads_and_writes(tmp_path: Path) -> None:
    """By mode, wherever the working directory is; libraries' own files, hidden ones and those that are gone do not count."""
    folder = tmp_path / "work"
    (folder / "sub").mkdir(parents=True)
    (folder / "in.csv").write_text("a\n1\n")
    (tmp_path / "outside.txt").write_text("x")
    code = """
import os, json.tool, tempfile
open("in.csv").read()
open("../outside.txt").read()
open(".hidden", "w").close()
open("gone.txt", "w").close(); os.remove("gone.txt")
os.chdir("sub")
open("out.txt", "w").write("x")
"""
    outside = str(tmp_path / "outside.txt")
    found = seen(folder, code)
    assert found.pop("removes") == ["gone.txt"]
    assert {kind: names for kind, names in found.items() if names} == {
        "reads": ["in.csv", outside], "writes": ["sub/out.txt"],
    }  # fmt: skip


def test_folders_and_what_is_gone(tmp_path: Path) -> None:
    """Made, listed, renamed, removed; what the import system lists does not count."""
    code = """
import os, shutil
os.makedirs("a/b")
open("a/old.txt", "w").close()
os.replace("a/old.txt", "a/new.txt")
import colorsys
os.listdir("a")
shutil.rmtree("a/b")
"""
    found = seen(tmp_path, code)
    assert found["makes"] == ["a", "a/b"]
    assert found["writes"] == ["a/new.txt"]
    assert found["removes"] == ["a/old.txt", "a/b"]
    assert "a" in found["lists"]
    assert "." not in found["lists"]


def test_classes_found_in_pickles(tmp_path: Path) -> None:
    """What a file refers to must be defined where the file is read."""
    code = "import pickle\nclass Net: pass\npickle.loads(pickle.dumps([Net(), len]))"
    assert seen(tmp_path, code)["unpickled"] == ["Net"]


def test_what_other_programs_write_is_seen_in_the_folder(tmp_path: Path) -> None:
    """A shell line raises no event in Python."""
    code = "import subprocess\nsubprocess.run(['sh', '-c', 'echo 3 > shell.txt'])"
    assert seen(tmp_path, code)["writes"] == ["shell.txt"]


def test_databases_are_read_and_written(tmp_path: Path) -> None:
    """sqlite opens its file itself, but says so."""
    code = "import sqlite3\nc = sqlite3.connect('x.db')\nc.execute('create table t (a)')\nsqlite3.connect(':memory:')"
    found = {kind: names for kind, names in seen(tmp_path, code).items() if names}
    assert found == {"reads": ["x.db"], "writes": ["x.db"]}


def test_hosts_are_named(tmp_path: Path) -> None:
    """By the name that was looked up; this machine is no host."""
    code = """
import socket
for host in ("nowhere.invalid", "localhost"):
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        pass
"""
    assert seen(tmp_path, code)["hosts"] == ["nowhere.invalid:443"]
