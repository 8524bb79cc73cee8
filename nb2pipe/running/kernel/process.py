"""One kernel process: started in a private folder, watched while it works, stopped so that nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2pipe import temporary
from nb2pipe.running.executing.failures import KernelStartFailed
from nb2pipe.running.kernel import memory
from nb2pipe.running.kernel.forked import ForkedProcess
from nb2pipe.running.kernel.kernels import Kernel, complete_environment, spec_manager
from nb2pipe.running.kernel.kernelserver import KernelServer

TICK = 0.05  # seconds between two looks at the process
SETTLE = 2.0  # an interrupted cell has this long to say where it was
GRACE = 5.0  # a kernel that ends well has this long for its exit handlers
LONGEST_SOCKET = 100  # bytes; the system's limit for a socket's path is 104 (macOS) or 108

# Run silently in the kernel before anything else; names of its own must not appear among the user's.
_PREPARE = """\
def __nb2pipe_prepare__():
    import faulthandler, sys
    # A crash in compiled code writes Python's stack to where the process wrote before ipykernel took its stderr over.
    faulthandler.enable(getattr(sys.stderr, "_original_stdstream_copy", None) or 2)
    # By default 1000 outputs may be on their way; what a cell shows faster than we read is thrown away.
    import zmq
    from IPython import get_ipython
    thread = get_ipython().kernel.iopub_thread
    thread.schedule(lambda: thread.socket.setsockopt(zmq.SNDHWM, 0))
try:
    __nb2pipe_prepare__()
finally:
    del __nb2pipe_prepare__
"""


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a kernel is forked: from ``server``, with ``preload`` imported; ``ahead``: what the next one will have."""

    server: KernelServer
    preload: tuple[str, ...] = ()
    ahead: tuple[str, ...] | None = None


class Died(Exception):
    """The process ended while something waited for it."""


class Overtime(Exception):
    """The time for it is over; it was interrupted."""


class Stopped(Exception):
    """The caller asked to stop; it was interrupted."""


