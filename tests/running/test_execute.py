"""One notebook in one real kernel: what comes back, what is written, what goes wrong and how it is told."""

import json
import threading
import time

import pytest

from nb2pipe.errors import StorageProblem
from nb2pipe.running.executing.execute import execute_notebook, prepared
from nb2pipe.running.executing.failures import CellFailed, CellTimeout, ExecutionInterrupted, KernelDied, SessionError
from nb2pipe.running.executing.watching import Watcher

from .conftest import notebook, processes_left

pytestmark = pytest.mark.kernel


@pytest.fixture
def execute(tmp_path, kernel):
    """Runs cells; the executed notebook is read back as ``execute.written``."""

    def run(*sources, tags=None, markdown=(), **options):
        options = {"kernel": kernel, "cwd": tmp_path} | options
        output = tmp_path / "executed.ipynb"
        try:
            return execute_notebook(notebook(*sources, tags=tags, markdown=markdown), output, **options)
        finally:
            run.written = json.loads(output.read_text()) if output.exists() else None

    return run


def statuses(written):
    """The status of each cell, error markers left out."""
    return [c["metadata"]["papermill"]["status"] for c in written["cells"] if "status" in c["metadata"]["papermill"]]


def texts(written):
    """What each code cell showed, as text."""
    shown = []
    for cell in written["cells"]:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain")
            shown.append("".join(text) if text else output["output_type"])
    return shown


# ---------------------------------------------------------------- what comes back


def test_runs_and_reports(execute, nothing_left):
    """All cells run, their outputs are written, times and memory come back."""
    execution = execute("x = 40", "# text", "print(x + 1)\nx + 2", markdown=(1,))
    assert texts(execute.written) == ["41\n", "42"]
    assert statuses(execute.written) == ["completed"] * 3
    assert [(cell.id, cell.index) for cell in execution.cells] == [("c0", 0), ("c2", 2)]
    assert execution.peak_memory > 10_000_000
    assert execution.seconds > sum(cell.seconds for cell in execution.cells)


def test_keeps_ids_and_makes_missing_ones(tmp_path, kernel, recwarn):
    """Cells without an id, or with one that another cell has, get one; the others keep theirs."""
    book = notebook("1", "2", "3")
    book["nbformat_minor"] = 2
    del book["cells"][1]["id"]
    book["cells"][2]["id"] = "c0"
    execution = execute_notebook(book, tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path)
    assert [cell.id for cell in execution.cells] == ["c0", "cell-1", "cell-2"]
    assert not [str(w.message) for w in recwarn if "notebook" in str(w.message).lower()]


def test_reads_a_path_with_braces_and_spaces(tmp_path, kernel):
    """papermill would fill in ``{braces}`` of paths; ours are taken as they are."""
    folder = tmp_path / "a {b} c"
    folder.mkdir()
    source = folder / "in {x}.ipynb"
    source.write_text(json.dumps(notebook("1")))
    execute_notebook(source, folder / "out {y}.ipynb", kernel=kernel, cwd=folder)
    assert sorted(path.name for path in folder.iterdir()) == ["in {x}.ipynb", "out {y}.ipynb"]


def test_runs_in_the_folder_it_is_told(execute, tmp_path):
    """The kernel works in ``cwd``; our own process stays where it is."""
    folder = tmp_path / "data"
    folder.mkdir()
    here = __import__("os").getcwd()
    execute("import os\nprint(os.getcwd())", cwd=folder)
    assert texts(execute.written) == [f"{folder}\n"]
    assert __import__("os").getcwd() == here


def test_keeps_quiet(execute, capfd, caplog):
    """Nothing of papermill, nbclient or the kernel appears on our own output."""
    execute("import sys, os\nprint('a')\nprint('b', file=sys.stderr)\nos.system('echo c')")
    with pytest.raises(CellFailed):
        execute("1/0")
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_loses_no_output(execute):
    """A cell that shows thousands of things keeps them all, in order."""
    execute("from IPython.display import display\nfor i in range(3000):\n    display(i)", "print('x' * 3_000_000)")
    shown = texts(execute.written)
    assert shown[:3000] == [str(i) for i in range(3000)]
    assert len(shown[3000]) == 3_000_001


