"""Kernels that are forked: the same as others, faster, and nothing of them stays."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.failures import CellTimeout, KernelDied
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, complete_environment, resolve
from nb2pipe.running.kernel.kernelserver import KernelServer, shared_first, why_not, with_packages
from nb2pipe.running.kernel.preloads import forks, preloads
from nb2pipe.running.kernel.process import Fork

from .conftest import marked_processes, notebook, processes_left
from .test_execute import texts

pytestmark = pytest.mark.kernel
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")


@pytest.fixture
def run(tmp_path, kernel, nothing_left):
    """Runs notebooks in forked kernels of one server; ``run.told`` has its messages, ``run.written`` the outputs."""

    def start(*books, kernel=kernel, environment=None, **options):
        run.told = []
        named = {str(number): book for number, book in enumerate(books)}
        run.written = []
        with forks(kernel, named, tmp_path, environment=environment, message=run.told.append) as fork:
            for name, book in named.items():
                output = tmp_path / f"{name}.ipynb"
                try:
                    execute_notebook(
                        book, output, kernel=kernel, cwd=tmp_path, fork=fork(name), environment=environment, **options
                    )
                finally:
                    run.written.append(texts(json.loads(output.read_text())))
        return run.written

    run = start
    return run


LOOK = """\
import os, signal, sys, threading, warnings
print(__name__, sys.modules['__main__'] is not None, hasattr(sys.modules['__main__'], '__file__'))
print([os.path.basename(a) if os.sep in a else a for a in sys.argv if not a.endswith('connection.json')])
print(sys.path, os.getcwd(), os.getppid() == int(os.environ['JPY_PARENT_PID']), os.getpgid(0) == os.getpid())
print([signal.getsignal(n) for n in (signal.SIGINT, signal.SIGCHLD, signal.SIGTERM)], signal.set_wakeup_fd(-1))
print(sorted(type(t).__name__ for t in threading.enumerate()), threading.current_thread() is threading.main_thread())
print(sorted(n for n in os.environ if n not in ('_', 'SHLVL')), os.environ['MPLBACKEND'])
print(sys.flags, sys.stdin.read() if not sys.stdin.isatty() else 'tty', sys.orig_argv[1:4] if hasattr(sys, 'orig_argv') else '')
print(warnings.filters, sys.excepthook.__name__, sys.meta_path[0].__class__, hasattr(__import__('builtins'), '__IPYTHON__'))
print(sorted(n for n in getattr(sys, 'modules') if 'nb2pipe' in n and not n.startswith('nb2pipe.')))
print(sorted(set(os.listdir('/proc/self/fd')) & {'0', '1', '2'}), os.readlink('/proc/self/fd/0').partition(':')[0])
"""


@linux
@pytest.mark.slow
def test_user_code_sees_no_difference(run, tmp_path, kernel):
    """What a cell can ask about its process has the same answer in a forked kernel and in one that was started."""
    book = notebook("import json\nimport sqlite3", LOOK.replace("sys.modules", "getattr(sys, 'modules')"))
    (forked,) = run(book)
    assert run.told == []
    execute_notebook(book, tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path)
    started = texts(json.loads((tmp_path / "x.ipynb").read_text()))
    different = [
        pair for pair in zip(forked[0].splitlines(), started[0].splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert different == []


@linux
@pytest.mark.slow
def test_kernels_of_one_server(run, tmp_path):
    """Each draws its own random numbers, runs all that ordinary ones run, and says how it ended: one run, much asked."""
    draws = notebook(
        "import random, uuid, tempfile\nimport numpy as np\nimport joblib",
        "print(random.random(), np.random.random(), uuid.uuid4(), next(tempfile._get_candidate_names()))",
    )
    work = notebook(
        "import os, sys, subprocess, multiprocessing as mp\nimport numpy as np\nimport joblib",
        "print([mp.get_context(m).Pool(2).map(abs, [-1, 2]) for m in ('fork', 'spawn', 'forkserver')])",
        "print(joblib.Parallel(2)(joblib.delayed(abs)(i) for i in (-1, 2)))",
        "print(subprocess.run('echo out; exit 3', shell=True, capture_output=True))\n!echo bang",
        "import atexit\natexit.register(lambda: open('ended', 'a').write('handler'))\n"
        "class Last:\n    def __del__(self): open('finalised', 'w').close()\nlast = [Last()]\nlast.append(last)\n"
        "unflushed = open('unflushed', 'w'); n = unflushed.write('all of it')",
        "os.environ['PYTHONHASHSEED'], hash('a') == int(subprocess.check_output([sys.executable, '-c', 'print(hash(\"a\"))']))",
    )
    one, two, done = run(draws, draws, work)
    assert run.told == []
    assert not set(one[0].split()) & set(two[0].split())
    assert done[0] == "[[1, 2], [1, 2], [1, 2]]\n"
    assert done[1] == "[1, 2]\n"
    assert done[2].startswith("CompletedProcess(args='echo out; exit 3', returncode=3, stdout=b'out\\n'")
    assert done[2].endswith("bang\r\n")
    assert done[-1] == "('0', True)"
    assert (tmp_path / "ended").read_text() == "handler"
    assert (tmp_path / "unflushed").read_text() == "all of it"
    assert (tmp_path / "finalised").exists()


@linux
@pytest.mark.slow
@pytest.mark.parametrize(("source", "returncode"), [("os.kill(os.getpid(), 9)", -9), ("os._exit(7)", 7)])
def test_a_forked_kernel_that_dies(run, source, returncode):
    """The server that reaps it tells how it ended; what the cell had shown is kept."""
    with pytest.raises(KernelDied) as caught:
        run(notebook("import os, time\nprint('hello', flush=True)\ntime.sleep(0.3)", source))
    failure = caught.value
    assert (failure.signal_number, failure.exit_code) == ((9, None) if returncode < 0 else (None, 7))
    assert failure.peak_memory > 10_000_000
    assert run.written[0][0] == "hello\n"


@linux
@pytest.mark.slow
def test_a_forked_kernel_crashes_and_is_interrupted(run):
    """faulthandler's stack leads to the line; a timeout says where the cell was."""
    with pytest.raises(KernelDied) as crashed:
        run(notebook("import ctypes\ndef crash():\n    ctypes.string_at(0)", "crash()"))
    assert crashed.value.signal_name == "SIGSEGV"
    assert (crashed.value.place.cell.id, crashed.value.place.line) == ("c0", 3)
    with pytest.raises(CellTimeout) as late:
        run(notebook("import time\nprint('on it', flush=True)\ntime.sleep(60)"), timeout=1.0)
    assert (late.value.place.cell.id, late.value.place.line) == ("c0", 3)


