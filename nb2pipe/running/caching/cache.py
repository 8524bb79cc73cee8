"""The cache of one run: whether a step's outputs are there already, and why not; keeping those of a step that ran."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2pipe.model import FIRST_TIME, Step
from nb2pipe.running import runs
from nb2pipe.running.caching import code as codes
from nb2pipe.running.caching import distributions, keys, objects
from nb2pipe.running.caching.index import Entry, Index
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.projects import Project
from nb2pipe.running.seen import Seen, changed_since, short

if TYPE_CHECKING:
    from nb2pipe.running.stepping import Ran

#: Started by libraries to look at the machine; what they read decides no result.
HARMLESS = frozenset(
    {"lscpu", "ldconfig", "gcc", "cc", "ld", "objdump", "uname", "fc-list", "fc-match", "sysctl", "lsb_release", "file",
     "nvidia-smi", "git", "which"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``entry`` to be used again, or ``reasons`` to run. ``certain`` is false while steps above have not ended."""

    entry: Entry | None = None
    reasons: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a step of this run has given: files below the run's folder -> digests. ``id`` is new whenever it ran."""

    id: str
    outputs: Mapping[str, str]


@dataclass(slots=True)
class _Touched:
    """Digests of what a step read and wrote, by path; ``why`` it cannot be kept, if so."""

    read: dict[str, str | None] = field(default_factory=dict)
    written: dict[str, str | None] = field(default_factory=dict)
    why: str | None = None


