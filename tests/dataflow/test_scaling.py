"""Time grows with the length of the notebook, not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from nb2pipe.dataflow import analyze
from nb2pipe.magics import PythonCode


def everyday(n: int) -> str:
    """Three statements with calls, a shared function now and then redefined."""
    text = f"x{n} = f(x{max(n - 1, 0)}, k)\ny = df{n % 50}.loc[x{n}, 'a'].mean()\nprint(y)\n"
    return text + ("def f(a, b):\n    return a + b + z\n" if n % 100 == 0 else "")


def rebinding(n: int) -> str:
    return "df = df.dropna()\ndf['a'] = df['b'] * 2\nmodel.fit(df, y)\n"


def many_functions(n: int) -> str:
    return f"def f{n}(x):\n    return g(x) + c{n}\n\nr{n} = f{n}(r{max(n - 1, 0)})\n"


def aliases(n: int) -> str:
    return f"v{n} = base['c{n % 7}']\nv{n}[0] = {n}\nbase['k'] = v{n}\n"


def branches(n: int) -> str:
    return f"for i in range(3):\n    if a{n % 9}:\n        b{n} = i\n    else:\n        b{n} = f(i)\nprint(b{n})\n"


def instances(n: int) -> str:
    return ("class C:\n    def m(self): return k\n" if n == 0 else "") + f"o{n} = C()\nxs.append(o{n})\no{n}.m()\n"


def seconds(cell: Callable[[int], str], count: int) -> float:
    cells = [(i, PythonCode(cell(i))) for i in range(count)]
    began = time.process_time()
    analyze(cells)
    return time.process_time() - began


KINDS = [everyday, rebinding, many_functions, aliases, branches, instances]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cell", KINDS, ids=lambda cell: cell.__name__)
def test_ten_thousand_cells(cell: Callable[[int], str], record_property: Callable[[str, object], None]) -> None:
    """Ten times the cells take about ten times as long, and stay within seconds of CPU."""
    small = min(seconds(cell, 1_000) for _ in range(3))
    large = seconds(cell, 10_000)
    record_property("seconds for 1,000 and 10,000 cells", (round(small, 3), round(large, 3)))
    print(f"\n{cell.__name__}: {small:.2f} s for 1,000 cells, {large:.2f} s for 10,000")
    assert large < 25 * small
    assert large < 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_one_very_long_cell() -> None:
    """A cell of thousands of lines, straight or in one block, is no worse than many cells."""
    lines = [f"x{i} = f(x{max(i - 1, 0)}) + a" for i in range(5_000)]
    block = "if c:\n" + "\n".join("    " + line for line in lines)
    for text in ("\n".join(lines), "def f(x): return k + m\n" + block):
        began = time.process_time()
        analyze([(0, PythonCode(text))])
        assert time.process_time() - began < 10