def test_joins_the_pieces_of_a_stream(execute):
    """Printing with pauses gives one output, as in Jupyter: where it was cut would depend on the clock."""
    execute("import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.3)")
    assert texts(execute.written) == ["0\n1\n2\n"]


def test_the_environment_of_the_kernel(execute, monkeypatch):
    """Hashes are the same in each run, the caller's variables arrive, and no profile of the user is read."""
    monkeypatch.setenv("FROM_OUTSIDE", "yes")
    source = "import os\nfor n in ('PYTHONHASHSEED', 'FROM_OUTSIDE', 'OWN'):\n    print(os.environ[n])"
    execute(source, "print(os.path.exists(os.environ['IPYTHONDIR']))", environment={"OWN": "${HOME} $x"})
    assert texts(execute.written) == ["0\nyes\n${HOME} $x\n", "True\n"]


def test_touches_nothing_in_the_home_folder(execute, tmp_path, monkeypatch):
    """Neither IPython's profile nor Jupyter's folders are made there."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.delenv(name, raising=False)
    execute("1")
    assert list(home.iterdir()) == []


# ---------------------------------------------------------------- parameters

ROUND_TRIPS = [
    "it's \"quoted\"\nin 'two' lines\\",
    "tab\tnul\0 ünï → 日本 🎉 \u2028 end",
    "{braces} %s ${x} \"\"\" '''",
    "007",
    -5,
    -0.0,
    1e-320,
    float("inf"),
    2**70,
    True,
    None,
    [],
    {"a": [1, None, {"b": (1, 2)}], 5: "five", None: -1.5},
    [True, "True", 1, 1.0],
]


def test_parameters_arrive_exactly(execute, tmp_path):
    """Each value is in the kernel what it was here: type and content, nested too."""
    names = {f"p{number}": value for number, value in enumerate(ROUND_TRIPS)}
    execute("pass", f"print(repr([{', '.join(names)}]))", tags={0: ["parameters"]}, parameters=names)
    assert texts(execute.written) == [repr(ROUND_TRIPS) + "\n"]


def test_parameters_are_injected_where_papermill_does(execute):
    """After the ``parameters`` cell, in a cell that papermill would replace in the next run."""
    execution = execute("a = 1", "a = 2\nb = 3", "print(a, b)", tags={1: ["parameters"]}, parameters={"a": 7})
    assert texts(execute.written) == ["7 3\n"]
    injected = execute.written["cells"][2]
    assert injected["metadata"]["tags"] == ["injected-parameters"]
    assert [cell.source_index for cell in execution.cells] == [0, 1, None, 2]
    assert execute.written["metadata"]["papermill"]["parameters"] == {"a": 7}
    again = prepared(execute.written, {"a": 8})
    assert [cell["metadata"]["tags"] for cell in again["cells"]].count(["injected-parameters"]) == 1


# ---------------------------------------------------------------- watching


class Recorder(Watcher):
    """Notes what it is called with, and counts inside the kernel."""

    def __init__(self):
        self.calls = []
        self.outputs = []

    def started(self, session):
        self.calls.append("started")
        session.execute("__count = 0\nprint('not to be seen')\n'nor this'")

    def before_cell(self, session, cell):
        self.calls.append(f"before {cell.id}")
        session.execute("__count += 1")

    def output(self, cell, output):
        self.outputs.append((cell.id, output["output_type"]))

    def after_cell(self, session, cell, seconds):
        self.calls.append(f"after {cell.id}")
        session.execute("assert isinstance(Out, dict)")

    def finished(self, session):
        self.calls.append("finished")
        ran = sum(call.startswith("before") for call in self.calls)
        session.execute(f"assert __count == {ran}, __count")


def test_a_watcher_sees_all_and_leaves_no_trace(execute):
    """Hooks run in order; silent code changes neither the prompt's number nor ``_``, ``In`` and ``Out``."""
    watcher = Recorder()
    execute("5", "text", "print(_, len(In), Out)", markdown=(1,), watcher=watcher)
    assert watcher.calls == ["started", "before c0", "after c0", "before c2", "after c2", "finished"]
    assert watcher.outputs == [("c0", "execute_result"), ("c2", "stream")]
    assert texts(execute.written) == ["5", "5 3 {1: 5}\n"]
    assert [cell.get("execution_count") for cell in execute.written["cells"]] == [1, None, 2]