class Cache:
    """``wanted``: use what is there; else every step runs, and is kept for later. ``forced`` steps run anyway.

    ``unkept`` (step -> why): if such a step draws random numbers, its outputs are not kept.
    """

    def __init__(
        self,
        project: Project,
        parameters: Mapping[str, Any],
        kernel: Kernel,
        *,
        wanted: bool = True,
        forced: frozenset[str] = frozenset(),
        unkept: Mapping[str, str] | None = None,
        salts: Mapping[str, str] | None = None,
    ) -> None:
        self.project = project
        self.index = Index(project.state)
        self.wanted = wanted
        self.forced = forced
        self.unkept = dict(unkept or {})
        self.steps = {step.name: step for step in project.pipeline.steps}
        self.files = {
            (step, name): entry.file
            for step, item in project.manifest.steps.items()
            for name, entry in item.outputs.items()
        }
        self._parameters = parameters
        self._salts = dict(salts or {})
        self.code = {step.name: self._code(step) for step in project.pipeline.steps}
        lists = [step.modules for step in project.pipeline.steps]
        versions = distributions.of_modules(kernel.python, lists, self.index)
        self.early = {
            step.name: self._early(step, environment)
            for step, environment in zip(project.pipeline.steps, versions, strict=True)
        }

    # ------------------------------------------------------------ facts

    def _code(self, step: Step) -> codes.StepCode:
        """Remembered by the bytes of the step's file."""
        digest = self.project.step_digest(step.name)
        found = self.index.note(f"code:{digest}")
        if found is not None:
            return codes.StepCode(
                cells=found["cells"], paths=tuple(found["paths"]), variables=tuple(found["variables"]),
                marks=tuple(found["marks"]), shell=found["shell"], seeds=found["seeds"],
            )  # fmt: skip
        code = codes.read(self.project.notebook(step.name))
        self.index.keep_note(
            f"code:{digest}",
            {
                "cells": dict(code.cells), "paths": code.paths, "variables": code.variables, "marks": code.marks,
                "shell": code.shell, "seeds": code.seeds,
            },
        )  # fmt: skip
        return code

    def _early(
        self, step: Step, environment: distributions.Versions | None
    ) -> dict[str, Mapping[str, str | None]] | None:
        if environment is None:
            return None
        return keys.early(step, self.code[step.name], self._parameters, environment, self._salts.get(step.name))

    def facts(self, step: Step, made: Mapping[str, Made]) -> keys.Facts | None:
        """All that decides the step's outputs, but for files; ``None`` if the environment is unknown."""
        known = self.early[step.name]
        if known is None:
            return None
        inputs: dict[str, str | None] = {
            name: made[name.partition("/")[0]].outputs.get(f"artifacts/{name}")
            for name in keys.input_files(step, self.files)
        }
        after: dict[str, str | None] = {name: made[name].id for name in keys.told_after(step, self.steps)}
        return {**known, "inputs": inputs, "after": after}

    def partial(self, step: Step) -> str:
        """A digest of what is known of a step's facts before any step has run."""
        known = self.early[step.name]
        return keys.digest(known) if known is not None else secrets.token_hex(16)

    def lasting_keys(self) -> dict[str, str]:
        """Step -> digest of its code, parameters and environment, and of those of the steps above; not of any data."""
        found: dict[str, str] = {}
        for step in self.project.pipeline.steps:
            above = "".join(found[name] for name in step.above)
            found[step.name] = sha256(f"{self.partial(step)}{above}".encode()).hexdigest()[:24]
        return found

    # ------------------------------------------------------------ looking up

    def could_hit(self, step: Step) -> bool:
        """Whether anything is there that the step's inputs, once they are known, might fit."""
        partial = self.partial(step)
        return self._usable(step) is None and any(entry.partial == partial for entry in self.index.entries(step.name))

    def decide(self, step: Step, made: Mapping[str, Made] | None) -> Decision:
        """Whether the step's outputs are there. Without ``made``, steps above are going to run: nothing is certain."""
        reason = self._usable(step)
        facts = self.facts(step, made) if made is not None else self.early[step.name]
        if reason is not None or facts is None:
            return Decision(reasons=(reason or "the kernel's environment is unknown",))
        entries = self.index.entries(step.name)
        if not entries:
            return Decision(reasons=(self.index.note(f"unkept:{step.name}") or FIRST_TIME,))
        found = keys.differences(entries[0], facts, keys.input_files(step, self.files))
        if made is None:
            return Decision(reasons=tuple(found), certain=bool(found))
        key = keys.digest(facts)
        changed: list[list[str]] = []
        for entry in (entry for entry in entries if entry.key == key):
            changed.append(self._changed(entry))
            if not changed[-1]:
                return Decision(entry=entry)
        return Decision(reasons=tuple(changed[0] if changed else found) or (FIRST_TIME,))

    def stored(self, step: Step, made: Mapping[str, Made]) -> Entry | None:
        """What is there for a step that is not to run, whether or not outputs are wanted from the cache."""
        facts = self.facts(step, made)
        key = keys.digest(facts) if facts is not None else None
        entries = (entry for entry in self.index.entries(step.name) if entry.key == key)
        return next((entry for entry in entries if not self._changed(entry)), None)

    def is_unkept(self, step: Step) -> bool:
        """Whether the step's outputs were not kept when it ran last."""
        return self.index.note(f"unkept:{step.name}") is not None

    def _usable(self, step: Step) -> str | None:
        """Why nothing that is there may be used."""
        if not self.wanted:
            return "all steps were to run"
        if step.name in self.forced:
            return "it was forced"
        return None if step.cache else "cache:off"

    def _changed(self, entry: Entry) -> list[str]:
        """What is on the disk otherwise than when the step had run."""
        found = []
        for path, digest in entry.files.items():
            now = self.index.digest(self.project.workdir / path)
            if now != digest:
                found.append(f"{path} {'appeared' if digest is None else 'changed' if now else 'is gone'}")
        for path, digest in entry.written.items():
            now = self.index.digest(self.project.workdir / path)
            if now != digest:
                found.append(f"{path}, which it writes, {'changed' if now else 'is gone'}")
        if not found and not all(objects.place(self.project.state, d).exists() for d in entry.outputs.values()):
            found.append("its stored outputs are gone")
        return found

    def restore(self, entry: Entry, run: str) -> Made | None:
        """Link the outputs into a run's folder; ``None`` if they vanished in the meantime."""
        folder = runs.folder(self.project.state, run)
        (folder / "artifacts" / entry.step).mkdir(parents=True, exist_ok=True)
        for name, digest in entry.outputs.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            source = objects.place(self.project.state, digest)
            try:
                if self.index.digest(source) != digest:  # damaged, or edited through another of its names
                    source.unlink()
                    return None
                with suppress(FileExistsError):
                    objects.link(source, target)
            except OSError:
                return None
        return Made(id=entry.id, outputs=entry.outputs)

    # ------------------------------------------------------------ keeping

    def made(self, step: Step, run: str) -> Made:
        """Digests of what a step left in the run's folder."""
        folder = runs.folder(self.project.state, run)
        found: dict[str, str] = {}
        paths = [path for path in sorted((folder / "artifacts" / step.name).rglob("*")) if path.is_file()]
        for path in [*paths, folder / "steps" / f"{step.name}.ipynb"]:
            digest = self.index.digest(path)
            if digest is not None:
                found[path.relative_to(folder).as_posix()] = digest
        return Made(id=secrets.token_hex(8), outputs=found)

    def keep(self, step: Step, run: str, mine: Made, facts: keys.Facts | None, ran: Ran) -> None:
        """Remember the step, or why not."""
        touched = self._touched(step, ran.seen, ran.started)
        drew = ran.seen is None or ran.seen.drew
        why = (self.unkept.get(step.name) if drew else None) or touched.why or (None if step.cache else "cache:off")
        if facts is None:
            why = why or "the kernel's environment is unknown"
        if why is None and not self._keep_files(mine, run):
            why = "its outputs could not be stored"
        if why is not None or facts is None:
            self.index.keep_note(f"unkept:{step.name}", why)
            return
        self.index.keep_note(f"unkept:{step.name}", None)
        self.index.add(
            Entry(
                id=mine.id, step=step.name, partial=self.partial(step), key=keys.digest(facts), ingredients=facts,
                files=touched.read, written=touched.written, outputs=mine.outputs, marks=self._marks(step, ran.seen), run=run,
                seconds=ran.seconds, peak_memory=ran.peak_memory, created=time.time(),
            )
        )  # fmt: skip

    def _keep_files(self, mine: Made, run: str) -> bool:
        folder = runs.folder(self.project.state, run)
        for name, digest in mine.outputs.items():
            path = folder / name
            known = objects.place(self.project.state, digest)
            if known.exists() and self.index.digest(known) != digest:  # damaged
                known.unlink(missing_ok=True)
            if not objects.keep(self.project.state, path, digest):
                return False
            with suppress(OSError):
                self.index.trust(path, digest)
        return True

    def _touched(self, step: Step, seen: Seen | None, started: int) -> _Touched:
        """Digests of what the step read and wrote; and why it cannot be trusted to be repeatable, if so."""
        found = _Touched()
        if seen is None:
            found.why = "nobody saw which files it touches"
            return found
        base = self.project.workdir
        own = os.path.join(self.project.state.resolve(), "")  # noqa: PTH118
        for path, use in seen.opened.items():
            if not path.startswith(own):
                self._file(Path(path), use, started, found)
        for path in seen.listed:
            found.read[short(path, base) or "."] = self.index.digest(Path(path))
        known = {short(path, base) for path in seen.opened}
        for text in self._texts(step):
            file = base / text
            name = short(str(file), base)
            if name not in known and not file.is_dir():
                place = found.written if changed_since(file, started) else found.read
                place[name] = self.index.digest(file)
        programs = [name for name in seen.programs if name not in HARMLESS]
        if programs or self.code[step.name].shell:
            named = f" ({programs[0]})" if programs else ""
            found.why = found.why or f"it starts other programs{named}, and nobody sees what files they read"
        return found

    def _file(self, path: Path, use: str, started: int, found: _Touched) -> None:
        """``use`` is what :class:`Seen` says. Lines added to a file are no output that a later run must find again."""
        name = short(str(path), self.project.workdir)
        if use.startswith("w"):
            found.written[name] = self.index.digest(path)
        elif changed_since(path, started):
            if use != "a":
                changes = set(use) & {"w", "a", "u"}
                why = f"it changes {name}, which it reads" if changes else f"{name} changed while the step ran"
                found.why = found.why or why
        elif use != "a":
            found.read[name] = self.index.digest(path)

    def _texts(self, step: Step) -> list[str]:
        """Texts that look like paths, in the code and in the parameters: some libraries open files unseen."""
        given = [self._parameters[name] for name in step.parameters]
        texts = [
            *self.code[step.name].paths,
            *(text for text in given if isinstance(text, str) and codes.is_path(text)),
        ]
        return [text for text in dict.fromkeys(texts) if "\0" not in text]

    def _marks(self, step: Step, seen: Seen | None) -> tuple[str, ...]:
        """Why the step may give something else next time, although nothing changed."""
        found = list(self.code[step.name].marks)
        if seen is not None and seen.drew and step.random_from is None and not self.code[step.name].seeds:
            found.append("draws random numbers without a seed")
        if seen is not None and seen.hosts:
            found.append(f"gets data from {', '.join(seen.hosts[:2])}{' ...' if len(seen.hosts) > 2 else ''}")
        return tuple(dict.fromkeys(found))
