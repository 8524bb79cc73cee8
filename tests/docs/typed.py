"""The commands that a page shows with what they print: typed in a shell, and compared.

``python -m tests.docs.typed PAGE...`` types them in an empty home and writes what they print into the page; outputs that
are shortened with ``[...]`` stay, and are named where they no longer match.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import FENCE, ROOT

MARK = "=== typed"
GAP = "[...]"


@dataclass(frozen=True)
class Command:
    """One line after a dollar sign, and the lines below it."""

    line: str
    shown: str

    @property
    def installs(self) -> bool:
        """Whether it makes or fills an environment."""
        return bool(re.search(r"-m venv|pip install", self.line))


@dataclass(frozen=True)
class Answer:
    """What a command printed, with its exit code and time in seconds."""

    printed: str
    code: int
    seconds: float


def commands(text: str) -> list[Command]:
    """All of a page, in order."""
    found = []
    for block in FENCE.finditer(text):
        if block[3].strip() == "console":
            for part in re.split(r"^\$ ", block[4], flags=re.MULTILINE)[1:]:
                line, _, shown = part.partition("\n")
                found.append(Command(line, shown.rstrip()))
    return found


def answers(typed: Sequence[Command], home: Path, *, install: bool, color: bool = False) -> list[Answer]:
    """Type the commands in one shell that begins in the checkout, with an empty home.

    Without ``install``, commands that install are passed over: the environment in ``~/first/.venv`` is this one.
    """
    if not install:
        (home / "first").mkdir(parents=True)
        (home / "first" / ".venv").symlink_to(sys.prefix)
    script = ["exec 2>&1", f"echo '{MARK}' 0 ${{EPOCHREALTIME:-$SECONDS}}"]
    for command in typed:
        line = command.line if install or not command.installs else "true"
        script += [line, f"code=$?; echo; echo '{MARK}' $code ${{EPOCHREALTIME:-$SECONDS}}"]
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    wanted = {"HOME": str(home), "COLUMNS": "80", "TERM": "dumb", **({"FORCE_COLOR": "1"} if color else {})}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", "\n".join(script)], cwd=ROOT, env={**known, **wanted},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    parts = re.split(rf"^{MARK} (\d+) ([\d.,]+)\n", done.stdout, flags=re.MULTILINE)
    times = [float(part.replace(",", ".")) for part in parts[2::3]]
    printed, codes = parts[3::3], [int(part) for part in parts[4::3]]
    return [
        Answer(text.strip("\n"), code, after - before)
        for text, code, before, after in zip(printed, codes, times, times[1:], strict=False)
    ]


def masked(text: str) -> list[str]:
    """The lines without what differs from run to run: times, names of runs, digits, widths of columns."""
    text = re.sub(r"\d{8}-\d{6}-[\w-]+", "RUN", text)
    text = re.sub(r"(\d+ h )?(\d+ min )?\d+(\.\d+)? m?s\b", "TIME", text)
    text = re.sub(r"[-+±]?\d+(\.\d+)?(e[-+]?\d+)?", "#", text)
    return [re.sub(r"(\s|─)+", " ", line).strip() for line in text.splitlines()]


def agree(shown: str, printed: str) -> bool:
    """Whether the page shows what was printed; ``[...]`` in it stands for any lines."""
    pattern = [".*" if GAP in line else re.escape(line) for line in masked(shown)]
    return re.fullmatch("\n".join(pattern), "\n".join(masked(printed)), flags=re.DOTALL) is not None


def filled(text: str, typed: Sequence[Command], given: Sequence[Answer]) -> str:
    """The page with its outputs written anew."""
    for command, answer in zip(typed, given, strict=True):
        if not command.installs and GAP not in command.shown:
            before = f"$ {command.line}\n" + (f"{command.shown}\n" if command.shown else "")
            text = text.replace(before, f"$ {command.line}\n" + (f"{answer.printed}\n" if answer.printed else ""), 1)
    return text


def main() -> int:
    """Write the pages anew: the first goes with a new home, the next ones go on in it."""
    parser = argparse.ArgumentParser(description="Type the commands of pages and write what they print into them.")
    parser.add_argument("--install", action="store_true", help="also those that install")
    parser.add_argument("pages", nargs="+", type=Path)
    wanted = parser.parse_args()
    typed = [commands(page.read_text(encoding="utf-8")) for page in wanted.pages]
    with tempfile.TemporaryDirectory(prefix="typed") as home:
        given = answers([command for page in typed for command in page], Path(home), install=wanted.install)
    for page, of_page in zip(wanted.pages, typed, strict=True):
        here, given = given[: len(of_page)], given[len(of_page) :]
        for command, answer in zip(of_page, here, strict=True):
            sys.stdout.write(f"{answer.seconds:6.1f} s  exit code {answer.code}  $ {command.line}\n")
            if GAP in command.shown and not agree(command.shown, answer.printed):
                sys.stdout.write(f"shown otherwise, by hand:\n{answer.printed}\n")
        page.write_text(filled(page.read_text(encoding="utf-8"), of_page, here), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
