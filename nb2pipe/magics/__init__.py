"""IPython's magics and shell lines as plain Python of the same number of lines, for the analysis to read.

Python inside transparent magics (``%time x = f(y)``) takes part as it is. The others become calls of names that begin
with ``__nb2pipe_``, with the Python names that they mention as arguments: ``shell``, ``magic``, ``opaque``, ``run``,
``help``, ``timeit``, ``capture``. IPython fills names into a command only if they are there, so an argument of such a
call that nothing in the notebook binds is no error. IPython is not imported; a test compares with it.
"""

from __future__ import annotations

import re

from nb2pipe.magics.python_code import Magic, PythonCode
from nb2pipe.magics.translation import Translation
from nb2pipe.magics.words import ALONE, AUTOMAGIC
from nb2pipe.rules.placing import source_lines

__all__ = ["Magic", "PythonCode", "to_python"]

# what must be there for anything to be translated: a sign of a magic, an indented or prompted start, a word of
# AUTOMAGIC
_SIGNS = re.compile(
    rf"[%!?]|^\s*[,;/]|\A\s*[ \t]|\A\s*(?:>>>|In \[)|\A\s*(?:{'|'.join(sorted(AUTOMAGIC | ALONE))})\b", re.MULTILINE
)


def to_python(source: str) -> PythonCode:
    """The cell's source in plain Python, line by line."""
    if _SIGNS.search(source) is None:
        return PythonCode(source if "\r" not in source else "\n".join(source_lines(source)))
    return Translation(source).result()
