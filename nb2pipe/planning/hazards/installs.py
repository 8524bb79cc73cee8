"""Packages and files that a magic or a command fetches."""

from __future__ import annotations

import re

from nb2pipe.planning.hazards.reading import Cell
from nb2pipe.planning.hazards.surroundings import URL
from nb2pipe.rules import nb413_network, nb416_unpinned_install

_OPTION_WITH_VALUE = {
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
}


def installed(cell: Cell, line: int, name: str, body: str) -> None:
    """Packages without a version, and files from the network."""
    words = body.split() if body.split()[:1] == [name] else [name, *body.split()]
    if words[:1] == ["python"] and words[1:3] == ["-m", "pip"]:
        words = words[2:]
    if words[:1] not in (["pip"], ["pip3"], ["conda"], ["mamba"]) or "install" not in words[:3]:
        if words[:1] in (["wget"], ["curl"]):
            cell.at_line(line, nb413_network.diagnostic(words[0], next((w for w in words if URL.match(w)), "")))
        return
    rest = words[words.index("install") + 1 :]
    for before, word in zip(["install", *rest], rest, strict=False):
        plain = word.strip("'\"")
        if (
            word.startswith(("-", ".", "/", "#", "{", "$"))
            or before in _OPTION_WITH_VALUE
            or URL.match(plain)
            or "git+" in word
        ):
            continue
        if not re.search(r"[=@<>~]", plain) and re.match(r"^[A-Za-z][\w.-]*(\[[\w,-]+\])?$", plain):
            cell.at_line(line, nb416_unpinned_install.diagnostic(plain, "VERSION"))
