"""The committed build of the JupyterLab extension belongs to its sources, and both to this version of the grammar."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "labextension"
BUILT = ROOT / "nb2pipe" / "labextension"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PARTS = (
    "install.json",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "stamp.mjs",
    "schema",
    "src",
    "style",
    "tests",
)


def test_the_build_belongs_to_the_sources() -> None:
    """Each source is the one that was built (else: ``make labextension``, which needs Node)."""
    files = [
        path
        for part in PARTS
        for path in ([SOURCES / part] if (SOURCES / part).is_file() else (SOURCES / part).rglob("*"))
    ]
    now = {
        path.relative_to(SOURCES).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }
    stamped = [line.split("  ") for line in (BUILT / "sources.sha256").read_text().splitlines()]
    assert now == {name: digest for digest, name in stamped}


def test_the_build_is_whole() -> None:
    """Each file that the build names is there, and no file of an earlier build."""
    about = json.loads((BUILT / "package.json").read_text())
    entry = about["jupyterlab"]["_build"]["load"]
    assert (BUILT / entry).is_file()
    assert (BUILT / "schemas" / "nb2pipe" / "plugin.json").read_bytes() == (
        SOURCES / "schema" / "plugin.json"
    ).read_bytes()
    chunks = {path.name for path in (BUILT / "static").glob("*.js")} - {Path(entry).name, "style.js"}
    loader = (BUILT / entry).read_text()
    assert chunks
    assert all(chunk.split(".")[1] in loader for chunk in chunks)
    assert sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file()) < 150_000


def test_the_versions_agree() -> None:
    """The extension has the version of the package that brings it."""
    assert json.loads((SOURCES / "package.json").read_text())["version"] == PROJECT["project"]["version"]


def test_the_wheel_puts_it_where_jupyter_looks() -> None:
    """The page's part, and the file that enables the server's part."""
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {
        "nb2pipe/labextension": "share/jupyter/labextensions/nb2pipe",
        "labextension/jupyter_server_config.json": "etc/jupyter/jupyter_server_config.d/nb2pipe.json",
    }
    enabled = json.loads((SOURCES / "jupyter_server_config.json").read_text())
    assert enabled == {"ServerApp": {"jpserver_extensions": {"nb2pipe": True}}}


def test_the_grammar_in_the_page_is_held_to_the_present_one() -> None:
    """The table to which the TypeScript is tested is what Python says now (else: ``scripts/grammar_table.py``)."""
    spec = importlib.util.spec_from_file_location("grammar_table", ROOT / "scripts" / "grammar_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (SOURCES / "tests" / "grammar.json").read_text(encoding="utf-8") == module.text()
