"""Test items: one for a pipeline's run, one for each of its metrics."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nb2pipe import baseline as baselines
from nb2pipe import manifest
from nb2pipe.diagnostics import Severity
from nb2pipe.errors import InvalidInput, Nb2pipeError
from nb2pipe.pytest_plugin import answers

RUNS = "runs"  # the item of the pipeline itself, as in the JUnit file of ``nb2pipe check``
NOT_REPRODUCED = ("failed", "missing")
FOLDER = "nb2pipe_answers"
OURS = (
    "schema_version:",
    "steps:",
)  # at the beginning of lines of our pipeline.yaml: other tools have files of that name


class NotReproduced(Exception):
    """A test failed. The text is the whole of what is shown, ``line`` what fits into one line."""

    def __init__(self, line: str, text: str) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True, slots=True)
class Metric:
    """What is known before the run."""

    name: str
    step: str = ""


class Plugin:
    """The hooks. ``shared`` is a folder that all workers of a session see."""

    def __init__(self, config: pytest.Config) -> None:
        worker = getattr(config, "workerinput", None)  # pytest-xdist's
        self.own = worker is None
        self.shared = Path(worker[FOLDER] if worker else tempfile.mkdtemp(prefix="nb2pipe-pytest-"))
        self.notebooks = bool(config.option.nb2pipe_notebooks)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where answers are shared."""
        node.workerinput[FOLDER] = str(self.shared)

    def pytest_unconfigure(self) -> None:
        """Remove the answers."""
        if self.own:
            shutil.rmtree(self.shared, ignore_errors=True)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.File | None:
        """Projects, and notebooks that are no part of one."""
        if file_path.name == manifest.FILE_NAME and _is_ours(file_path):
            return ProjectFile.from_parent(parent, path=file_path)
        if self.notebooks and file_path.suffix == ".ipynb" and _is_tagged(file_path):
            return NotebookFile.from_parent(parent, path=file_path)
        return None


class _Checked(pytest.File):
    """What ``nb2pipe check`` can be asked about."""

    @property
    def target(self) -> Path:
        """What the command line would be given."""
        return self.path

    @abstractmethod
    def metrics(self) -> Mapping[str, Metric]:
        """What is known of its metrics before it is run."""

    def collect(self) -> Iterator[pytest.Item]:
        """The run first, so that it is what takes the time."""
        known = self.metrics()
        yield RunItem.from_parent(self, name=RUNS if RUNS not in known else f"pipeline {RUNS}", known=frozenset(known))
        for metric in known.values():
            yield MetricItem.from_parent(self, name=metric.name, metric=metric)

    def answer(self) -> answers.Answer:
        """What the check found; the first that asks runs it."""
        plugin = self.config.pluginmanager.getplugin("nb2pipe-collecting")
        assert isinstance(plugin, Plugin)
        return answers.ask(
            self.target, self.arguments, here=self.config.invocation_params.dir, shared=plugin.shared
        )  # fmt: skip

    @property
    def arguments(self) -> list[str]:
        """The user's options for the check."""
        return shlex.split(self.config.option.nb2pipe_args)


class ProjectFile(_Checked):
    """The ``pipeline.yaml`` of an exported project."""

    @property
    def target(self) -> Path:
        """The project's folder."""
        return self.path.parent

    def metrics(self) -> Mapping[str, Metric]:
        """Those of the baseline, then those that only the pipeline knows. A broken project is told by its run."""
        try:
            pipeline = manifest.to_pipeline(manifest.load(self.path))
            known = baselines.load(self.target / baselines.FILE_NAME).metrics
        except (Nb2pipeError, OSError):
            return {}
        found = {metric.name: Metric(metric.name, metric.step) for metric in known}
        return {**{metric.name: Metric(metric.name, metric.step) for metric in pipeline.metrics}, **found}


class NotebookFile(_Checked):
    """A tagged notebook: run as it is, then as a pipeline."""

    def metrics(self) -> Mapping[str, Metric]:
        """Those whose names can be read from the code; others are judged by the run's item."""
        from nb2pipe.workflow.analysis import inspect

        try:
            found = inspect(self.path).pipeline.metrics
        except InvalidInput:
            return {}
        return {metric.name: Metric(metric.name, metric.step) for metric in found}


