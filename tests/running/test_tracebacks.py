"""The line of an error, read from traceback texts as real kernels of all ages wrote them."""

import pytest

from nb2pipe.running.executing.tracebacks import RanCell, innermost, of_crash, without_colours

FUNCTION = "def f(x):\n    y = x\n    return 1 / y"
CALL = "a = 1\nf(0)"
RAN = [RanCell(10, 1, FUNCTION), RanCell(20, 2, CALL)]
HEAD = "-----\nZeroDivisionError     Traceback (most recent call last)\n"
BODY = (
    "      1 a = 1\n----> 2 f(0)\n\n{}\n      1 def f(x):\n      2     y = x\n----> 3     return 1 / y\n\n"
    "ZeroDivisionError: division by zero"
)

CALLS = {
    "IPython 7, ipykernel 5": ("<ipython-input-2-13063620aaa5> in <module>", "<ipython-input-1-8cbbeec1f3c5> in f(x)"),
    "IPython 7, ipykernel 6": (
        "/tmp/ipykernel_4227/624919070.py in <cell line: 2>()",
        "/tmp/ipykernel_4227/1569322564.py in f(x)",
    ),
    "Windows": (
        r"C:\Users\me\AppData\Local\Temp\ipykernel_42\624919070.py in <module>",
        r"C:\Users\me\AppData\Local\Temp\ipykernel_42\1569322564.py in f(x)",
    ),
    "IPython 8.0": ("Input In [2], in <module>", "Input In [1], in f(x)"),
    "IPython 8.4": ("Input In [2], in <cell line: 2>()", "Input In [1], in f(x)"),
    "IPython 8.5": ("Cell In [2], line 2", "Cell In [1], line 3, in f(x)"),
    "IPython 9": ("Cell In[2], line 2", "Cell In[1], line 3, in f(x)"),
}


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("version", CALLS)
def test_an_error_in_a_function_of_another_cell(version, outer):
    """The innermost frame counts; without it the calling line would be named."""
    caller, callee = CALLS[version]
    text = HEAD + caller + "\n" + BODY.format(callee)
    assert innermost(text.split("\n"), RAN) == (10, 3)
    assert innermost([text.split("\n\n")[0]], RAN) == (20, 2)


def test_colours_do_not_matter():
    """As the kernel sends it."""
    text = "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[2]\x1b[39m\x1b[32m, line 2\x1b[39m\n\x1b[32m----> \x1b[39m2 f(0)"
    assert without_colours(text) == "Cell In[2], line 2\n----> 2 f(0)"
    assert innermost([text], RAN) == (20, 2)


@pytest.mark.parametrize(
    "head",
    [
        '  File "<ipython-input-3-f09692e81cdf>", line 2',
        '  File "/tmp/ipykernel_4268/690748229.py", line 2',
        "  Input In [3]",
        "  Cell In [3], line 2",
        "  Cell In[3], line 2",
    ],
)
def test_a_syntax_error(head):
    """IPython 8.0 gave no number at all: the line is found by its text."""
    text = f"{head}\n    b = = 2\n        ^\nSyntaxError: invalid syntax\n"
    assert innermost([text], [*RAN, RanCell(30, 3, "a = 1\nb = = 2")]) == (30, 2)


def test_frames_outside_the_notebook_are_passed_over():
    """The error is in a library: the notebook's line that called it is named."""
    text = (
        "Cell In[2], line 2\n----> 2 f(0)\n\nFile /usr/lib/python3.11/json/decoder.py:355, in decode(self, s)\n"
        "    354 try:\n--> 355     obj, end = self.scan_once(s, idx)\n    356 except StopIteration as err:\n\nValueError: x"
    )
    assert innermost([text], RAN) == (20, 2)


def test_the_last_of_chained_errors_counts():
    """What was caught before is not where the notebook stopped."""
    text = (
        "KeyError   Traceback (most recent call last)\nCell In[1], line 2\n----> 2     y = x\n\nKeyError: 'a'\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "ValueError   Traceback (most recent call last)\nCell In[2], line 1\n----> 1 a = 1\n\nValueError: b"
    )
    assert innermost([text], RAN) == (20, 1)


@pytest.mark.parametrize(
    "text", ["", "An exception has occurred, use %tb to see the full traceback.\n\nSystemExit: 0", "In [1]"]
)
def test_no_line(text):
    """Nothing is made up."""
    assert innermost([text], RAN) is None
    assert of_crash(text, RAN) is None


def test_a_crash():
    """faulthandler's stack begins with the innermost frame; other threads follow."""
    text = (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n"
        '  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at\n'
        '  File "/tmp/ipykernel_99/1569322564.py", line 3 in f\n'
        '  File "/tmp/ipykernel_99/624919070.py", line 2 in <module>\n'
        "\nThread 0x00007e (most recent call first):\n"
    )
    assert of_crash(text, RAN) == (10, 3)
