"""IPython's magics by what they mean for the flow of names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

# Python that runs in the user's namespace; the letters are options that take a value
RUNS_CODE = {"time": "", "prun": "lsTD", "capture": "", "notify": "", "snakeviz": "f", "heat": "", "debug": "b"}

# Python that runs apart, perhaps many times: names are read, none is bound
REPEATS_CODE = {"timeit": "nrp", "memit": "rti", "mprun": "fT", "lprun": "fmDTsruz"}

# effects on the display, the session or the process, not on names
NEUTRAL = frozenset((
    "aimport", "alias", "alias_magic", "autoawait", "autocall", "automagic", "autoreload", "autosave", "bookmark",
    "cat", "cd", "clear", "colors", "conda", "config", "connect_info", "cp", "dhist", "dirs", "doctest_mode",
    "dotenv", "ed", "edit", "env", "gui", "help", "hist", "history", "html", "javascript", "js", "killbgscripts",
    "latex", "ldir", "less", "lf", "lk", "ll", "load", "load_dotenv", "load_ext", "loadpy", "logoff", "logon",
    "logstart", "logstate", "logstop", "ls", "lsmagic", "lx", "magic", "mamba", "man", "markdown", "matplotlib",
    "micromamba", "mkdir", "more", "mv", "notebook", "page", "pastebin", "pdb", "pdef", "pdoc", "pfile", "pinfo",
    "pinfo2", "pip", "popd", "pprint", "precision", "psearch", "psource", "pushd", "pwd", "pycat", "quickref",
    "rehashx", "reload_ext", "rep", "rm", "rmdir", "save", "set_env", "stop", "svg", "tb", "tensorboard",
    "tensorflow_version", "unalias", "unload_ext", "uv", "version_information", "wandb", "watermark", "who", "who_ls",
    "whos", "xmode",
))  # fmt: skip

# run text that no analysis sees, or drop names
DYNAMIC = frozenset((
    "macro", "recall", "rerun", "reset", "reset_selective", "run",
))  # fmt: skip

# words that people type without the percent sign, alone in a cell, followed by what is no Python
AUTOMAGIC = frozenset((
    "cat", "cd", "conda", "config", "cp", "env", "hist", "history", "load_ext", "ls", "mamba", "matplotlib", "mkdir",
    "mv", "pip", "popd", "pushd", "pwd", "reload_ext", "rm", "rmdir", "run", "set_env", "store", "time", "timeit",
    "who", "whos",
))  # fmt: skip
ALONE = frozenset((
    "ll", "ls", "lsmagic", "pwd", "who", "whos",
))  # fmt: skip

_SPLIT_OPTIONS = re.compile(r"\s*(--?[A-Za-z][\w-]*)(=\S*)?")
_WORD = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|\S+)")
_BRACES = re.compile(r"(?<!\{)(\$?)\{([^{}]+)\}(?!\})")
_DOLLAR = re.compile(r"(?<![\\$\w])\$([A-Za-z_]\w*)")


def skip_options(text: str, at: int, takes_value: str) -> int:
    """The position in ``text`` where a magic's options, which begin at ``at``, end and its code begins."""
    while (option := _SPLIT_OPTIONS.match(text, at)) is not None:
        at = option.end()
        word = option[1]
        if not word.startswith("--") and word[1] in takes_value and len(word) == 2:
            value = _WORD.match(text, at)
            at = value.end() if value is not None else at
    rest = text[at:]
    return at + len(rest) - len(rest.lstrip())


def expanded(body: str) -> Iterator[tuple[str, int]]:
    """The Python expressions in ``{...}`` and ``$name`` that IPython fills into a command, with their columns.

    Whether it does depends on the names being there; what is certainly the shell's own is left out.
    """
    for match in _BRACES.finditer(body):
        expression = re.split(r"[:!](?![^\[(]*[\])])", match[2], maxsplit=1)[0]
        if match[1] and expression.isupper():
            continue  # ${HOME}
        if _has_names(expression):
            stripped = expression.strip()
            yield stripped, match.start(2) + expression.index(stripped)
    for match in _DOLLAR.finditer(body):
        if not match[1].isupper():
            yield match[1], match.start(1)


def _has_names(expression: str) -> bool:
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return False
    # a tuple is the shell's {a,b}
    return not isinstance(tree, ast.Tuple) and any(isinstance(node, ast.Name) for node in ast.walk(tree))


def exchanged(name: str, line: str, body: str) -> tuple[list[str], list[str]]:
    """The names that an opaque magic binds and those that it reads, where its options say so."""
    words = line.split()
    bound: list[str] = []
    read: list[str] = []
    for option, value in pairwise(words):
        if option in ("-o", "--output", "--out", "--err"):
            bound += value.split(",")
        elif option in ("-i", "--input"):
            read += value.split(",")
    if (name in ("sql", "dynamic_sql") and "<<" in words[1:2]) or (name == "bigquery" and words):
        bound.append(words[0])
    elif name == "cython":
        bound += re.findall(r"^(?:cpdef|def)\s+(?:[\w.\[\], ]+\s)?(\w+)\s*\(", body, re.MULTILINE)
    return [n for n in dict.fromkeys(bound) if n.isidentifier()], [n for n in dict.fromkeys(read) if n.isidentifier()]


def free_names(code: str) -> Iterator[tuple[str, int, int]]:
    """The names that code, run as a function's body, reads from outside, with line and column of their first use."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)} | {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    lines = code.split("\n")
    seen: set[str] = set()
    for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
        if node.id not in bound and node.id not in seen:
            seen.add(node.id)
            yield node.id, node.lineno, len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
