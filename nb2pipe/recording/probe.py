"""A conversation with the probe in one running kernel."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nb2pipe.formats import Format
from nb2pipe.model import Environment
from nb2pipe.recording.client import call_code, install_code, read_reply
from nb2pipe.running.executing.watching import KernelSession


class Probe:
    """Asks questions at step borders; ``folder`` is where requests, replies and trial files go.

    ``memos`` are (function or class, name of its memory): what these hold does not count.
    """

    def __init__(self, session: KernelSession, folder: Path, memos: Sequence[tuple[str, str]] = ()) -> None:
        self._session = session
        self._folder = folder
        self._memos = memos
        self._count = 0

    def install(self) -> None:
        """Put the probe into the kernel; once per kernel."""
        self._session.execute(install_code())

    def remember(self) -> None:
        """Note the settings before the first cell; :meth:`settings` tells what differs from then."""
        self._ask("remember", {})

    def watch(self) -> None:
        """Begin to note which files are opened and which hosts contacted."""
        self._ask("watch", {})

    def accesses(self) -> dict[str, list[str]]:
        """``reads``, ``writes``, ``removes``, ``makes``, ``lists``, ``hosts`` and ``unpickled`` since the last time."""
        reply = self._ask("accesses", {})
        return {key: reply[key] for key in ("reads", "writes", "removes", "makes", "lists", "hosts", "unpickled")}

    def settings(self) -> dict[str, dict[str, str]]:
        """Settings of the process and of libraries that differ, per component."""
        found: dict[str, dict[str, str]] = self._ask("settings", {})["settings"]
        return found

    def border(
        self,
        *,
        names: Sequence[str] = (),
        definitions: Sequence[str] = (),
        store: Sequence[str | Sequence[str]] = (),
        formats: Sequence[Format] = (),
        outlines: Sequence[str] = (),
        known: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """What the names hold now, and the functions and classes under ``definitions``, which nobody stores.

        Values in ``store`` are also tried in the formats and taken apart, unless their fingerprint is the ``known`` one;
        those in ``outlines`` are taken apart only.
        """
        request = {
            "names": list(names),
            "definitions": list(definitions),
            "memos": list(self._memos),
            "outlines": list(outlines),
            "store": list(store),
            "known": dict(known or {}),
            "formats": [item.request() for item in formats],
            "folder": str(self._folder),
        }
        return self._ask("border", request)

    def metrics(
        self, *, cell: int, names: Sequence[str], expression: str | None, no_series: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The numbers that the cell which just ran assigned to ``names`` or showed.

        What ``no_series`` hold are no numbers if it is a list, an array or a column.
        """
        request = {"cell": cell, "names": list(names), "expression": expression, "no_series": list(no_series)}
        reply = self._ask("metrics", request)
        found: list[dict[str, Any]] = reply["metrics"]
        return found

    def environment(self, modules: Sequence[str]) -> Environment:
        """Python, platform and the distributions behind what is imported."""
        reply = self._ask("environment", {"modules": list(modules)})
        return Environment(
            python=reply["python"],
            implementation=reply["implementation"],
            platform=reply["platform"],
            packages=reply["packages"],
            imported=tuple(reply["imported"]),
        )

    def keep_random(self, file: Path, *, numpy: bool) -> None:
        """Write the state of the global random generators to a file; ``numpy``: the notebook uses it, sooner or later."""
        self._ask("keep_random", {"file": str(file), "numpy": numpy})

    def restore_random(self, file: Path) -> None:
        """Put a kept state back."""
        self._ask("restore_random", {"file": str(file)})

    def seed(self, seed: int, *, vary: int | None, numpy: bool) -> None:
        """Give the random numbers to come a seed; seeds in the cells' code become others, made from ``vary``."""
        self._ask("seed", {"seed": seed, "vary": vary, "numpy": numpy})

    def draws(self) -> tuple[bool, dict[str, str]]:
        """Whether the cells used what :meth:`seed` set, for good or until they seeded themselves (``states`` tell)."""
        reply = self._ask("draws", {})
        return bool(reply["entropy"] or reply["varied"]), dict(reply["states"])

    def lengths(self, names: Sequence[str]) -> dict[str, int]:
        """The lengths of what the names hold, where they have one."""
        found: dict[str, int] = self._ask("lengths", {"names": list(names)})["lengths"]
        return found

    def types(self, names: Sequence[str]) -> tuple[dict[str, str], list[list[str]]]:
        """The types of what the names hold, where they are bound, and groups of names that share objects."""
        reply = self._ask("types", {"names": list(names)})
        return reply["types"], reply["objects"]

    def _ask(self, function: str, request: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        question = self._folder / f"request-{self._count}.json"
        answer = self._folder / f"reply-{self._count}.json"
        question.write_text(json.dumps(request), encoding="utf-8")
        self._session.execute(call_code(function, question, answer))
        reply = read_reply(answer)
        question.unlink()
        answer.unlink()
        return reply
