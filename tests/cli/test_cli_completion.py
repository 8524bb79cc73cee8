"""What Tab offers: the answers to the shells, and real shells in which somebody types."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from command_line import KEEP, nb2pipe
from notebooks_by_hand import GOOD, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one notebook: steps load, train, metrics; parameters n, rate; metric score."""
    folder = tmp_path_factory.mktemp("completion")
    write(folder / "good.ipynb", *GOOD)
    (folder / "broken.ipynb").write_text("{")
    return folder


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ex", ["export", "explain"]),
        ("goo", ["goo"]),  # no verb: the shell looks for files
        ("run good.ipynb --select t", ["train"]),
        ("run good.ipynb --select load,t", ["load,train"]),
        ("run good.ipynb --select load..", ["load..load", "load..train"]),
        ("run good.ipynb -p ", ["n=", "rate="]),
        ("run -p r", []),  # whose parameters?
        ("check good.ipynb --max s", ["score="]),
        ("sweep good.ipynb --best ", ["score"]),
        ("tag good.ipynb --merge load tr", ["train"]),
        ("explain NB40", ["NB401", "NB402", "NB403", "NB404", "NB409"]),
        ("run broken.ipynb -p ", []),
        ("run nowhere.ipynb -p ", []),
        ("urn good.ipynb -p", ["-p"]),  # no such verb: nothing that disturbs the line
    ],
)
def test_what_is_offered(folder, line, offered):
    """Names that fit what was typed; silence where nothing is known."""
    words = f"nb2pipe {line}".split(" ")
    done = nb2pipe(
        cwd=folder, _NB2PIPE_COMPLETE="bash_complete", COMP_WORDS=" ".join(words), COMP_CWORD=str(len(words) - 1)
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(",", 1)[1] for line in done.stdout.splitlines() if line] == offered


SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "source <(nb2pipe completion bash)"),
    "zsh": (["-f", "-i"], "autoload -U compinit; compinit -u; source <(nb2pipe completion zsh)"),
    "fish": (["--no-config", "-i"], "nb2pipe completion fish | source"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_typed_in_a_shell(folder, tmp_path, shell):
    """A step is completed and followed by a blank, a parameter and a metric by ``=`` and no blank, a notebook by its name."""
    pexpect = pytest.importorskip("pexpect")
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    arguments, setup = SHELLS[shell]
    kept = {name: os.environ[name] for name in KEEP if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    terminal = pexpect.spawn(
        shell, arguments, env={**kept, "PATH": path, "HOME": str(tmp_path), "TERM": "xterm", "LANG": "C.UTF-8"},
        cwd=str(folder), dimensions=(30, 200), encoding="utf-8", timeout=20,
    )  # fmt: skip
    try:
        terminal.sendline(setup)
        terminal.sendline("echo rea''dy")
        terminal.expect("ready\r")
        for typed, shown in (
            ("nb2pipe run good.ipynb --select tra\tX", r"train.*X"),
            ("nb2pipe run good.ipynb -p ra\t7", r"rate=.*7"),
            ("nb2pipe check good.ipynb --tolerance sc\t7", r"score=.*7"),
            ("nb2pipe goo\t", r"good\.ipynb"),
        ):
            terminal.send(typed)
            terminal.expect(shown)
            blank = terminal.match.group().replace("\x1b[1m", "").endswith((" X", " 7"))
            assert blank == typed.endswith("X") or shell == "fish"  # which draws the line anew
            terminal.send("\x03")
    finally:
        terminal.close(force=True)
