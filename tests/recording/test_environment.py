"""Which distributions a notebook ran with."""

import json
import platform
import subprocess
import sys
from importlib import metadata

import pytest

from nb2pipe.recording.client import install_code
from nb2pipe.recording.inkernel.environment import distributions_of, environment, normal


def asked(python, imports, modules):
    """The reply in a Python process of its own that has imported some modules."""
    lines = [install_code(), imports, "import sys, json"]
    lines.append(f"print(json.dumps(sys.modules['_nb2pipe_probe'].ask('environment', {{'modules': {modules!r}}})))")
    done = subprocess.run([str(python), "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    reply = json.loads(done.stdout)
    assert reply["error"] is None, reply
    return reply


def test_imported_distributions_are_named_as_package_indexes_name_them():
    """sklearn is scikit-learn, yaml is PyYAML; the standard library and local modules are nobody's."""
    reply = environment({"modules": ["sklearn.linear_model", "yaml", "numpy", "json", "nowhere"]})
    assert reply["imported"] == ["numpy", "PyYAML", "scikit-learn"]
    assert reply["python"] == platform.python_version()
    assert reply["executable"] == sys.executable
    assert reply["packages"]["scikit-learn"] == metadata.version("scikit-learn")


def test_requirements_of_what_is_loaded_are_listed_and_nothing_else():
    """pandas needs dateutil; pytest is installed but not loaded there."""
    packages = asked(sys.executable, "import pandas", ["pandas"])["packages"]
    assert {"pandas", "numpy", "python-dateutil", "ipykernel", "papermill"} <= set(packages)
    assert "pytest" not in packages


@pytest.mark.slow
def test_an_old_python_is_asked_the_same_way(old_data_python):
    """Python 3.8 knows less about its modules; the answer has the same shape."""
    reply = asked(old_data_python, "import pandas, sklearn", ["pandas", "sklearn", "os", "dateutil"])
    assert reply["python"].startswith("3.8.")
    assert reply["packages"]["pandas"] == "1.3.5"
    assert reply["imported"] == ["pandas", "python-dateutil", "scikit-learn"]
    assert {"numpy", "scipy", "joblib", "threadpoolctl", "pytz", "six", "ipykernel"} <= set(reply["packages"])


class Distribution:
    def __init__(self, **texts):
        self.texts = {name.replace("_txt", ".txt"): text for name, text in texts.items()}

    def read_text(self, name):
        return self.texts.get(name)


def test_modules_are_found_by_list_by_files_and_by_name():
    """Old, new and editable installs each say differently what they contain."""
    catalogue = {
        "old": Distribution(top_level_txt="old_module\n"),
        "new": Distribution(RECORD="newer/__init__.py,,\nnew.py,,\nnew-1.dist-info/RECORD,,\n../../bin/x,,\n_c.so,,\n"),
        "some-tool": Distribution(RECORD="some_tool.pth,,\n"),
    }
    modules = {"old_module", "newer", "new", "some_tool", "_c", "elsewhere"}
    assert distributions_of(catalogue, modules) == {
        "old_module": ["old"],
        "newer": ["new"],
        "new": ["new"],
        "_c": ["new"],
        "some_tool": ["some-tool"],
    }
    assert normal("Ruamel.Yaml_x") == "ruamel-yaml-x"
