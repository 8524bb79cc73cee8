"""What is seen while steps run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import KEEP

from nb2pipe.cli.console import Console
from nb2pipe.cli.progress import Lines, Live
from nb2pipe.model import StepRecord, StepStatus
from nb2pipe.reports.look import Look

LOAD = StepRecord(name="load", status=StepStatus.REUSED, run="r1")
TRAIN = StepRecord(name="train", status=StepStatus.OK, seconds=2.913)
SCORE = StepRecord(name="score", status=StepStatus.FAILED, seconds=61)


def test_a_line_per_step(capsys):
    """In a log each finished step is one line, numbered once the total is known."""
    progress = Lines(Console())
    progress.step_finished(LOAD)
    progress.step_started("train", 0, 3)
    progress.step_finished(TRAIN)
    progress.step_started("score", 1, 3)
    progress.note("by the way")
    progress.step_finished(SCORE)
    progress.message("once\x1b[2J more")
    progress.step_finished(TRAIN)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert (
        shown.err
        == """\
     1  reused                 load
2 of 3  ok             2.91 s  train
by the way
3 of 3  failed     1 min 01 s  score
once\N{REPLACEMENT CHARACTER}[2J more
1 of 3  ok             2.91 s  train
"""
    )


def test_live_lines(monkeypatch):
    """On a terminal the running step has a clock; a message starts the list anew."""
    live = Live(Console())
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    live.message("running the pipeline")
    assert live.lines(Look(), 103.0) == ["running the pipeline (3.00 s)"]
    live.step_started("train", 0, 3)
    live.step_finished(TRAIN)
    live.step_started("score", 1, 3)
    assert live.lines(Look(), 112.5) == [
        "running the pipeline",
        "1 of 3  ok             2.91 s  train",
        "2 of 3  running        12.5 s  score",
    ]
    live.message("again")
    assert live.lines(Look(), 100.0) == ["again (0.00 s)"]


def test_live_shows_the_last_of_many_steps():
    """A pipeline longer than the terminal keeps its newest lines."""
    live = Live(Console())
    for number in range(40):
        live.step_started(f"s{number}", number, 40)
        live.step_finished(StepRecord(name=f"s{number}", status=StepStatus.OK))
    lines = live.lines(Look(), 0.0)
    assert len(lines) == 12
    assert lines[-1].startswith("40 of 40")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX terminal")
@pytest.mark.parametrize(
    ("settings", "variables", "kind"),
    [
        ("", {}, "Live"),
        ("", {"CI": "true"}, "Lines"),
        ("", {"TERM": "dumb"}, "Lines"),
        ("quiet=True", {}, "Silence"),
    ],
)
def test_live_only_on_a_terminal_for_people(settings, variables, kind):
    """Redrawing needs a terminal that can, and nobody who keeps a log of it."""
    code = (
        "from nb2pipe.cli.console import Console; from nb2pipe.cli.progress import shown\n"
        f"with shown(Console({settings})) as progress: print(type(progress).__name__)"
    )
    environment = {name: os.environ[name] for name in KEEP if name in os.environ}
    main, terminal = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stderr=terminal,
            stdout=subprocess.PIPE,
            env={**environment, "TERM": "xterm", **variables},
            text=True,
            check=True,
        )
    finally:
        os.close(terminal)
        os.close(main)
    assert done.stdout.strip() == kind
