"""How the command starts, and how it ends when something is wrong."""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import nb2pipe

from nb2pipe.cli import app
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import EnvironmentProblem, InvalidInput, StepFailed


def test_help_lists_every_verb():
    """``--help`` names each verb with the text that the verb has itself."""
    shown = " ".join(nb2pipe("--help").stdout.split())
    for name, text in app.VERBS.items():
        assert f"{name} {text}" in shown
        command = importlib.import_module(f"nb2pipe.cli.{name}").command
        assert command.name == name


@pytest.mark.parametrize("name", [*app.VERBS, "overview"])
def test_each_verb_has_help_and_takes_the_output_options(name):
    """Every verb explains itself and takes -q, -v and --color, also behind the verb."""
    command = importlib.import_module(f"nb2pipe.cli.{name}").command
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"-q", "-v", "--color"} <= options
    assert command.help
    text = command.get_help(click.Context(command, info_name=f"nb2pipe {name}", terminal_width=80))
    assert max(map(len, text.splitlines())) <= 80


def test_without_arguments():
    """The bare command shows its help and is no error."""
    done = nb2pipe()
    assert done.returncode == 0
    assert "Commands:" in done.stdout


def test_version():
    """The version is one line."""
    assert re.fullmatch(r"nb2pipe \d+\.\d+\S*\n", nb2pipe("--version").stdout)


