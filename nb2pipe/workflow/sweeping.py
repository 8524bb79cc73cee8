"""``sweep``: run a pipeline with every combination of some parameters' values; what points share runs once."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from nb2pipe import manifest, parameters
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Direction, Sweep, SweepPoint
from nb2pipe.recording import assumptions
from nb2pipe.rules import nb308_unknown_metric, nb309_sweep
from nb2pipe.running.kernel.kernels import KernelChoice
from nb2pipe.running.options import Progress, Silent
from nb2pipe.running.projects import Project
from nb2pipe.running.scheduling import Scheduling
from nb2pipe.spelling import closest
from nb2pipe.workflow.opening import choice_of
from nb2pipe.workflow.points import Points
from nb2pipe.workflow.runs import Request, opened, options_of
from nb2pipe.workflow.storage import storage_problems

MOST = 100_000  # points
_SIDES = {"max": Direction.HIGHER, "min": Direction.LOWER}


@storage_problems
def sweep(
    path: str | Path,
    values: Mapping[str, str | Sequence[Any]],
    *,
    parameter_files: Sequence[str | Path] = (),
    best: str | None = None,
    output: str | Path | None = None,
    kernel: KernelChoice | str | None = None,
    timeout: float | None = None,
    scheduling: Scheduling | None = None,
    warn_contracts: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a project (or a notebook) once per combination of ``values``; what is in the cache is not run again.

    ``values`` has for each parameter a list of values, or a text as ``-p`` takes it (``2,4,8``, ``0.1:0.5:0.1``).
    ``best`` is a metric, or ``max:metric`` or ``min:metric`` where its name does not say which side is better. Into the
    folder ``output`` go ``points.csv``, ``points.parquet`` and ``points.svg``.

    A point whose step fails has an ``error``; the others go on. Raises InvalidInput before anything runs; StepFailed if a
    step fails that no swept parameter reaches, for all points need it; EnvironmentProblem, StorageProblem, Interrupted.
    """
    request = Request(
        path=Path(path), parameters={}, parameter_files=parameter_files, reuse=True, kernel=choice_of(kernel),
        timeout=timeout, scheduling=scheduling or Scheduling(), progress=progress or Silent(),
        warn_contracts=warn_contracts,
    )  # fmt: skip
    if not values:
        raise InvalidInput(nb309_sweep.nothing(str(path)))
    project, notebook = opened(request, fresh=False)
    tried = parameters.resolve_several(project.pipeline.parameters, values, str(path))
    count = math.prod(map(len, tried.values()))
    if count > MOST:
        raise InvalidInput(nb309_sweep.too_many(count, MOST))
    metric, direction = _wanted(best, project)
    began = time.monotonic()
    watcher = assumptions.watchers(project.pipeline)  # most points have other parameters than the baseline
    options = replace(options_of(project, notebook, request, None), command=None, watcher=watcher)
    points = [dict(zip(tried, combination, strict=True)) for combination in product(*tried.values())]
    done = Points(project=project, options=options, swept=tuple(tried), metric=metric).run(points)
    found = _result(project, tried, done, metric, direction, time.monotonic() - began)
    if output is None:
        return found
    from nb2pipe.reports import sweepfiles

    return replace(found, files=tuple(map(str, sweepfiles.write(found, Path(output)))))


def _wanted(best: str | None, project: Project) -> tuple[str | None, Direction]:
    """The metric of ``--best``, and which side of it is better; raises InvalidInput."""
    if best is None:
        return None, Direction.BOTH
    known = {metric.name: metric for metric in project.pipeline.metrics}
    side, colon, rest = best.partition(":")
    name = rest if best not in known and colon and side in _SIDES else best
    if name not in known:
        names = tuple(known)
        raise InvalidInput(nb308_unknown_metric.diagnostic(name, names, closest(name, names), str(project.folder)))
    if name != best:
        return name, _SIDES[side]
    direction = manifest.decided(project.manifest)[1].get(name, known[name].direction)
    if direction is Direction.BOTH:
        raise InvalidInput(nb309_sweep.no_direction(name))
    return name, direction


def _result(
    project: Project,
    tried: Mapping[str, tuple[Any, ...]],
    points: Sequence[SweepPoint],
    metric: str | None,
    direction: Direction,
    seconds: float,
) -> Sweep:
    names = [item.name for item in project.pipeline.metrics]
    names += [name for name in dict.fromkeys(name for point in points for name in point.metrics) if name not in names]
    values = {
        at: point.metrics[metric]
        for at, point in enumerate(points)
        if metric is not None and not math.isnan(point.metrics.get(metric, math.nan)) and point.error is None
    }
    choose = max if direction is Direction.HIGHER else min
    return Sweep(
        pipeline=project.pipeline.name,
        project=str(project.folder),
        varied=tuple(name for name, several in tried.items() if len(several) > 1),
        points=tuple(points),
        metrics=tuple(names),
        metric=metric,
        direction=direction,
        best=choose(values, key=lambda at: values[at]) if values else None,
        seconds=seconds,
    )