def test_silent_code_that_raises_is_our_error(execute, nothing_left):
    """It ends the execution as SessionError; the kernel is stopped and the notebook saved."""

    class Broken(Watcher):
        def after_cell(self, session, cell, seconds):
            session.execute("raise LookupError('gone')")

    with pytest.raises(SessionError, match="LookupError: gone"):
        execute("1", "2", watcher=Broken())
    assert statuses(execute.written) == ["completed", "pending"]


def test_an_error_in_a_hook_stops_the_kernel(execute, nothing_left):
    """Any exception of a hook is passed on, after the kernel is gone."""

    class Broken(Watcher):
        def finished(self, session):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        execute("1", watcher=Broken())


# ---------------------------------------------------------------- failing cells


def test_a_failing_cell(execute, nothing_left):
    """The failure names the cell that ran and the innermost line of the notebook, here in a function of another cell."""
    with pytest.raises(CellFailed) as caught:
        execute("def f(x):\n    y = x\n    return 1 / y", "text", "print('before')\nf(0)", "4", markdown=(1,))
    failure = caught.value
    assert (failure.ename, failure.evalue) == ("ZeroDivisionError", "division by zero")
    assert (failure.cell.id, failure.cell.index) == ("c2", 2)
    assert (failure.place.cell.id, failure.place.line, failure.place.text) == ("c0", 3, "    return 1 / y")
    assert "\x1b" not in failure.traceback
    assert [cell.id for cell in failure.execution.cells] == ["c0", "c2"]
    assert statuses(execute.written) == ["completed", "completed", "failed", "pending"]


def test_the_error_is_shown_at_the_top(execute):
    """The written notebook begins with the error; papermill removes that cell when the notebook is run again."""
    with pytest.raises(CellFailed):
        execute("1", "raise ValueError('a <b>')")
    top, _, anchor, failed = execute.written["cells"]
    assert "ValueError: a &lt;b&gt;" in "".join(top["source"])
    assert "papermill-error-cell" in "".join(anchor["source"])
    assert top["metadata"]["tags"] == ["papermill-error-cell-tag"]
    assert failed["outputs"][-1]["ename"] == "ValueError"
    assert execute.written["metadata"]["papermill"]["exception"] is True


@pytest.mark.parametrize("source", ["import sys\nsys.exit(0)", "raise SystemExit", "exit()", "quit()"])
def test_leaving_early_is_a_failure(execute, source, nothing_left):
    """papermill takes ``sys.exit(0)`` for success although the rest did not run."""
    with pytest.raises(CellFailed) as caught:
        execute(source, "print('never')")
    assert caught.value.ename == "SystemExit"
    assert statuses(execute.written) == ["failed", "pending"]


def test_cells_that_may_fail(execute):
    """Jupyter's tags ``raises-exception`` and ``skip-execution`` mean what they mean there."""
    execute("1/0", "never()", "print('on')", tags={0: ["raises-exception"], 1: ["skip-execution"]})
    assert texts(execute.written) == ["error", "on\n"]
    assert statuses(execute.written) == ["completed"] * 3


def test_a_timeout(execute, nothing_left):
    """The cell is interrupted, says where it was, keeps what it showed, and is stamped failed."""
    with pytest.raises(CellTimeout) as caught:
        execute("import time\nprint('on it', flush=True)\ntime.sleep(60)", "2", timeout=1.0)
    assert caught.value.seconds == 1.0
    assert (caught.value.place.cell.id, caught.value.place.line) == ("c0", 3)
    assert texts(execute.written)[0] == "on it\n"
    assert statuses(execute.written) == ["failed", "pending"]


def test_a_timeout_of_a_cell_that_ignores_interrupts(execute, nothing_left):
    """It is ended all the same, within seconds."""
    source = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
    began = time.monotonic()
    with pytest.raises(CellTimeout):
        execute(source, timeout=0.5)
    assert time.monotonic() - began < 20


# ---------------------------------------------------------------- dying kernels