USAGE = {
    ("explian",): "error: no command 'explian'. Did you mean 'explain'?",
    ("xyzzy",): "error: no command 'xyzzy'",
    ("explain", "--colr", "never"): "error: no option '--colr'. Did you mean '--color'?",
    ("explain", "NB40"): "error: no diagnostic 'NB40'. Did you mean 'NB420'?",
    ("inspect",): "error: Missing argument 'NOTEBOOK'",
    ("--color", "pink"): "error: Invalid value for '--color': 'pink' is not one of 'auto', 'always',",
    ("run", "x", "-p", "a"): "error: Invalid value for -p: 'a' is not NAME=VALUE",
    ("run", "x", "--fresh", "--resume"): "error: --fresh and --resume exclude each other",
    ("check", "x", "--tolerance", "a=b"): "error: Invalid value for --tolerance: 'a=b' is not NAME=0.01, NAME=2% or",
    ("lint", "-", "--fix"): "error: --fix and --diff need files: what comes from stdin has no place to be",
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_usage_errors(arguments, tmp_path):
    """A mistake on the command line gives one sentence, what was meant, where help is, and exit code 2."""
    done = nb2pipe(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith(USAGE[arguments])
    assert "usage: nb2pipe" in done.stderr
    assert lines[-1].startswith("  = help: nb2pipe")
    assert len(lines) <= 12
    assert max(map(len, lines)) <= 80


class Stop(Exception):
    """Something that nobody expected."""


@pytest.fixture
def failing(monkeypatch):
    """Makes ``explain`` raise what it is given, in this process, with the real border around it."""

    def fail_with(error, *arguments):
        module = importlib.import_module("nb2pipe.cli.explain")

        def explain(*_):
            raise error

        monkeypatch.setattr(module.rules, "explain", explain)
        return app.run(["explain", "NB401", *arguments])

    return fail_with


FINDING = Diagnostic(code="NB502", message="step 'train' failed")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InvalidInput(FINDING), 2, "error[NB502]: step 'train' failed"),
        (StepFailed(FINDING), 3, "error[NB502]: step 'train' failed"),
        (EnvironmentProblem(FINDING), 4, "error[NB502]: step 'train' failed"),
        (KeyboardInterrupt(), 130, "\nerror: interrupted"),
        (OSError(28, "No space left on device"), 4, "error[NB506]: cannot write the output: no space left on device"),
        (OSError(28, "No space left on device", "/tmp/x"), 4, "error[NB506]: cannot write /tmp/x: the disk is full"),
        (PermissionError(13, "Permission denied", "/etc/x"), 4, "error[NB506]: cannot write /etc/x: no permission"),
        (OSError(30, "Read-only file system", "/cd/x"), 4, "error[NB506]: cannot write /cd/x: the disk is read-only"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_errors_become_sentences(failing, capsys, error, code, said):
    """Each kind of error has its exit code and a text without a traceback."""
    assert failing(error) == code
    shown = capsys.readouterr()
    assert shown.err.startswith(said)
    assert bool(shown.err) == bool(said)
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_verbose_shows_the_traceback(failing, capsys):
    """With ``-v`` the traceback follows the text."""
    assert failing(StepFailed(FINDING), "-v") == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_leaves_a_log_to_paste(failing, capsys, monkeypatch, tmp_path):
    """An unexpected error says that it is ours, and names a log with command, versions and traceback."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: Path(__file__).parent)
    assert failing(Stop("no\nsecond line")) == 70
    text = capsys.readouterr().err
    assert text.startswith("error: this is a bug in nb2pipe (Stop: no)\n")
    assert len(text.splitlines()) <= 12
    (log,) = tmp_path.iterdir()
    assert log.name in "".join(text.split())
    content = log.read_text(encoding="utf-8")
    assert content.startswith("nb2pipe explain NB401\n")
    assert "papermill 2" in content
    assert "second line" in content
    assert "Traceback (most recent call last)" in content
    assert str(Path(__file__).parent) not in content


def test_a_bug_without_room_for_a_log(failing, capsys, monkeypatch, tmp_path):
    """Where no log can be written, the text says how to see the traceback."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    assert failing(Stop("no")) == 70
    assert "with -v" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_behind_stdout():
    """Output that cannot be written is an error, not silence."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nb2pipe", "explain"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert done.stderr.decode().startswith("error[NB506]: cannot write the output: no space left")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_reader_that_leaves(tmp_path):
    """``| head -1`` gives one line and nothing on stderr."""
    code = (
        "from nb2pipe.cli import app, explain; explain.table = lambda *_: ['a line'] * 100_000; app.main(['explain'])"
    )
    line = f'"{sys.executable}" -c "{code}" | head -1'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout == "a line\n"
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c():
    """Ctrl-C ends with 130 and one line below the ^C."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time\nfrom nb2pipe.cli import app, explain\n"
         "explain.rules.explain = lambda c: (print('ready', flush=True), time.sleep(30))\n"
         "app.main(['explain', 'NB401'])"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err.decode()) == (130, "\nerror: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--color", "always"), {"TERM": "dumb"}, True),
    ],
)
def test_colours(arguments, variables, colored):
    """The option wins over NO_COLOR, NO_COLOR over FORCE_COLOR, and a pipe has none."""
    done = nb2pipe("explain", *arguments, **variables)
    assert ("\x1b[" in done.stdout) == colored


def test_ascii_terminal():
    """Where stdout speaks ASCII only, so do we."""
    done = nb2pipe("explain", "NB401", encoding="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "metric:accuracy+-0.02" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    """The script of each shell calls back into nb2pipe."""
    done = nb2pipe("completion", shell)
    assert done.returncode == 0
    assert "_NB2PIPE_COMPLETE" in done.stdout


def test_completion_completes_verbs():
    """What the script asks for is answered with verbs."""
    done = nb2pipe(_NB2PIPE_COMPLETE="bash_complete", COMP_WORDS="nb2pipe ex", COMP_CWORD="1")
    assert [line.split(",")[1] for line in done.stdout.splitlines()] == ["export", "explain"]


def test_explain_lists_and_explains():
    """Every code is listed; one is explained in any case, within the terminal's width."""
    from nb2pipe import rules

    listed = nb2pipe("explain").stdout
    assert [line.split()[0] for line in listed.splitlines()[2:] if line.startswith("NB")] == list(rules.RULES)
    one = nb2pipe("explain", "nb401").stdout
    assert one.startswith("NB401: ")
    assert "  good:\n    # %% tags" in one
    assert max(map(len, (listed + one).splitlines())) <= 80
