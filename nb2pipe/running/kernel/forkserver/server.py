"""The loop of one forking process: take requests, fork, tell how each kernel ended."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import tempfile
import time
import uuid
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple

from . import imports, threads
from .kernel import KernelJob, die_with, exit_last, freeze, warm_up
from .messages import receive, send

Job = Callable[[], Any]
_READY = b"+"
_PATIENCE = 5.0  # seconds for what we forked to end when the owner is gone


class _Kernel:
    """A forked kernel; ``channel`` leads to its owner, ``None`` when that gave it up."""

    def __init__(self, pid: int, started: Dict[str, Any], notice: int) -> None:
        self.pid = pid
        self.started = started
        self.notice = notice  # closes, or says something, when the kernel can be talked to
        self.channel: Optional[socket.socket] = None

    def tell(self, message: Dict[str, Any]) -> None:
        if self.channel is not None:
            send(self.channel, message)


class _Template:
    """A process that is importing; ``control`` is passed to the next one if this one is spoilt."""

    def __init__(self, request: Dict[str, Any], control: Optional[socket.socket], notice: int) -> None:
        self.request = request
        self.control = control
        self.notice = notice
        self.rest: Optional[List[str]] = None  # what to import instead


class TemplateJob:
    """In a newly forked process: import, and become a server; or say why not, and end."""

    def __init__(self, request: Dict[str, Any], control: socket.socket, notice: int, parent: Server) -> None:
        self.request = request
        self.control = control
        self.notice = notice
        self.folder = parent.folder
        self.streams = parent.streams
        self.parent = parent.pid

    def __call__(self) -> Job:
        """The next job: that of something forked from here."""
        die_with(self.parent)
        preload = self.request["preload"]
        os.chdir(self.request["cwd"])
        refused = imports.load(preload)
        if refused:
            entry, reason = refused
            send(self.control, {"refused": [entry, reason]})
            rest = [other for other in preload if other != entry and not other.startswith((entry + ".", entry + ":"))]
            os.write(self.notice, json.dumps(rest).encode())
            os._exit(0)
        os.write(self.notice, _READY)
        os.close(self.notice)
        return Server(self.control, self.folder, first=False, streams=self.streams).serve()


class Server:
    """Lives until its control socket closes; :meth:`serve` returns only in processes that it forked."""

    def __init__(self, control: socket.socket, folder: str, *, first: bool, streams: List[imports.Stream]) -> None:
        self.control = control
        self.folder = folder
        self.first = first
        self.pid = os.getpid()
        self.streams = streams
        self.kernels: Dict[int, _Kernel] = {}
        self.templates: Dict[int, _Template] = {}
        self.descriptors = {control.fileno()}
        self.wake = os.pipe()
        for number in self.wake:
            os.set_blocking(number, False)
        self._wake_up_at_exits()

    def _wake_up_at_exits(self) -> None:
        self.descriptors.update(self.wake)
        signal.set_wakeup_fd(self.wake[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    # ------------------------------------------------------------ the loop

    def serve(self) -> Job:
        """Answer requests. Returns, in a forked process, what is to be run there."""
        freeze()
        while True:
            readable = self._readable()
            if self.wake[0] in readable:
                job = self._reap()
                if job:
                    return job
            for pid, kernel in list(self.kernels.items()):
                if kernel.notice in readable:
                    self._became_ready(kernel)
                if kernel.channel is not None and kernel.channel.fileno() in readable:
                    self._asked_by_owner(pid, kernel)
            for template in list(self.templates.values()):
                if template.notice in readable:
                    self._imported(template)
            if self.control.fileno() in readable:
                job = self._requested()
                if job:
                    return job

    def _readable(self) -> set:  # type: ignore[type-arg]
        poll = select.poll()
        numbers = [self.wake[0], self.control.fileno()]
        for kernel in self.kernels.values():
            numbers += [kernel.notice] if kernel.notice >= 0 else []
            numbers += [kernel.channel.fileno()] if kernel.channel is not None else []
        numbers += [template.notice for template in self.templates.values() if template.notice >= 0]
        for number in numbers:
            poll.register(number, select.POLLIN)
        return {number for number, _event in poll.poll()}

    def _requested(self) -> Optional[Job]:
        request, descriptors = receive(self.control)
        if request is None:
            return self._end()
        if request["do"] == "template":
            return self._new_template(request, socket.socket(fileno=descriptors[0]))
        return self._new_kernel(request, descriptors)

    # ------------------------------------------------------------ kernels

    def _new_kernel(self, request: Dict[str, Any], descriptors: List[int]) -> Optional[Job]:
        channel = socket.socket(fileno=descriptors[0])
        others = threads.names()
        if others:
            send(channel, {"refused": "a thread runs in the fork server (%s)" % others})
            channel.close()
            return None
        job, kernel = self._fork_kernel(request, descriptors[1:])
        if kernel is None:
            channel.close()
            return job
        for number in descriptors[1:]:
            os.close(number)
        kernel.channel = channel
        self.descriptors.add(channel.fileno())
        kernel.tell({"started": kernel.started})
        return None

    def _fork_kernel(self, wanted: Dict[str, Any], output: List[int]) -> Tuple[Optional[Job], Optional[_Kernel]]:
        place, started = self._place(wanted)
        log = [] if output else [os.open(os.path.join(place, "output"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)]
        notice, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            self._forget()
            os.close(notice)
            return KernelJob(wanted, started, output or log * 2, tell, self.streams, self.pid), None
        for number in (tell, *log):
            os.close(number)
        os.set_inheritable(notice, False)
        self.descriptors.add(notice)
        kernel = _Kernel(pid, dict(started, pid=pid), notice)
        self.kernels[pid] = kernel
        return None, kernel

    def _place(self, wanted: Dict[str, Any]) -> Tuple[str, Dict[str, Any]]:
        """A kernel whose connection the owner leaves to us gets a folder of its own: sockets that only we can reach."""
        if wanted["connection_file"]:
            return "", {"connection_file": wanted["connection_file"], "folder": "", "connection": None}
        place = tempfile.mkdtemp(prefix="k", dir=self.folder)
        connection = {
            "transport": "ipc", "ip": os.path.join(place, "s"), "key": uuid.uuid4().hex,
            "signature_scheme": "hmac-sha256", "kernel_name": "",
            "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
        }  # fmt: skip
        file = os.path.join(place, "connection.json")
        with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as stream:
            json.dump(connection, stream)
        return place, {"connection_file": file, "folder": place, "connection": connection}

    def _became_ready(self, kernel: _Kernel) -> None:
        if os.read(kernel.notice, 1):
            kernel.tell({"ready": True})
        self._close(kernel.notice)
        kernel.notice = -1

    def _asked_by_owner(self, pid: int, kernel: _Kernel) -> None:
        assert kernel.channel is not None
        message, _ = receive(kernel.channel)
        if message is None:  # given up, or the owner is gone
            self._close(kernel.channel.detach())
            kernel.channel = None
            self._signal(pid, signal.SIGKILL)
        else:
            self._signal(pid, message["signal"])

    def _signal(self, pid: int, number: int) -> None:
        """To the kernel and what it started, while its number is surely its own: it was not reaped yet."""
        if pid in self.kernels:
            try:
                os.killpg(pid, number)
            except OSError:  # it has not come to setsid yet
                os.kill(pid, number)

    # ------------------------------------------------------------ templates

    def _new_template(self, request: Dict[str, Any], control: socket.socket) -> Optional[Job]:
        others = threads.names()
        if others:
            send(control, {"refused": ["", "a thread runs in the fork server (%s)" % others]})
            control.close()
            return None
        notice, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._forget()
            os.close(notice)
            return TemplateJob(request, control, tell, self)
        os.close(tell)
        self.descriptors.update((notice, control.fileno()))
        self.templates[pid] = _Template(request, control, notice)
        return None

    def _imported(self, template: _Template) -> None:
        """It is ready, or it is spoilt and says what to import instead, or it died."""
        data = os.read(template.notice, 1 << 16)
        if data == _READY and template.control is not None:
            self._close(template.control.detach())
            template.control = None
        elif data:
            template.rest = json.loads(data.decode())
        self._close(template.notice)
        template.notice = -1

    # ------------------------------------------------------------ ends

    def _reap(self) -> Optional[Job]:
        try:
            os.read(self.wake[0], 1000)
        except BlockingIOError:
            pass
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return None
            if ended is None:
                return None
            pid = ended.si_pid
            self._signal(pid, signal.SIGKILL)  # what a kernel started in the background ends with it
            _pid, status, usage = os.wait4(pid, 0)
            if pid in self.templates:
                job = self._template_ended(self.templates.pop(pid), status)
                if job:
                    return job
            elif pid in self.kernels:
                self._kernel_ended(self.kernels.pop(pid), status, usage.ru_maxrss * 1024)

    def _kernel_ended(self, kernel: _Kernel, status: int, memory: int) -> None:
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if kernel.notice >= 0:
            self._close(kernel.notice)
        if kernel.channel is not None:
            kernel.tell({"exit": code, "memory": memory})
            self._close(kernel.channel.detach())
        elif kernel.started["folder"]:
            shutil.rmtree(kernel.started["folder"], ignore_errors=True)

    def _template_ended(self, template: _Template, status: int) -> Optional[Job]:
        if template.notice >= 0:
            self._imported(template)
        if template.control is None:  # it had been ready: its owner sees that it is gone
            return None
        control = template.control
        self.descriptors.discard(control.fileno())
        if template.rest is None:
            preload = ", ".join(template.request["preload"])
            send(control, {"refused": [preload, "importing it ends the process (status %d)" % status]})
        return self._new_template(dict(template.request, preload=template.rest or []), control)

    def _forget(self) -> None:
        """In a forked process: nothing of the server's stays open, no signal is caught."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in self.descriptors:
            os.close(number)
        self.control.detach()
        for kernel in self.kernels.values():
            if kernel.channel is not None:
                kernel.channel.detach()
        for template in self.templates.values():
            if template.control is not None:
                template.control.detach()

    def _close(self, number: int) -> None:
        self.descriptors.discard(number)
        os.close(number)

    def _end(self) -> NoReturn:
        """The owner closed its end or was killed: nothing of us stays."""
        for pid in self.kernels:
            self._signal(pid, signal.SIGKILL)
        for pid, template in self.templates.items():
            if template.control is not None:  # still importing; the others see the end themselves
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE
        while _reaped() and time.monotonic() < deadline:
            time.sleep(0.005)
        if self.first:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)


def _reaped() -> bool:
    """Whether there is a child left, after those that ended are cleared away."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def main(control: int, folder: str) -> Any:
    """Serve. In each forked kernel, returns what is to be run when this call's frames are gone."""
    exit_last()
    threads.quiet()
    streams = imports.kept_streams()
    warm_up()
    job: Any = Server(socket.socket(fileno=control), folder, first=True, streams=streams).serve()
    while isinstance(job, TemplateJob):
        job = job()
    return job