ENDS = [
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", None),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "SIGTERM", None),
    ("import os\nos._exit(7)", None, 7),
]


@pytest.mark.parametrize(("source", "signal_name", "exit_code"), ENDS)
def test_a_kernel_that_dies(execute, source, signal_name, exit_code, nothing_left):
    """It is noticed at once; what the cell had shown is kept, how the process ended is told."""
    began = time.monotonic()
    with pytest.raises(KernelDied) as caught:
        execute(f"import time\nprint('hello', flush=True)\ntime.sleep(0.5)\n{source}\ntime.sleep(60)", "2")
    assert time.monotonic() - began < 30
    failure = caught.value
    assert (failure.signal_name, failure.exit_code) == (signal_name, exit_code)
    assert failure.cell.id == "c0"
    assert failure.peak_memory > 10_000_000
    assert not failure.out_of_memory
    assert texts(execute.written)[0] == "hello\n"
    assert statuses(execute.written) == ["failed", "pending"]


def test_the_memory_of_a_kernel_that_dies(execute):
    """The peak is known although the process is gone."""
    with pytest.raises(KernelDied) as caught:
        execute(
            "import os, signal\nx = bytearray(400_000_000)\nx[:] = b'1' * 400_000_000\nos.kill(os.getpid(), signal.SIGKILL)"
        )
    assert caught.value.peak_memory > 400_000_000


def test_a_crash_names_its_line(execute):
    """The stack that faulthandler leaves leads to the line, here in a function of another cell."""
    with pytest.raises(KernelDied) as caught:
        execute("import ctypes\ndef crash():\n    ctypes.string_at(0)", "crash()")
    assert caught.value.signal_name == "SIGSEGV"
    assert "Fatal Python error: Segmentation fault" in caught.value.stderr
    assert (caught.value.place.cell.id, caught.value.place.line) == ("c0", 3)


def test_a_kernel_that_dies_while_silent_code_runs(execute, nothing_left):
    """It is told as any other death."""

    class Killer(Watcher):
        def after_cell(self, session, cell, seconds):
            session.execute("import os; os._exit(3)")

    with pytest.raises(KernelDied) as caught:
        execute("1", "2", watcher=Killer())
    assert caught.value.exit_code == 3


# ---------------------------------------------------------------- ends


def test_exit_handlers_run(execute, tmp_path):
    """A library's exit handler may take its time."""
    execute("import atexit, time\natexit.register(lambda: (time.sleep(1), open('ended', 'w').close()))")
    assert (tmp_path / "ended").exists()


def test_processes_of_cells_are_ended(execute, tmp_path, nothing_left):
    """What a cell left running in the background ends with the kernel, and does not delay it."""
    began = time.monotonic()
    execute(
        "import subprocess, multiprocessing\nchild = subprocess.Popen(['sleep', '600'])\n"
        "pool = multiprocessing.get_context('fork').Pool(2)\npool.map(abs, [1])",
        "from joblib import Parallel, delayed\nParallel(n_jobs=2)(delayed(abs)(i) for i in range(4))",
    )
    assert time.monotonic() - began < 30
    assert processes_left(tmp_path) == []


def test_stopping_from_another_thread(execute, nothing_left):
    """``stop`` interrupts the cell; what was shown is kept."""
    stop = threading.Event()

    class Shown(Watcher):
        def output(self, cell, output):
            threading.Timer(0.5, stop.set).start()  # when the cell runs, however long the kernel took to start

    source = "import time\nprint('on it', flush=True)\ntime.sleep(60)"
    with pytest.raises(ExecutionInterrupted) as caught:
        execute(source, "2", stop=stop, watcher=Shown())
    assert caught.value.by == "stop"
    assert caught.value.place.line == 3
    assert texts(execute.written)[0] == "on it\n"
    assert statuses(execute.written) == ["failed", "pending"]


def test_stopping_when_nothing_is_left_to_interrupt(execute, nothing_left):
    """A stop that comes after the last cell is not lost: the caller must not go on with the next step."""
    stop = threading.Event()

    class Late(Watcher):
        def finished(self, session):
            stop.set()

    with pytest.raises(ExecutionInterrupted):
        execute("1", watcher=Late(), stop=stop)


