"""A forked kernel's process, which is no child of ours: the fork server tells what becomes of it."""

from __future__ import annotations

import asyncio
import select
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from nb2pipe.running.kernel.forkserver import messages


class ForkedProcess:
    """A forked kernel as its owner sees it, with the methods of ``subprocess.Popen`` that jupyter_client calls."""

    stdin = stdout = stderr = None

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self.pid = 0
        self.returncode: int | None = None
        self.peak_memory: int | None = None  # bytes; known when it has ended
        self.ready = False
        self.refused: str | None = None
        self.folder: Path | None = None
        self.connection: dict[str, Any] | None = None

    @property
    def settled(self) -> bool:
        """Whether it is clear what became of the request."""
        return self.ready or self.refused is not None or self.returncode is not None

    def poll(self) -> int | None:
        """The exit code once the process has ended; the negated number of the signal that ended it."""
        while self.returncode is None and self.refused is None:
            try:
                message, _ = messages.receive(self._channel)
            except BlockingIOError:
                break
            if message is None:
                self.returncode = -9  # the server was killed, and its kernels with it
            else:
                self._learn(message)
        return self.returncode

    def _learn(self, message: Mapping[str, Any]) -> None:
        if "started" in message:
            started = message["started"]
            self.pid = started["pid"]
            self.folder = Path(started["folder"]) if started["folder"] else None
            self.connection = started["connection"]
        elif "ready" in message:
            self.ready = True
        elif "exit" in message:
            self.returncode = message["exit"]
            self.peak_memory = message["memory"]
        else:
            self.refused = message["refused"]

    async def changed(self, timeout: float) -> None:
        """Return when there is news, or the time is over."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        loop.add_reader(self._channel, news.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), timeout)
        finally:
            loop.remove_reader(self._channel)

    def wait(self, timeout: float | None = None) -> int:
        """As Popen's."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if left == 0.0:
                raise subprocess.TimeoutExpired("forked kernel", timeout or 0.0)
            select.select([self._channel], [], [], left)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """To the kernel and the processes that it started."""
        if self.poll() is None:
            messages.send(self._channel, {"signal": int(number)})

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)

    def kill(self) -> None:
        """End it."""
        self.send_signal(9)

    def close(self) -> None:
        """Give it up: it is killed if it still runs."""
        self._channel.close()