MODULES = {
    "starts_thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    "shows": "print('welcome')",
    "warns": "import warnings\nwarnings.warn('old', DeprecationWarning, stacklevel=2)",
    "moves": "import os\nos.chdir('/')",
    "handles": "import signal\nsignal.signal(signal.SIGUSR1, lambda *a: None)",
    "draws": "import numpy\nnumpy.random.random()",
    "hooks_shell": "from IPython import get_ipython\nget_ipython().events",
    "fails": "raise ImportError('no')",
    "dies": "import os\nos._exit(1)",
    "good": "import sys\nstream = sys.stderr\nfrom IPython import get_ipython\nkernel = hasattr(get_ipython(), 'kernel')",
}


@linux
@pytest.mark.slow
def test_what_is_left_to_the_kernels(tmp_path, kernel, nothing_left):
    """Libraries whose import would be missed, or do harm in the server, are not imported ahead; it says which and why."""
    site = tmp_path / "site-packages"
    site.mkdir()
    for name, source in MODULES.items():
        (site / f"{name}.py").write_text(source)
    (tmp_path / "beside.py").write_text("print('mine')")
    environment = {"PYTHONPATH": str(site), "PYTHONUSERBASE": str(tmp_path)}
    usual = f"{tmp_path}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    Path(usual).parent.mkdir(parents=True)
    site.rename(usual)
    environment["PYTHONPATH"] = usual
    told = []
    complete = complete_environment(kernel, environment)
    names = ("numpy", "json", *MODULES, "beside")
    book = notebook(f"import sys\nprint(*sorted(n for n in {names!r} if n in getattr(sys, 'modules')))")
    with KernelServer.open(kernel, environment=complete, message=told.append) as server:
        fork = Fork(server, names)
        execute_notebook(book, tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path, fork=fork, environment=environment)
    assert texts(json.loads((tmp_path / "x.ipynb").read_text())) == ["json numpy\n"]