def test_two_at_once_in_threads(tmp_path, kernel, nothing_left):
    """Executions in threads don't disturb each other: neither folders nor parameters nor sockets."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()

    def run(folder):
        book = notebook("import os, time\ntime.sleep(1)\nprint(os.getcwd(), p)")
        execute_notebook(book, folder / "x.ipynb", kernel=kernel, cwd=folder, parameters={"p": folder.name})

    threads = [threading.Thread(target=run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for folder in folders:
        assert texts(json.loads((folder / "x.ipynb").read_text())) == [f"{folder} {folder.name}\n"]


def test_inside_a_running_event_loop(tmp_path, kernel):
    """nb2pipe called from a notebook: a loop is running in that thread already."""
    import asyncio

    async def main():
        return execute_notebook(notebook("1"), tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path)

    assert len(asyncio.run(main()).cells) == 1


# ---------------------------------------------------------------- storage


def test_an_output_folder_that_cannot_be_written(tmp_path, kernel, nothing_left):
    """It is noticed before any cell runs."""
    blocker = tmp_path / "file"
    blocker.write_text("")
    book = notebook(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(StorageProblem) as caught:
        execute_notebook(book, blocker / "x.ipynb", kernel=kernel, cwd=tmp_path)
    (found,) = caught.value.diagnostics
    assert found.code == "NB506"
    assert not (tmp_path / "ran").exists()


def test_a_working_folder_that_is_not_there(tmp_path, kernel):
    """It is said in one sentence, not as a failed start of the kernel."""
    with pytest.raises(StorageProblem, match="there is no folder"):
        execute_notebook(notebook("1"), tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path / "none")


def test_a_disk_that_is_full_at_the_end(tmp_path, kernel, nothing_left):
    """The notebook of before stays whole, no half file is left, and the message says what to do."""
    import resource

    output = tmp_path / "x.ipynb"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal = __import__("signal")
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # else the system kills us instead of refusing

    class Fill(Watcher):
        def finished(self, session):
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    try:
        with pytest.raises(StorageProblem) as caught:
            execute_notebook(notebook("print('x' * 50_000)"), output, kernel=kernel, cwd=tmp_path, watcher=Fill())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    (found,) = caught.value.diagnostics
    assert "exceeds the size limit" in found.message
    assert statuses(json.loads(output.read_text())) == ["pending"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["x.ipynb"]


# ---------------------------------------------------------------- old environments


def test_an_old_kernel(execute, old_kernel, nothing_left):
    """Python 3.8 with ipykernel 6: cells, parameters, silent code and the line of an error all work."""
    watcher = Recorder()
    execute("5", "print(_, len(In), p)", kernel=old_kernel, watcher=watcher, parameters={"p": {"a": (1, None)}})
    assert texts(execute.written) == ["5", "5 4 {'a': (1, None)}\n"]


OLD_FAILURES = [
    (["def f(x):\n    return 1 / x", "a = 1\nf(0)"], "ZeroDivisionError", ("c0", 2)),
    (["x = 1\ny = = 2"], "SyntaxError", ("c0", 2)),
    (["import json\njson.loads('{')"], "JSONDecodeError", ("c0", 2)),
    (["try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e"], "ValueError", ("c0", 4)),
]


@pytest.mark.parametrize(("sources", "ename", "place"), OLD_FAILURES)
@pytest.mark.parametrize("age", ["old", "new"])
def test_the_line_of_an_error(execute, age, sources, ename, place, request):
    """IPython 7 names cells by a hash of their source, today's by a number."""
    with pytest.raises(CellFailed) as caught:
        execute(*sources, kernel=request.getfixturevalue("old_kernel" if age == "old" else "kernel"))
    assert caught.value.ename == ename
    assert (caught.value.place.cell.id, caught.value.place.line) == place


def test_an_old_kernel_crashes(execute, old_kernel, nothing_left):
    """Its stack is read as well."""
    with pytest.raises(KernelDied) as caught:
        execute("import ctypes\nctypes.string_at(0)", kernel=old_kernel)
    assert (caught.value.place.cell.id, caught.value.place.line) == ("c0", 2)
