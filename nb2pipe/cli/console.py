"""Where the command writes: answers to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import StorageProblem
from nb2pipe.reports.look import Look

NARROWEST, WIDEST = 40, 100


@dataclass(slots=True)
class Console:
    """What the options say about output. ``command``, ``form`` and ``file`` are set by the verb that runs.

    ``form`` is the format in which a program waits for the answer, on stdout or in ``file``: also if there is none.
    """

    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    command: str = ""
    form: str = "text"
    file: Path | None = None

    def out(self) -> Look:
        """How stdout looks."""
        return self._look(sys.stdout)

    def err(self) -> Look:
        """How stderr looks."""
        return self._look(sys.stderr)

    def answer(self, lines: Iterable[str]) -> None:
        """What the user asked for."""
        _write(sys.stdout, lines)

    def say(self, lines: Iterable[str]) -> None:
        """What is good to know on the way; not with ``-q``."""
        if not self.quiet:
            _write(sys.stderr, lines)

    def command_lines(self, lines: Iterable[str]) -> None:
        """Lines on stderr that a program reads: said with ``-q`` too."""
        _write(sys.stderr, lines)

    def warn(self, found: Iterable[Diagnostic]) -> None:
        """Findings beside the answer."""
        from nb2pipe.reports import text

        lines = text.diagnostics(found, self.err())
        if lines:
            _write(sys.stderr, [*lines, ""])

    def document(self, content: str, output: Path | None = None) -> None:
        """A document for programs, in UTF-8 whatever the terminal speaks: to the file, or to stdout."""
        content = content.rstrip("\n") + "\n"
        if output is not None:
            from nb2pipe import storing
            from nb2pipe.rules import nb506_storage

            try:
                storing.write_bytes(output, content.encode("utf-8", "replace"))
            except OSError as error:
                raise StorageProblem(nb506_storage.diagnostic(output, error)) from error
            return
        sys.stdout.flush()
        sys.stdout.buffer.write(content.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()

    def summary(self, content: str) -> None:
        """Markdown for the summary of this step on GitHub Actions, if we are there."""
        file = os.environ.get("GITHUB_STEP_SUMMARY")
        if file:
            with Path(file).open("a", encoding="utf-8") as target:
                target.write(content + "\n")

    def is_live(self) -> bool:
        """Whether lines on stderr may be redrawn."""
        able = sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
        return able and not self.quiet and "CI" not in os.environ

    def _look(self, stream: TextIO) -> Look:
        width = _columns()
        encoding = (stream.encoding or "").lower().replace("-", "")
        return Look(
            width=max(NARROWEST, min(WIDEST, width)),
            color=self._colored(stream),
            unicode=encoding.startswith("utf"),
        )

    def _colored(self, stream: TextIO) -> bool:
        """The option wins, then NO_COLOR (no-color.org), then FORCE_COLOR, then what the stream is."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"


def _columns() -> int:
    """As ``shutil.get_terminal_size``, which imports every kind of archive."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or WIDEST
    except (OSError, ValueError):
        return WIDEST


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    content = "".join(f"{line}\n" for line in lines)
    encoding = stream.encoding or "utf-8"
    stream.write(content.encode(encoding, "replace").decode(encoding))
    stream.flush()
