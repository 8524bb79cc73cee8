"""The probe in real kernels: put in, asked, and not to be noticed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pipe.errors import Nb2pipeError
from nb2pipe.formats import FORMATS
from nb2pipe.recording import client
from nb2pipe.recording.client import MODULES, call_code, install_code, probe_source, read_reply
from nb2pipe.recording.probe import Probe

INKERNEL = Path(client.__file__).parent / "inkernel"


@pytest.mark.parametrize("path", sorted(INKERNEL.glob("*.py")), ids=lambda path: path.name)
def test_every_module_of_the_probe_is_python_3_8(path):
    """The kernel may be that old: its grammar and no import of a third-party library at the top."""
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
    roots = {
        name.split(".")[0]
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    assert roots <= set(sys.stdlib_module_names)


def test_all_modules_are_sent():
    """A module that is forgotten here is missing in the kernel."""
    assert sorted(MODULES) == sorted(path.stem for path in INKERNEL.glob("*.py") if path.stem != "__init__")
    assert "def border" in probe_source()


def test_installing_imports_no_library_and_is_one_line():
    """A kernel that has not imported numpy has not imported it afterwards."""
    code = install_code()
    assert "\n" not in code
    assert len(code) < 60_000
    check = f"import sys\n{code}\nprint([n for n in ('numpy','pandas','joblib','IPython','json') if n in sys.modules])"
    check += "\nprint(sorted(n for n in globals() if not n.startswith('__')))"
    done = subprocess.run([sys.executable, "-I", "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['json']", "['sys']"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "did not answer"),
        ("{", "cannot be read"),
        ('{"error": "ValueError: no", "traceback": "a\\nb"}', "ValueError: no"),
    ],
)
def test_a_failed_probe_is_said_clearly(tmp_path, content, said):
    """As nb2pipe's own error, not as a KeyError somewhere later."""
    path = tmp_path / "reply"
    if content:
        path.write_text(content)
    with pytest.raises(Nb2pipeError, match=said):
        read_reply(path)


def test_paths_with_quotes_and_spaces_are_passed_whole():
    """The code is built with repr."""
    code = call_code("border", Path('it\'s a path/"r"'), Path("b"))
    assert ast.literal_eval(ast.parse(code, mode="eval").body.args[1]) == 'it\'s a path/"r"'


class Kernel:
    """A kernel as nb2pipe sees it: cells that count, and silent code that does not."""

    def __init__(self, python, folder):
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(
            argv=[str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="t",
            language="python",
        )
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, "IPYTHONDIR": str(folder / "ipython")})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def execute(self, code, *, timeout=None):
        self._run(code, silent=True)

    def cell(self, code):
        return self._run(code, silent=False)

    def _run(self, code, silent):
        shown = []

        def note(message):
            shown.append((message["msg_type"], message["content"]))

        reply = self.client.execute_interactive(
            code, silent=silent, store_history=not silent, output_hook=note, timeout=60
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(
            str(content.get("text") or content.get("data", {}).get("text/plain", "")) for _, content in shown
        )

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


TRACES = """
import gc as _gc, random as _random, sys as _sys, warnings as _warnings, numpy as _np
print([sorted(n for n in globals() if not n.startswith('_i') and n not in ('_', '__', '___', '_oh', '_dh')),
       _random.getstate()[1][-1], _random.getstate()[1][:3], _np.random.get_state()[2], list(_np.random.get_state()[1][:3]),
       [str(f) for f in _warnings.filters], _sys.getrecursionlimit(), len(In), sorted(Out), repr(_),
       'matplotlib.pyplot' in _sys.modules, type(_sys.stdout).__name__])
"""


@pytest.mark.kernel
@pytest.mark.parametrize("which", ["this_python", pytest.param("old_data_python", marks=pytest.mark.slow)])
def test_a_real_kernel_is_looked_at_without_noticing(which, request, tmp_path):
    """Names, random numbers, warnings, history and output of the user's run are as if no probe were there."""
    kernel = Kernel(request.getfixturevalue(which), tmp_path)
    try:
        probe = Probe(kernel, tmp_path)
        probe.install()
        kernel.cell("import numpy as np\nimport pandas as pd\nimport random\nnp.random.seed(0)")
        kernel.cell("class Model:\n    def __init__(self, k):\n        self.k = k\n\nmodel = Model(3)")
        kernel.cell(
            "table = pd.DataFrame({'a': [1, 2]})\nscores = {'acc': 0.5, 'f1': np.float64('nan')}\ntable.a.sum() / 4"
        )
        reply = probe.border(names=["table", "model", "gone"], store=["table", "model"], formats=FORMATS)
        values = reply["values"]
        assert values["table"]["format"] in ("parquet", "joblib")
        assert (values["model"]["format"], values["model"]["code"]) == ("joblib", ["Model"])
        assert values["model"]["type"] == "__main__.Model"
        assert reply["present"] == ["np", "pd", "random", "Model", "model", "table", "scores"]
        kernel.cell("table.a.sum() / 4")
        found = probe.metrics(cell=3, names=["scores"], expression="table.a.sum() / 4")
        assert [(item["key"], item["value"]) for item in found] == [("acc", 0.5), ("f1", "NaN"), ("", 0.75)]
        environment = probe.environment(["numpy", "pandas"])
        assert environment.imported == ("numpy", "pandas")
    finally:
        kernel.stop()


@pytest.mark.kernel
@pytest.mark.parametrize("which", ["this_python", pytest.param("old_data_python", marks=pytest.mark.slow)])
def test_the_users_run_gives_the_same_with_and_without_the_probe(which, request, tmp_path):
    """Two kernels run the same cells, one is asked between all of them: every trace is equal."""
    cells = [
        "import numpy as np, pandas as pd, random\nnp.random.seed(1); random.seed(1)",
        "x = np.random.rand(3); t = pd.DataFrame({'a': x}); f = lambda v: v + 1; g = (i for i in x)",
        "x.sum()",
        "t['b'] = t.a + random.random()\nprint(t.b.sum(), next(g))",
        TRACES,
    ]
    python = request.getfixturevalue(which)
    outputs = []
    for asked in (False, True):
        folder = tmp_path / str(asked)
        folder.mkdir()
        kernel = Kernel(python, folder)
        try:
            probe = Probe(kernel, folder)
            if asked:
                probe.install()
            outputs.append([])
            for number, cell in enumerate(cells):
                outputs[-1].append(kernel.cell(cell))
                if asked and number:
                    names = ["x", "t", "f", "g"]
                    probe.border(names=names, store=names, formats=FORMATS)
                    probe.metrics(cell=number, names=names, expression="x.sum()")
        finally:
            kernel.stop()
    assert outputs[0] == outputs[1]
    assert len(outputs[0][4]) > 200
    json.dumps(outputs)
