"""The probe on every Python that can be found here, with nothing but its standard library."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nb2pipe.formats import FORMATS
from nb2pipe.recording.client import install_code

VERSIONS = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
NOTEBOOK = """
import collections, dataclasses, datetime, decimal, enum, functools, json, pathlib, random, re, sys, threading

class Model:
    def __init__(self, k): self.k = k
    @property
    def double(self): return self.k * 2
    @functools.lru_cache(maxsize=None)
    def slow(self): return super().__repr__()

@dataclasses.dataclass
class Setting:
    rate: float
    tags: list = dataclasses.field(default_factory=list)

class Colour(enum.Enum):
    RED = 1
    def shout(self): return self.name.upper()

def function(x: int = 3, *args, key=None) -> "str":
    def inner(): return x
    try:
        return [inner() for _ in range(3) if x in {"a", "b", "c"}]
    except ValueError:
        return {**key}

values = dict(
    numbers=[1, 2.5, None, True, 10**30, float("nan")], texts=["a", None] * 20, names=set("abcdef"), pair=(1, [2]),
    model=Model(3), setting=Setting(0.1), colour=Colour.RED, function=function, classes=[Model, Setting, Colour],
    when=datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), path=pathlib.Path("a/b"), price=decimal.Decimal("1.10"),
    counts=collections.Counter("abca"), pattern=re.compile("a"), rng=random.Random(5), partial=functools.partial(function, 2),
    lazily=(i for i in [1]), lock=threading.Lock(), iterator=iter([1]), other=lambda: 1,
)
globals().update(values)
reply = sys.modules["_nb2pipe_probe"].ask(
    "border", {"names": list(values), "store": list(values), "formats": FORMATS, "folder": FOLDER}
)
environment = sys.modules["_nb2pipe_probe"].ask("environment", {"modules": ["json"]})
memory = sys.modules["_nb2pipe_probe"].ask("memory", {})
print(json.dumps([reply, environment, memory]))
"""


def found(version):
    """An interpreter of that version: on the path, or among pyenv's."""
    versions = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    found = str(versions[-1]) if versions else shutil.which(f"python{version}")
    if found is None or subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode:
        return None  # pyenv leaves commands on the path for versions that are not switched on
    return found


def asked(python, folder, seed):
    source = (
        f"{install_code()}\nFORMATS = {[form.request() for form in FORMATS]!r}\nFOLDER = {str(folder)!r}\n{NOTEBOOK}"
    )
    done = subprocess.run(
        [python, "-c", source], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}
    )
    assert done.returncode == 0, done.stderr
    reply, environment, memory = json.loads(done.stdout)
    assert (reply["error"], environment["error"], memory["error"]) == (None, None, None), reply
    return reply["values"], environment


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_gives_the_same_answers_in_every_process(version, tmp_path):
    """Formats, refusals and fingerprints, whatever the hash seed is."""
    python = found(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    values, environment = asked(python, tmp_path, "1")
    again, _ = asked(python, tmp_path, "2")
    assert {name: v["fingerprint"] for name, v in values.items()} == {n: v["fingerprint"] for n, v in again.items()}
    assert environment["python"].startswith(version)
    refused = {name for name, value in values.items() if value["format"] is None}
    assert refused - {"other", "function"} == {"lazily", "lock", "iterator"}
    assert values["numbers"]["format"] == values["texts"]["format"] == "json"
    assert values["model"]["format"] in ("pickle", "joblib")
    assert values["classes"]["code"] == ["Model", "Setting", "Colour"]
    assert values["partial"]["code"] == ["function"]
    assert len({value["fingerprint"] for value in values.values() if value["fingerprint"]}) == len(values) - 3
