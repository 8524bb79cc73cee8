"""Hold thread pools that are loaded already to the kernel's share of the cores; those to come read the environment.

In a kernel that was started for the step nothing is loaded yet. In a forked one the libraries are, with the threads that
the server's environment gave them. Runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import sys

SETTERS = (
    "openblas_set_num_threads", "openblas_set_num_threads64_", "scipy_openblas_set_num_threads",
    "scipy_openblas_set_num_threads64_", "MKL_Set_Num_Threads", "omp_set_num_threads", "bli_thread_set_num_threads",
)  # fmt: skip
NAMES = ("openblas", "libgomp", "libomp", "libiomp", "mkl_rt", "blis")


def hold(share: int, names: tuple[str, ...]) -> None:
    """Set the number of threads in the environment and in every pool that can be found. Never raises."""
    for name in names:
        os.environ[name] = str(share)
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
            paths = {line.split(None, 5)[5].rstrip("\n") for line in file if line.count(" ") >= 5 and "/" in line}
    except (OSError, IndexError):
        return
    for path in paths:
        if not any(name in os.path.basename(path) for name in NAMES):
            continue
        try:
            library = ctypes.CDLL(path, mode=getattr(os, "RTLD_NOLOAD", 0) | ctypes.RTLD_LOCAL)
        except OSError:
            continue
        for setter in SETTERS:
            if hasattr(library, setter):
                getattr(library, setter)(ctypes.c_int(share))
    numexpr = sys.modules.get("numexpr")
    if numexpr is not None and hasattr(numexpr, "set_num_threads"):
        numexpr.set_num_threads(share)
