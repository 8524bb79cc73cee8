"""The command line in this process: kernels are slow enough, starting Python each time need not be."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import jsonschema

from nb2pipe.cli import app
from nb2pipe.reports import schema


@dataclass(frozen=True)
class Called:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of stderr that are about errors (progress comes before)."""
        lines = self.err.splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("error")]
        return lines[starts[0] :] if starts else []


def call(*arguments: object, folder: Path) -> Called:
    """``nb2pipe ARGUMENTS`` in a folder. What is written as JSON must be as the published schema says."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = app.run([str(argument) for argument in arguments])
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    if "json" in arguments and texts[0]:
        validate(texts[0])
    return Called(code, *texts)


def validate(text: str) -> None:
    """Raise if a document is not what the schema of its command says."""
    document = json.loads(text)
    command = "failure" if "exit_code" in document else document["command"]
    jsonschema.validate(document, schema.DOCUMENTS[{"check --level": "levels"}.get(command, command)])
