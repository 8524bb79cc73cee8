"""Checks that run beside the server: ``nb2pipe check`` as a process of its own, its lines read as they come."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

MOST_RUNNING = 4
KEPT = 20  # finished checks that can still be asked for
MOST_LINES = 2_000
PATIENCE = 8.0  # seconds that an interrupted check has to stop its kernels
DROPPED = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "FORCE_COLOR")  # whoever asks is no CI job and no terminal


class TooMany(Exception):
    """As many checks are running as may."""


class Check:
    """One check. Its lines are what ``nb2pipe check`` says on stderr; its report what it says on stdout."""

    def __init__(self, notebook: Path) -> None:
        self.id = uuid4().hex
        self.notebook = notebook
        self.cancelled = False
        self._began = time.monotonic()
        self._seconds: float | None = None
        self._lock = threading.Lock()
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._said = 0
        self._report: Any = None
        environment = {name: value for name, value in os.environ.items() if name not in DROPPED}
        self._process = subprocess.Popen(  # noqa: S603  nothing of the command is the client's but a path that exists
            [sys.executable, "-m", "nb2pipe", "check", "--output-format", "json", "--", notebook.name],
            cwd=notebook.parent,
            env={**environment, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C at the server asks a question first: it must not hit the check
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._threads = (
            threading.Thread(target=self._read_lines, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._read_report, args=(self._process.stdout,), daemon=True),
        )
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self._process.poll() is None or any(thread.is_alive() for thread in self._threads)

    def document(self, since: int = 0) -> dict[str, Any]:
        """How it stands: the lines from number ``since`` on, and the report once it is there."""
        running = self.running
        with self._lock:
            first = self._said - len(self._lines)
            lines = list(self._lines)[max(0, since - first) :]
            if not running and self._seconds is None:
                self._seconds = time.monotonic() - self._began
            return {
                "id": self.id,
                "state": "running" if running else "cancelled" if self.cancelled else "finished",
                "lines": lines,
                "next": self._said,
                "seconds": time.monotonic() - self._began if self._seconds is None else self._seconds,
                "exit_code": None if running else self._process.returncode,
                "report": None if running else self._report,
            }

    def cancel(self) -> None:
        """As Ctrl-C does: the check stops its kernels and ends; if it does not, it is ended."""
        if self._process.poll() is not None:
            return
        self.cancelled = True
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGINT)
        threading.Thread(target=self._end, daemon=True).start()

    def _end(self) -> None:
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and all that it started."""
        if self._process.poll() is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> None:
        """Until it has ended, at most so long."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def _read_lines(self, stream: IO[str]) -> None:
        for line in stream:
            with self._lock:
                self._lines.append(line.rstrip("\n"))
                self._said += 1
        stream.close()

    def _read_report(self, stream: IO[str]) -> None:
        text = stream.read()
        stream.close()
        with suppress(ValueError):
            self._report = json.loads(text)


class Checks:
    """All checks of a server."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._lock = threading.Lock()

    def start(self, notebook: Path) -> Check:
        """Begin one, or give the one that is running on this notebook; raises TooMany."""
        with self._lock:
            running = [check for check in self._checks.values() if check.running]
            for check in running:
                if check.notebook == notebook and not check.cancelled:
                    return check
            if len(running) >= MOST_RUNNING:
                raise TooMany
            for old in [check.id for check in self._checks.values() if not check.running][: -KEPT or None]:
                del self._checks[old]
            check = Check(notebook)
            self._checks[check.id] = check
            return check

    def get(self, identifier: str) -> Check | None:
        """The check, if it is still known."""
        return self._checks.get(identifier)

    def close(self) -> None:
        """End those that are running: the server stops."""
        running = [check for check in self._checks.values() if check.running]
        for check in running:
            check.cancel()
        for check in running:
            check.wait(2.0)
            check.kill()
