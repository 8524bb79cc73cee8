"""Ratios of nb2pipe's cost to that of other tools, measured side by side.

    python -m benchmarks.speed [CASE ...] [--rounds 3] [--quick] [--write] [--list]

Contenders run in turns, the order turned each round, after one unmeasured round that warms the disk's cache. The tools
are installed into environments of their own below .cache/benchmarks (uv if it is there, else venv and pip).
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from pathlib import Path

from benchmarks.speed import environments, table
from benchmarks.speed.cases import CASES, TOOLS
from benchmarks.speed.measuring import Failed, adopt_orphans, in_turns


def main() -> int:
    """Run the cases; the exit code is 1 if one failed."""
    given = _options()
    if given.list:
        for name, case in CASES.items():
            print(f"{name:14} {case.__doc__}")
        return 0
    if unknown := [name for name in given.cases if name not in CASES]:
        sys.exit(f"no case {', '.join(unknown)}; there are: {', '.join(CASES)}")
    cases = given.cases or list(CASES)
    tools = [tool for tool in environments.TOOLS if any(tool in TOOLS.get(case, environments.TOOLS) for case in cases)]
    environments.ready(tools)
    adopt_orphans()
    _own_jupyter()
    load = os.getloadavg()[0]
    results: list[table.Result] = []
    rounds = given.rounds or (1 if given.quick else 3)
    for name in cases:
        results += _measured(name, rounds, given.quick)
        print(table.as_text(results), flush=True)
    if given.write:
        under = table.Circumstances(
            shlex.join(["python", "-m", "benchmarks.speed", *sys.argv[1:]]),
            rounds,
            environments.versions(tools),
            load,
            os.getloadavg()[0],
        )
        print(f"written: {table.write(results, under)}")
    return int(any(it.failed for it in results))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.split("\n")[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--rounds", type=int, help="how often each contender runs; default: 3")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one round: whether it works, not how fast it is"
    )
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--list", action="store_true", help="the cases")
    return parser.parse_args()


def _own_jupyter() -> None:
    """Settings and kernels of the user's account take no part."""
    for name, below in {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "MPLCONFIGDIR": "matplotlib",
    }.items():
        os.environ[name] = str(environments.CACHE / "home" / below)
        Path(os.environ[name]).mkdir(parents=True, exist_ok=True)


def _measured(name: str, rounds: int, quick: bool) -> list[table.Result]:
    what = " ".join((CASES[name].__doc__ or name).rstrip(".").split())
    print(f"{name}: {what}", file=sys.stderr)
    folder = environments.CACHE / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        case = CASES[name](folder, quick)
        costs = in_turns(case.contenders, rounds, case.again or not quick, folder / "logs")
    except (Failed, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        return [table.Result(name, what, "", failed=str(failure))]
    return [table.result(name, what, row, costs) for row in case.rows]


if __name__ == "__main__":
    sys.exit(main())
