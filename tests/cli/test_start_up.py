"""What the verbs that run nothing cost before they do their work."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from notebooks_by_hand import GOOD, write

PASS, CLICK = ("-c", "pass"), ("-c", "import click")
MOST = {  # verb -> how many times the cost of importing click, at most (measured in November 2026: 1.6, 2.0, 4.5, 4.3)
    "--help": 2.3,
    "lint --help": 3.2,
    "lint good.ipynb": 6.5,
    "inspect good.ipynb": 6.5,
}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the resource usage of a child")
def test_start_up_is_a_small_multiple_of_importing_click(tmp_path):
    """CPU over the bare interpreter, each the least of five in turns, bytecode compiled."""
    write(tmp_path / "good.ipynb", *GOOD)
    verbs = {verb: ("-m", "nb2pipe", *verb.split()) for verb in MOST}
    commands = {"pass": PASS, "click": CLICK} | verbs
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    surroundings["PYTHONPYCACHEPREFIX"] = str(tmp_path / "bytecode")

    def cpu(arguments):
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=tmp_path, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_utime + used.ru_stime

    rounds = [{name: cpu(arguments) for name, arguments in commands.items()} for _ in range(6)][1:]
    least = {name: min(each[name] for each in rounds) for name in commands}
    click = least["click"] - least["pass"]
    ratios = {verb: round((least[verb] - least["pass"]) / click, 2) for verb in MOST}
    print(ratios)
    assert {verb: ratio for verb, ratio in ratios.items() if ratio > MOST[verb]} == {}
