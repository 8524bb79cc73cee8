"""The pictures of the pages, made of the real thing: ``make pictures``.

JupyterLab comes from the tests in tests/lab, the report from a check of a sample, terminals from the commands of the
tutorial. ``docs/images/sources.sha256`` says what each was made of, so that a test can say which are stale.
"""

from __future__ import annotations

import hashlib
import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.pages import ROOT
from tests.docs.typed import Command, answers, commands, masked

IMAGES = ROOT / "docs" / "images"
STAMP = IMAGES / "sources.sha256"
LAB = ROOT / ".cache" / "lab"
PAGES = ("tutorial.md", "tutorial-part-two.md")

# Patterns below the checkout, by picture; what a terminal shows is compared as text.
_EXTENSION = ("nb2pipe/labextension/sources.sha256",)
SOURCES = {
    "jupyterlab-steps-light.png": (*_EXTENSION, "sample_notebooks/churn.ipynb"),
    "jupyterlab-check-dark.png": _EXTENSION,
    "report.png": ("templates/report/*", "nb2pipe/reports/page/*.py", "sample_notebooks/churn.ipynb"),
}
TERMINALS = {  # by picture: the command of the tutorial, and which time it is typed
    "terminal-tag.svg": ("nb2pipe tag wine.ipynb --yes", 0),
    "terminal-check-failed.svg": ("nb2pipe check wine_pipeline", 1),
}
REPORT = (
    "cp sample_notebooks/churn.ipynb ~/first && cd ~/first && . .venv/bin/activate",
    "nb2pipe export churn.ipynb",
    "nb2pipe check churn_pipeline -p max_depth=7 --tolerance accuracy=0.02 --tolerance roc_auc=0.01 "
    "--tolerance logloss=0.003",
)
WIDTH = 12.2  # of a character, in the units of rich's SVG
_FETCHED = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)  # a font from another server
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, monospace"


def digest(name: str) -> str:
    """Of all that a picture was made of."""
    files = sorted({path for pattern in SOURCES[name] for path in ROOT.glob(pattern)})
    said = "".join(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)
    return hashlib.sha256(said.encode()).hexdigest()


def stamped() -> dict[str, str]:
    """What the pictures that are there were made of."""
    lines = STAMP.read_text(encoding="utf-8").splitlines()
    return {name: found for found, name in (line.split("  ") for line in lines)}


def on_the_page(name: str) -> Command:
    """The command that a picture of a terminal shows, as the tutorial has it."""
    line, time = TERMINALS[name]
    typed = [each for page in PAGES for each in commands((ROOT / "docs" / page).read_text(encoding="utf-8"))]
    return [each for each in typed if each.line == line][time]


def drawn(command: str, printed: str, name: str) -> str:
    """A terminal as SVG: a prompt, the command, and what it printed, with its colours."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    console = Console(
        record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    console.print(Text.from_ansi(printed), soft_wrap=True)
    form = _FETCHED.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", _FONTS)
    made = console.export_svg(title="", unique_id=Path(name).stem, code_format=form)
    return "\n".join(line.rstrip() for line in made.splitlines()) + "\n"


def text_of(svg: str) -> str:
    """The characters of a drawn terminal, at their places."""
    lines: dict[int, dict[int, str]] = {}
    for x, row, content in re.findall(r'<text [^>]* x="([\d.]+)"[^>]*-line-(\d+)\)">(.*?)</text>', svg):
        lines.setdefault(int(row), {})[round(float(x) / WIDTH)] = html.unescape(content).replace("\xa0", " ")
    texts = []
    for row in range(max(lines) + 1):
        text = ""
        for column, content in sorted(lines.get(row, {}).items()):
            text = text.ljust(column) + content
        texts.append(text.rstrip())
    return "\n".join(texts)


def shows(svg: str, command: str, printed: str) -> bool:
    """Whether a drawn terminal shows the command and what it printed, times aside."""
    return masked(text_of(svg)) == masked(f"$ {command}\n{printed}")


# ---------------------------------------------------------------- making them


def main() -> int:
    """Make all anew; needs the environment of ``make test-lab``, and Chromium."""
    wanted = "test_steps_are_seen_at_the_cells_and_in_the_panel or test_check_saves_runs_and_shows_the_verdict"
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "lab", "tests/lab", "-k", wanted]
    subprocess.run(tests, cwd=ROOT, check=True, env={**os.environ, "NB2PIPE_PICTURES": str(LAB)})
    for name in SOURCES:
        if name.startswith("jupyterlab"):
            shutil.copy(LAB / name, IMAGES / name)
    with tempfile.TemporaryDirectory(prefix="pictures") as home:
        terminals(Path(home) / "tutorial")
        report(Path(home) / "report")
    STAMP.write_text("".join(f"{digest(name)}  {name}\n" for name in sorted(SOURCES)), encoding="utf-8")
    return 0


def terminals(home: Path) -> None:
    """Type the tutorial, in colour, and draw what is wanted of it."""
    typed = [each for page in PAGES for each in commands((ROOT / "docs" / page).read_text(encoding="utf-8"))]
    given = answers(typed, home, install=False, color=True)
    for name, (line, time) in TERMINALS.items():
        answer = [found for each, found in zip(typed, given, strict=True) if each.line == line][time]
        (IMAGES / name).write_text(drawn(line, answer.printed, name), encoding="utf-8")


def report(home: Path) -> None:
    """The top of the report of a check whose metrics moved a little."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    given = answers([Command(line, "") for line in REPORT], home, install=False)
    assert [answer.code for answer in given] == [0, 0, 0], given
    (page,) = (home / "first" / "churn_pipeline" / ".nb2pipe" / "runs").glob("*/report.html")
    with sync_playwright() as engine:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1080, "height": 628})
        shown.goto(page.as_uri())
        shown.screenshot(path=IMAGES / "report.png")
        browser.close()
    Image.open(IMAGES / "report.png").convert("RGB").quantize(96).save(IMAGES / "report.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
