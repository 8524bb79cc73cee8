"""``nb2pipe-fork``: a Jupyter kernel provisioner that forks kernels from a process that has loaded the libraries.

For any Jupyter program, by the kernel specification's metadata::

    "metadata": {"kernel_provisioner": {"provisioner_name": "nb2pipe-fork", "config": {"preload": ["pandas"]}}}

Where forking is not safe or not possible, the kernel is started as usual, and the log says why.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import Any, Self

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from nb2pipe.running.kernel.forked import ForkedProcess
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.kernel.kernelserver import KernelServer, launcher, why_not


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """As Jupyter's own, with another way to make the process. ``preload``: modules, ``a.b`` or ``a.b:name``."""

    process: Any = None

    preload = List(Unicode(), help="modules that are imported before the kernel is forked").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel, or start it as usual."""
        process = await self._forked(cmd, kwargs)
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.adopt(process)
        return self.connection_info

    def adopt(self, process: ForkedProcess) -> None:
        """The kernel of this provisioner is this process."""
        self.process = process
        self.pid = self.pgid = process.pid

    async def _forked(self, cmd: list[str], kwargs: dict[str, Any]) -> ForkedProcess | None:
        kernel = Kernel(name=self.kernel_spec.display_name or "python", display="", argv=tuple(cmd))
        reason = why_not(kernel)
        environment = dict(kwargs.get("env") or os.environ)
        if reason is None:
            try:
                server = _server(kernel, environment, self.log.warning)
                with _output(kwargs) as output:
                    process = server.start(
                        cwd=kwargs.get("cwd") or os.getcwd(),  # noqa: PTH109
                        preload=self.preload,
                        environment=environment,
                        arguments=launcher(kernel)[1],
                        connection_file=self.parent.connection_file,
                        output=output.numbers,
                    )
                while not process.settled:
                    if process.poll() is None and not process.settled:
                        await process.changed(timeout=60.0)
                if process.ready:
                    return process
                reason = process.refused or f"the forked kernel ended with {process.returncode}"
                process.close()
            except OSError as error:
                reason = str(error)
        self.log.warning("an ordinary kernel is started, none is forked: %s", reason)
        return None

    async def wait(self) -> int | None:
        """Until the process has ended; told by it, not asked again and again."""
        process = self.process
        if not isinstance(process, ForkedProcess):
            result: int | None = await super().wait()
            return result
        while process.poll() is None:
            await process.changed(timeout=1.0)
        process.close()
        self.process = None
        return process.returncode

    async def send_signal(self, signum: int) -> None:
        """To the kernel and what it started."""
        if isinstance(self.process, ForkedProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """SIGKILL."""
        if isinstance(self.process, ForkedProcess):
            self.process.send_signal(signal.SIGKILL)
        else:
            await super().kill(restart)


class _output:  # noqa: N801  a with statement's subject
    """The descriptors that the kernel shall write to, as given to Popen."""

    def __init__(self, kwargs: dict[str, Any]) -> None:
        self._opened: list[int] = []
        first = self._number(kwargs.get("stdout"), 1)
        second = first if kwargs.get("stderr") == subprocess.STDOUT else self._number(kwargs.get("stderr"), 2)
        self.numbers = (first, second)

    def _number(self, given: Any, own: int) -> int:
        if given is None:
            return own
        if given in (subprocess.DEVNULL, subprocess.PIPE):  # nobody reads the pipe of a kernel
            self._opened.append(os.open(os.devnull, os.O_WRONLY))
            return self._opened[-1]
        return given if isinstance(given, int) else int(given.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for number in self._opened:
            os.close(number)


_servers: list[KernelServer] = []
_lock = threading.Lock()


def _server(kernel: Kernel, environment: dict[str, str], warn: Callable[[str], None]) -> KernelServer:
    """The server of this program for such kernels; it lives as long as the program."""
    with _lock:
        for server in _servers:
            if server.is_for(kernel) and server.fits(environment):
                return server
        server = KernelServer(kernel, environment=environment, message=warn)
        if not _servers:
            atexit.register(_close)
        _servers.append(server)
        return server


def _close() -> None:
    for server in _servers:
        server.close()