class KernelProcess:
    """Start with :meth:`start`, wait for anything by :meth:`supervise`, end with :meth:`stop` whatever happened."""

    def __init__(
        self,
        kernel: Kernel,
        *,
        cwd: Path,
        environment: Mapping[str, str],
        stop: threading.Event,
        fork: Fork | None = None,
    ) -> None:
        self.kernel = kernel
        self.fork = fork
        self.cwd = cwd
        self.environment = environment
        self.stop_requested = stop
        self.peak_memory: int | None = None
        self.returncode: int | None = None
        self.manager: Any = None
        self.client: Any = None
        self._process: Any = None
        self._folder: Path | None = None
        self._next_sample = 0.0
        self._oom_kills = memory.oom_kills()

    # ------------------------------------------------------------ start

    async def start(self, timeout: float) -> None:
        """Start the process and wait until it answers; raises KernelStartFailed, Stopped."""
        forked = self.fork is not None and await self._forked(self.fork, timeout)
        if not forked:
            await self._started()
        self.client = self.manager.client(context=self.manager.context)
        self.client.start_channels()
        try:
            await self.supervise(self._answered(), timeout=timeout)
        except Died:
            reason = f"it ended while starting, with exit code {self.returncode}"
            raise KernelStartFailed(reason, stderr=self.output_tail(), returncode=self.returncode) from None
        except Overtime:
            raise KernelStartFailed(f"it did not answer for {timeout:g} s", stderr=self.output_tail()) from None
        self.client.allow_stdin = False
        self.client.execute(_PREPARE, silent=True, store_history=False, stop_on_error=False)

    async def _forked(self, fork: Fork, timeout: float) -> bool:
        """Take a kernel from the fork server; False if an ordinary one is to be started."""
        request: dict[str, Any] = {
            "cwd": self.cwd,
            "environment": complete_environment(self.kernel, self.environment),
            "arguments": [*fork.server.arguments, *ipykernel_arguments(self.kernel)],
        }
        process = fork.server.start(preload=fork.preload, **request)
        self._process = process
        try:
            await self.supervise(_settled(process), timeout=timeout)
            if process.ready:
                if fork.ahead is not None:
                    fork.server.ahead(preload=fork.ahead, **request)
                return self._adopt(process)
            ended = f"a forked one ended with exit code {process.returncode}"
            fork.server.tell(f"an ordinary kernel is started: {process.refused or ended}")
        except Died:
            fork.server.tell(f"an ordinary kernel is started: a forked one ended with exit code {self.returncode}")
        except Overtime:
            fork.server.tell(f"an ordinary kernel is started: a forked one did not answer for {timeout:g} s")
        process.close()
        self._process = self.returncode = None
        return False

    def _adopt(self, process: ForkedProcess) -> bool:
        from nb2pipe.running.provisioner import ForkProvisioner

        assert process.folder is not None
        self._folder = process.folder
        self.manager = self._new_manager(self._folder, transport="ipc")
        self.manager.load_connection_info(dict(process.connection or {}))
        self.manager.provisioner = ForkProvisioner(
            kernel_id="forked", kernel_spec=self.manager.kernel_spec, parent=self.manager
        )
        self.manager.provisioner.adopt(process)
        return True

    async def _started(self) -> None:
        """Start an ordinary kernel."""
        self._folder = temporary.make()
        sockets = self._folder / "k"
        options: dict[str, Any] = {}
        if sys.platform != "win32" and len(os.fsencode(sockets)) + 2 <= LONGEST_SOCKET:
            # Sockets in a folder that only we can enter, not ports that any local user can connect to.
            options = {"transport": "ipc", "ip": str(sockets)}
        self.manager = self._new_manager(self._folder, **options)
        with (self._folder / "output").open("wb") as log:
            try:
                await self.manager.start_kernel(
                    cwd=str(self.cwd),
                    env=self._new_environment(),
                    stdout=log,
                    stderr=log,
                    extra_arguments=ipykernel_arguments(self.kernel),
                )
            except OSError as error:
                raise KernelStartFailed(f"{self.kernel.argv[0]} could not be started: {error.strerror}") from error
        self._process = self.manager.provisioner.process

    def _new_manager(self, folder: Path, **options: Any) -> Any:
        import zmq.asyncio
        from jupyter_client.manager import AsyncKernelManager

        context = zmq.asyncio.Context()
        context.rcvhwm = 0  # see _PREPARE: the limit of our end
        context.reconnect_ivl = 5  # ms between two tries to connect; a kernel that starts has no sockets yet
        return AsyncKernelManager(
            kernel_name=self.kernel.name,
            kernel_spec_manager=spec_manager(self.kernel, self.environment),
            connection_file=str(folder / "connection.json"),
            context=context,
            **options,
        )

    def _new_environment(self) -> dict[str, str]:
        environment = complete_environment(self.kernel, self.environment)
        # The user's IPython profile (start-up files, history) is not part of the notebook nor on another machine.
        environment.setdefault("IPYTHONDIR", str(self._folder / "ipython" if self._folder else ""))
        return environment

    async def _answered(self) -> None:
        """Wait until a request is answered on the shell channel *and* seen on the output channel.

        jupyter_client's ``wait_for_ready`` does the same, and then always waits for 0.2 s of silence.
        """
        while True:
            request = self.client.kernel_info()
            reply = await self._message(self.client.shell_channel, request, timeout=1.0)
            # The output channel subscribes on its own time; what was published before is lost, so ask again.
            if reply is not None and await self._message(self.client.iopub_channel, request, timeout=0.2) is not None:
                return

    async def _message(self, channel: Any, request: str, timeout: float) -> Any:
        from queue import Empty

        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = await channel.get_msg(timeout=left)
            except Empty:
                return None
            if message["parent_header"].get("msg_id") == request:
                return message
        return None

    # ------------------------------------------------------------ watch

    async def supervise(self, work: Coroutine[Any, Any, Any], *, timeout: float | None = None) -> Any:
        """The result of ``work``; or Died if the process ends, Overtime, Stopped if the caller asks for it."""
        task = asyncio.ensure_future(work)
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            while not (await asyncio.wait({task}, timeout=TICK))[0]:
                if self.poll() is not None:
                    await asyncio.wait({task}, timeout=2 * TICK)  # what it said before it died is still under way
                    if not task.done():
                        raise Died
                elif self.stop_requested.is_set():
                    await self._interrupt(task)
                    raise Stopped
                elif deadline is not None and time.monotonic() > deadline:
                    await self._interrupt(task)
                    raise Overtime
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=1.0)
            if not task.cancelled():
                task.exception()  # looked at: no "never retrieved" on stderr

    def poll(self) -> int | None:
        """The exit code once the process has ended; also notes its memory from time to time."""
        if self.returncode is None and self._process is not None:
            self.returncode, peak = _polled(self._process)
            self._note_memory(peak)
            if self.returncode is None and time.monotonic() >= self._next_sample:
                self._next_sample = time.monotonic() + 0.25
                self.measure()
        return self.returncode

    def measure(self) -> None:
        """Note the most memory that the process has had so far."""
        if self._process is not None and self.returncode is None:
            self._note_memory(memory.peak(self._process.pid))

    def _note_memory(self, peak: int | None) -> None:
        if peak is not None:
            self.peak_memory = max(peak, self.peak_memory or 0)

    @property
    def out_of_memory(self) -> bool:
        """Whether it is plausible that the system killed the process for lack of memory."""
        if sys.platform == "win32" or self.returncode != -signal.SIGKILL:
            return False
        return memory.oom_kills() > self._oom_kills or memory.is_scarce(self.peak_memory)

    def output_tail(self, lines: int = 300) -> str:
        """The end of what the process itself wrote to its standard error and output (cells' output goes elsewhere)."""
        try:
            text = (self._folder / "output").read_bytes()[-20_000:] if self._folder else b""
        except OSError:
            return ""
        return "\n".join(text.decode("utf-8", "replace").splitlines()[-lines:]).strip()

    async def _interrupt(self, task: asyncio.Future[Any]) -> None:
        """Interrupt as Ctrl-C in a notebook does, and give the cell a moment to report where it was."""
        if self.manager is None or task.done() or self.poll() is not None:  # no kernel yet: nothing to report
            return
        await self.manager.interrupt_kernel()
        deadline = time.monotonic() + SETTLE
        while not task.done() and self.poll() is None and time.monotonic() < deadline:
            await asyncio.wait({task}, timeout=TICK)

    # ------------------------------------------------------------ stop

    async def stop(self, *, gently: bool) -> None:
        """End the process and remove all that it and we made. ``gently``: its exit handlers may take their time."""
        try:
            if self._process is not None:
                await self._end_process(GRACE if gently else 0.0)
        finally:
            if self.client is not None:
                self.client.stop_channels()
            if self.manager is not None:
                await self.manager.cleanup_resources()
                self.manager.context.destroy(linger=0)
            if self._folder is not None:
                temporary.remove(self._folder)

    async def _end_process(self, grace: float) -> None:
        if self.manager is None:  # stopped before a forked process had become a kernel
            self._process.close()
            return
        if grace and self.poll() is None:
            await self._ask_to_end()
            await self._gone_within(grace, unless=self.stop_requested)
        if self.poll() is None:
            await self.manager.provisioner.terminate()
            await self._gone_within(1.0)
        # Also after a good end: what a cell started in the background belongs to the kernel's process group.
        await self.manager.provisioner.kill()
        await self._gone_within(5.0)
        await self.manager.provisioner.wait()

    async def _ask_to_end(self) -> None:
        """As ``exit()`` in a last cell would.

        A shutdown request is not as good: ipykernel then waits for its children to vanish, which those of joblib and
        multiprocessing don't before Python's own exit handlers run, and the kernel has to be killed in the end.
        """
        code = "(lambda loop: loop.call_later(0.005, loop.stop))(__import__('IPython').get_ipython().kernel.io_loop)"
        request = self.client.execute(code, silent=True, store_history=False, stop_on_error=False)
        reply = await self._message(self.client.shell_channel, request, timeout=1.0)
        if reply is None or reply["content"]["status"] != "ok":
            await self.manager.request_shutdown()

    async def _gone_within(self, seconds: float, unless: threading.Event | None = None) -> None:
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline and not (unless and unless.is_set()):
            if isinstance(self._process, ForkedProcess):
                await self._process.changed(timeout=TICK)
            else:
                await asyncio.sleep(0.01)


def ipykernel_arguments(kernel: Kernel) -> list[str]:
    """What we add to the command of a kernel: its history is in memory."""
    ipykernel = any("ipykernel" in argument for argument in kernel.argv)
    return ["--HistoryManager.hist_file=:memory:"] if ipykernel else []


async def _settled(process: ForkedProcess) -> None:
    while process.poll() is None and not process.settled:
        await process.changed(timeout=TICK)


def _polled(process: Any) -> tuple[int | None, int | None]:
    if isinstance(process, ForkedProcess):
        return process.poll(), process.peak_memory
    return memory.poll(process)
