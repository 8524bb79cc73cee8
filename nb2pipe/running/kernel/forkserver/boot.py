"""The program: ``boot.py SOCKET FOLDER``. Not a module of the kernels: neither its folder nor its name is left there."""

import sys
from typing import Any


def _server(folder: str) -> Any:
    from importlib import util

    # No bytecode beside the sources: another Python's would stay in nb2pipe's installation for ever.
    flag, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec = util.spec_from_file_location("_nb2pipe_fork", folder + "/__init__.py", submodule_search_locations=[folder])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["_nb2pipe_fork"] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from _nb2pipe_fork.server import main  # type: ignore[import-not-found]

    sys.dont_write_bytecode = flag
    return main


if __name__ == "__main__":
    here, _, _ = __file__.rpartition("/")
    sys.path[:] = [place for place in sys.path if place not in (here, "")]
    del __file__
    run = _server(here)(int(sys.argv[1]), sys.argv[2])
    run()
