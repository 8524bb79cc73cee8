"""Runs ``nb2pipe`` as people do: another process, with nothing of the test's environment that would change it."""

from __future__ import annotations

import os
import subprocess
import sys

KEEP = ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")


def nb2pipe(*arguments, cwd=None, stdin=b"", timeout=120, encoding="utf-8", **variables):
    """The finished process, its output as text."""
    environment = {name: os.environ[name] for name in KEEP if name in os.environ}
    environment |= {"PYTHONIOENCODING": encoding, "COLUMNS": "80", **variables}
    done = subprocess.run(
        [sys.executable, "-m", "nb2pipe", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    return done
