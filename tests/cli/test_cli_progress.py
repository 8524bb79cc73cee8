"""What is seen while steps run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import KEEP

from nb2pipe.cli.console import Console
from nb2pipe.cli.live import Live
from nb2pipe.cli.progress import Lines
from nb2pipe.model import StepRecord, StepStatus
from nb2pipe.reports.look import Look

LOAD = StepRecord(name="load", status=StepStatus.REUSED, run="r1")
TRAIN = StepRecord(name="train", status=StepStatus.OK, seconds=2.913)
SCORE = StepRecord(name="score", status=StepStatus.FAILED, seconds=61)


def test_a_line_per_step(capsys):
    """In a log each finished step is one line, numbered; a second run counts anew."""
    progress = Lines(Console())
    progress.run_started(["load", "train", "score"])
    progress.step_finished(LOAD)
    progress.step_started("train", 0, 3)
    progress.step_finished(TRAIN)
    progress.step_started("score", 1, 3)
    progress.note("by the way")
    progress.step_finished(SCORE)
    progress.message("once\x1b[2J more")
    progress.run_started(["train"])
    progress.step_finished(TRAIN)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert (
        shown.err
        == """\
1 of 3  reused                 load
2 of 3  ok             2.91 s  train
by the way
3 of 3  failed     1 min 01 s  score
once\N{REPLACEMENT CHARACTER}[2J more
1 of 1  ok             2.91 s  train
"""
    )


@pytest.fixture
def live(monkeypatch):
    """A live table whose clock stands at 100 s, begun there."""
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    return Live(Console())


def test_the_live_table(live):
    """What is being done, each step with its state and the running ones' clocks, and the time since the beginning."""
    live.message("running the pipeline")
    assert live.lines(Look(), 103.0) == ["running the pipeline", "3.00 s"]
    live.run_started(["load", "train", "score", "plots"])
    live.step_finished(LOAD)
    live.step_started("train", 1, 4)
    live.step_started("score", 2, 4)
    live.step_finished(TRAIN)
    assert live.lines(Look(), 112.5) == [
        "running the pipeline",
        "step   status     time  note",
        "─────  ───────  ──────  ───────────",
        "load   reused           from run r1",
        "train  ok       2.91 s",
        "score  running  12.5 s",
        "plots  waits",
        "12.5 s",
    ]
    live.message("a table is not as usual")  # while a step runs: its row stays
    assert "score  running  12.5 s" in "\n".join(live.lines(Look(), 112.5))
    live.step_finished(SCORE)
    live.message("again")
    assert live.lines(Look(unicode=False), 100.0) == [
        "running the pipeline",
        "a table is not as usual",
        "again",
        "0.00 s",
    ]


def test_after_an_end_before_time_the_table_says_how_far_it_came(live):
    """Nothing runs or waits any more."""
    live.run_started(["load", "train", "score"])
    live.step_finished(LOAD)
    live.step_started("train", 1, 3)
    assert live.lines(Look(), 100.0, over=True)[2:] == [
        "load   reused   from run r1",
        "train  stopped",
        "score  not run",
    ]


def test_a_long_table_shows_what_is_near(live, monkeypatch):
    """A pipeline longer than the terminal: what ended long ago and what waits for long make room."""
    monkeypatch.setenv("LINES", "16")
    names = [f"s{number}" for number in range(40)]
    live.run_started(names)
    for name in names[:20]:
        live.step_finished(StepRecord(name=name, status=StepStatus.OK))
    live.step_started("s20", 20, 40)
    lines = live.lines(Look(), 100.0)
    assert len(lines) <= 16
    assert lines[2] == "… 18 more that ended"
    assert [line.split()[0] for line in lines[3:6]] == ["s18", "s19", "s20"]
    assert lines[-2].endswith("more that wait")


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