class _Item(pytest.Item):
    """What the tests of a pipeline have in common."""

    parent: _Checked

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.extra_keyword_matches.add(self.parent.target.stem)
        if self.config.pluginmanager.hasplugin("xdist"):  # with --dist loadgroup no worker waits for another's run
            self.add_marker(pytest.mark.xdist_group(str(self.parent.target)))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The finding; no traceback."""
        if not isinstance(excinfo.value, NotReproduced):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="native")
        shown.reprtraceback.reprentries[0].lines[:] = [f"{excinfo.value}\n"]
        shown.reprcrash.message = excinfo.value.line
        return shown

    def reportinfo(self) -> tuple[Path, None, str]:
        """What stands above a failure: ``churn_pipeline::accuracy``."""
        return self.path, None, f"{self.parent.target.name}::{self.name}"

    @property
    def strict(self) -> bool:
        """Whether what is not checked fails."""
        return "--strict" in self.parent.arguments


class RunItem(_Item):
    """The pipeline runs: no step fails, no contract is broken, and there was something to compare."""

    def __init__(self, *, known: frozenset[str], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.known = known

    def runtest(self) -> None:
        """Fail with what kept it from running, or with what no other item tells."""
        answer = self.parent.answer()
        wrong = [item for item in answer.findings if item.severity is Severity.ERROR]
        if answer.finished:
            told = [answer.finding(name) for name in answer.metrics if name in self.known]
            wrong = [item for item in wrong if item not in told]
        if wrong or not answer.finished:
            first = wrong[0].message if wrong else "the pipeline did not run"
            raise NotReproduced(first, "\n\n".join(map(answers.told, wrong)) or first)
        unknown = [
            name
            for name, metric in answer.metrics.items()
            if name not in self.known and metric["verdict"] == "not checked"
        ]
        if unknown and self.strict:
            line = f"not checked, which --strict forbids: {', '.join(unknown)}"
            raise NotReproduced(line, f"{line}\n  = the baseline has no value for them: export again")


class MetricItem(_Item):
    """One metric is as the original's. It may be better, and what is only watched may move."""

    def __init__(self, *, metric: Metric, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.metric = metric
        self.extra_keyword_matches.add(metric.step)

    def runtest(self) -> None:
        """Fail with nb2pipe's finding; skip what has nothing to be compared with, unless ``--strict``."""
        answer = self.parent.answer()
        if not answer.finished:
            cause = next(iter(answer.findings), None)
            why = f"'{self.name}' was not computed" + (f": {cause.message}" if cause else "")
            raise NotReproduced(why, f"{why}\n  = the whole finding: test '{RUNS}' of this pipeline")
        found = answer.metrics.get(self.name)
        if found is None or found["verdict"] == "not checked":
            reason = found["reason"] if found else "neither the original nor the run gave it"
            self._not_checked(reason or "there is no original value")
        else:
            told = ("original", "reproduced", "difference", "allowed", "why")
            self.user_properties += [(name, found[name]) for name in told if found[name] not in (None, "")]
            if found["verdict"] in NOT_REPRODUCED:
                finding = answer.finding(self.name)
                assert finding is not None
                raise NotReproduced(finding.message, answers.told(finding))

    def _not_checked(self, reason: str) -> None:
        if not self.strict:
            pytest.skip(f"not checked: {reason}")
        line = f"'{self.name}' was not checked, which --strict forbids: {reason}"
        raise NotReproduced(line, line)


def _is_ours(file: Path) -> bool:
    try:
        text = "\n" + file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return all(f"\n{word}" in text for word in OURS)


def _is_tagged(path: Path) -> bool:
    """Whether it has a step or metrics of ours, and is no step of an exported project itself."""
    from nb2pipe import notebook as notebooks
    from nb2pipe import tags

    if path.parent.name == "steps" and _is_ours(path.parent.parent / manifest.FILE_NAME):
        return False
    try:
        roles, _ = tags.read_roles(notebooks.read(path))
    except InvalidInput:
        return False
    return any(role.tagged or role.metrics or role.metric_tags for role in roles)