@pytest.fixture(scope="session")
def kernel_with_numexpr():
    """An environment with numexpr, which pandas imports where it is installed, made once and kept."""
    folder = (
        Path(__file__).parents[2] / ".cache" / "environments" / f"numexpr-{sys.version_info[0]}{sys.version_info[1]}"
    )
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "ipykernel", "numexpr>=2.10"],
        ):
            if subprocess.run(command, capture_output=True).returncode:
                pytest.skip("the environment with numexpr could not be made (no package index?)")
        (folder / "ready").touch()
    return resolve(KernelChoice(python=str(python)), None)


@linux
@pytest.mark.nightly
def test_numexpr_starts_its_threads_in_the_kernels(run, kernel_with_numexpr, monkeypatch):
    """In the server it lets them go; a kernel has the number that it would have had."""
    monkeypatch.setenv("NUMEXPR_NUM_THREADS", "3")
    look = "print(numexpr.get_num_threads(), numexpr.nthreads, numexpr.evaluate('a + a', {'a': 2}))"
    ((shown,),) = run(notebook("import numexpr", look), kernel=kernel_with_numexpr)
    assert shown == "3 3 4\n"
    assert run.told == []


@linux
@pytest.mark.slow
def test_an_old_interpreter_forks_too(run, old_kernel):
    """Python 3.8 with ipykernel 6."""
    (shown,) = run(notebook("import json\nimport sys", "print(sys.version_info[:2], sys.argv[1])"), kernel=old_kernel)
    assert run.told == []
    assert shown == ["(3, 8) -f\n"]


def test_kernels_that_cannot_be_forked(kernel, monkeypatch):
    """Commands of another kind, other systems, and whoever does not want it: one reason each."""
    assert why_not(kernel) is None or sys.platform != "linux"
    own = Kernel(name="mine", display="", argv=("/opt/kernel.sh", "-f", "{connection_file}"))
    assert why_not(own) == "the kernel mine is started by a command of its own"
    monkeypatch.setenv("NB2PIPE_FORK", "0")
    assert why_not(kernel) == "NB2PIPE_FORK=0 is set"
    with forks(kernel, {"a": notebook("1")}, Path()) as fork:
        assert fork("a") is None


OWNER = """\
import sys, threading
from pathlib import Path
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.kernel.kernels import resolve
from nb2pipe.running.kernel.preloads import forks
cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
        "source": "import subprocess, time\\nsubprocess.Popen(['sleep', '600'])\\nopen('here', 'w').close()\\ntime.sleep(600)"}
book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
with forks(resolve(None, None), {"a": book, "b": book}, Path.cwd()) as fork:
    execute_notebook(book, Path("x.ipynb"), kernel=resolve(None, None), cwd=Path.cwd(), fork=fork("a"))
"""


