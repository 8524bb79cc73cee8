"""Asks the probe in a plain Python process, whichever it is: argv is a JSON file that says what for.

Installs the probe from its text, runs the table of values as ``__main__`` would, and prints the reply.
"""

import json
import os
import sys

with open(sys.argv[1]) as _file:
    _job = json.load(_file)
exec(_job["install"])  # before numpy and pandas are there, as in a notebook
_probe = sys.modules["_nb2pipe_probe"]
_here = globals()
__file__ = _job["cases"]
with open(_job["cases"]) as _file:
    exec(compile(_file.read(), _job["cases"], "exec"), _here)

_missing = {}
for _name, (_make, _) in CASES.items():  # noqa: F821
    try:
        _here["v_" + _name] = _make()
    except Exception as _problem:
        _missing[_name] = repr(_problem)
_names = [_name for _name in _here if _name.startswith("v_")]
_store = _names if _job["formats"] else []
_reply = _probe.ask("border", {"names": _names, "store": _store, "formats": _job["formats"], "folder": _job["folder"]})
_reply["loaded"] = {}
for _name, (_module_aliases, _code) in (_job["load"] or {}).items():  # what another process has stored
    _scope = dict(_here)
    for _module, _alias in _module_aliases:
        __import__(_module)
        _scope[_alias] = sys.modules[_module]
    _reply["loaded"][_name] = _probe.fingerprint(eval(_code, _scope))
_reply["missing"] = _missing
_reply["expected"] = {"v_" + name: expected for name, (_, expected) in CASES.items()}  # noqa: F821
sys.stdout.write(json.dumps(_reply))
sys.stdout.flush()
os._exit(0)