@linux
@pytest.mark.slow
def test_nothing_is_left_when_the_owner_is_killed(tmp_path, nothing_left):
    """SIGKILL: the server, its kernels, what they started, sockets and folders go all the same."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "here").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert marked_processes(tmp_path)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert processes_left(tmp_path) == []
    deadline = time.monotonic() + 5
    while list((tmp_path / "temporary").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)


def _many(kernel, tmp_path, count, at_once):
    book = notebook("import json\nprint(1)")
    told = []
    with forks(kernel, {"a": book, "b": book}, tmp_path, message=told.append) as fork:
        execute_notebook(book, tmp_path / "first.ipynb", kernel=kernel, cwd=tmp_path, fork=fork("a"))
        before = len(os.listdir("/proc/self/fd"))
        failures = []

        def work(name, times):
            try:
                for _ in range(times):
                    output = tmp_path / f"{name}.ipynb"
                    execute_notebook(book, output, kernel=kernel, cwd=tmp_path, fork=fork("b"))
                    assert texts(json.loads(output.read_text())) == ["1\n"]
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(n, count // at_once)) for n in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert told == []
        assert len(os.listdir("/proc/self/fd")) <= before + 2
        assert len(list((tmp_path / "temporary").rglob("connection.json"))) <= 2


@linux
@pytest.mark.slow
def test_four_at_once_leave_nothing(kernel, tmp_path, nothing_left):
    """Threads share a server; folders, sockets and descriptors go with each kernel."""
    _many(kernel, tmp_path, 8, 4)


@linux
@pytest.mark.nightly
def test_hundreds_leave_nothing(kernel, tmp_path, nothing_left):
    """200 in a row, then 8 at once."""
    _many(kernel, tmp_path, 200, 1)
    _many(kernel, tmp_path, 40, 8)


@linux
@pytest.mark.slow
def test_any_jupyter_program_can_use_it(tmp_path, nothing_left):
    """By a kernel specification's metadata: start, run, interrupt, restart with the same connection, shut down."""
    folder = tmp_path / "kernels" / "fast"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    metadata = {"kernel_provisioner": {"provisioner_name": "nb2pipe-fork", "config": {"preload": ["decimal"]}}}
    spec = {"argv": argv, "display_name": "fast", "language": "python", "metadata": metadata}
    (folder / "kernel.json").write_text(json.dumps(spec))
    code = f"""
import sys
from jupyter_client.manager import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
m = KernelManager(kernel_name="fast", kernel_spec_manager=KernelSpecManager(kernel_dirs=[{str(tmp_path / "kernels")!r}]))
m.start_kernel()
c = m.client(); c.start_channels(); c.wait_for_ready(timeout=60)
def ask(code):
    shown = []
    c.execute_interactive(code, timeout=60, output_hook=lambda m: shown.append(m["content"].get("text", "")))
    return "".join(shown).strip()
print(type(m.provisioner.process).__name__, ask("import sys, os; print('decimal' in sys.modules)"))
first = ask("print(os.getpid())")
c.execute("import time; time.sleep(60)", stop_on_error=False)  # else what is asked next may be thrown away
import time; time.sleep(1)
m.interrupt_kernel()
print(c.get_shell_msg(timeout=60)["content"]["ename"])
print(ask("print('on')"))
m.restart_kernel(); c.wait_for_ready(timeout=60)
print(type(m.provisioner.process).__name__, ask("import os; print(os.getpid())") != first)
c.stop_channels(); m.shutdown_kernel(); print(m.is_alive())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    expected = "ForkedProcess True KeyboardInterrupt on ForkedProcess True False"
    assert done.stdout.split() == expected.split(), done.stderr


PRELOADS = [
    (["import a.b, c\nfrom d import e, f as g"], ("a.b", "c", "d:e", "d:f")),
    (["from . import a\nfrom d import *\nfrom __future__ import annotations"], ()),
    (["x = 1\nimport a", "y = f(x)\nimport b"], ("a", "b")),
    (["import a\nimport os\nos.environ['X'] = '1'\nimport b"], ("a", "os")),
    (["import a\nmatplotlib.use('agg')\nimport b"], ("a",)),
    (["import random\nrandom.seed(0)\nimport b"], ("random",)),
    (["np.random.seed(f())\nimport b"], ()),
    (["SEED = 2 * 21\nnp.random.seed(SEED)\nimport b"], ("b",)),
    (["'''Title: config'''\nseed = 7\nconfig: dict = {'style': ['open(', -1]}\nimport b"], ("b",)),
    (["config = seed.get(7)\nimport b"], ()),
    (["sys.path = ['x']\nimport b"], ()),
    (["pd.set_option('display.max_rows', 50)\nimport b"], ("b",)),
    (["pd.set_option('mode.copy_on_write', True)\nimport b"], ()),
    (["%matplotlib inline\nimport a"], ("a",)),
    (["import a", "!pip install b\nimport b"], ("a",)),
    (["try:\n    import a\nexcept ImportError:\n    pass\nif x:\n    import b\nimport c"], ("c",)),
    (["import a", "'a' in sys.modules"], ()),
    (["import warnings\nwarnings.filterwarnings('ignore')\nimport a"], ("warnings", "a")),
    (["import warnings\nwarnings.simplefilter('error')\nimport a"], ("warnings",)),
    (["%%time\nimport a"], ("a",)),
]


@pytest.mark.parametrize(("sources", "expected"), PRELOADS)
def test_which_imports_can_be_done_before(sources, expected):
    """Those at the top level, up to the first statement that may decide what an import does."""
    assert preloads(notebook(*sources)) == expected


def test_packages_come_before_their_modules():
    """As Python itself does it; so parts of one package share what is common to them."""
    assert with_packages(["a.b.c:d", "a.b", "e"]) == ("a", "a.b", "a.b.c", "a.b.c:d", "e")
    assert with_packages(["a:b"]) == ("a", "a:b")


def test_libraries_are_shared():
    """What many have comes first, so that it is imported once; what two have in common is made for both."""
    assert shared_first([("a", "b"), ("a", "c")]) == [("a",), ("a", "b"), ("a", "c")]
    assert shared_first([("x", "a"), ("a",), ()]) == [("a",), ("a", "x"), ()]
