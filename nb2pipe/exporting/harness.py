"""The lines that nb2pipe adds to a step: loads before the original cells, saves behind them. Plain Python, no magic."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe import formats, parameters
from nb2pipe.exporting.names import Aliases
from nb2pipe.exporting.templates import render
from nb2pipe.model import Artifact, MetricSource, Step
from nb2pipe.planning.libraries import with_implied
from nb2pipe.planning.metrics import Candidate
from nb2pipe.recording import metric_source

RANDOM_FILE = "random_state.json"
METRICS_FILE = "metrics.json"


def literal(value: object) -> str:
    """Python source of a parameter's default."""
    return parameters.literal(value)


def title(step: Step, source: str) -> str:
    """The first cell: what this notebook is and how to run it."""
    cells = f"{'Cell' if len(step.cells) == 1 else 'Cells'} {cell_range(step.cells)}"
    return render("project/step.md.j2", step=step, source=source, cells=cells)


def cell_range(cells: Sequence[int]) -> str:
    """``4-6, 9`` for indexes 3, 4, 5, 8."""
    parts: list[list[int]] = []
    for cell in cells:
        if parts and parts[-1][-1] == cell - 1:
            parts[-1].append(cell)
        else:
            parts.append([cell])
    return ", ".join(str(p[0] + 1) if len(p) == 1 else f"{p[0] + 1}-{p[-1] + 1}" for p in parts)


def artifact_file(artifact: Artifact) -> str:
    """Where an artifact lies below the artifacts folder."""
    suffix = formats.by_name(artifact.format).suffix if artifact.format else ""
    return f"{artifact.step}/{artifact.name}{suffix}"


def folders() -> str:
    """Where the step reads and writes, as absolute paths under names that the notebook does not use."""
    return "_nb_inputs, _nb_outputs = _nb_os.path.abspath(inputs), _nb_os.path.abspath(outputs)"


def inputs(step: Step, aliases: Aliases, *, located: bool, torch: bool) -> str:
    """Find the folders, unless the setup ``located`` them; load what earlier steps saved, continue their random state
    (``torch``: some step draws from PyTorch's generator).
    """
    loaded = [artifact for artifact in step.inputs if not set(artifact.taken) & set(step.early)]
    lines = ["# What this step gets from earlier ones; `inputs` and `outputs` are folders", "import os as _nb_os"]
    lines += _imports(loaded, aliases, load=True)
    lines += [
        "",
        *([] if located else [folders()]),
        f'_nb_os.makedirs(_nb_os.path.join(_nb_outputs, "{step.name}"), exist_ok=True)',
    ]
    lines += [_load(artifact, aliases) for artifact in loaded]
    if step.random_from:
        load = render(
            "project/random_load.py.j2", folder=step.random_from, file=RANDOM_FILE, torch=torch, imports=uses_torch(step)
        )  # fmt: skip
        lines += ["", load.rstrip()]
    return "\n".join(lines)


def numbers() -> str:
    """What steps with metrics need to note them: the function that turns a value into numbers."""
    text = metric_source.snippet().rstrip().replace("_numbers(", "_nb_numbers(")
    return f"# How the metrics cells below are read\n_nb_metrics = {{}}\n\n\n{text}"


def early_inputs(step: Step, aliases: Aliases) -> str:
    """Loads that the setup itself needs (a default argument, a base class), before the definitions that read them."""
    early = [artifact for artifact in step.inputs if set(artifact.taken) & set(step.early)]
    if not early:
        return ""
    return "\n".join([*_imports(early, aliases, load=True), *(_load(artifact, aliases) for artifact in early)])


def metrics(found: Sequence[Candidate]) -> str:
    """Note the numbers of the metrics cell above, as they are right after it."""
    lines = ["# The numbers of the cell above"]
    if any(candidate.source is MetricSource.SHOWN for candidate in found):
        lines.append("_nb_shown = Out.get(len(In) - 2)")
    for candidate in found:
        value = f"globals().get({candidate.expression!r})" if candidate.source is MetricSource.VARIABLE else "_nb_shown"
        if candidate.index is not None:
            value += f"[{candidate.index}]"
        lines.append(f"_nb_metrics.update(_nb_numbers({candidate.name!r}, {value}))")
    return "\n".join(lines)


def uses_torch(step: Step) -> bool:
    """Whether the step may draw from PyTorch's generator."""
    return "torch" in with_implied(step.modules)


def outputs(step: Step, aliases: Aliases, *, metrics: bool, torch: bool) -> str:
    """Save what later steps read, the metrics, and the random state (``torch``: some step draws from it) if a later step
    goes on with it.
    """
    lines = ["# What later steps get from this one"]
    lines += _imports(step.outputs, aliases, load=False)
    lines += [_save(artifact, aliases) for artifact in step.outputs]
    if metrics:
        path = f"{{_nb_outputs}}/{step.name}/{METRICS_FILE}"
        lines += ["import json as _nb_json", f'with open(f"{path}", "w") as _nb_file:']
        lines += ["    _nb_json.dump(_nb_metrics, _nb_file, indent=1)"]
    if step.saves_random:
        lines.append(render("project/random_save.py.j2", folder=step.name, file=RANDOM_FILE, torch=torch).rstrip())
    return "\n".join(lines) if len(lines) > 1 else "# No later step needs anything from this one"


def _imports(artifacts: Sequence[Artifact], aliases: Aliases, *, load: bool) -> list[str]:
    modules: set[str] = set()
    for artifact in artifacts:
        form = _format(artifact)
        modules.update(module for module, _ in formats.needed(form, form.load if load else form.save))
    return [aliases.import_line(module) for module in sorted(modules)]


def _format(artifact: Artifact) -> formats.Format:
    return formats.by_name(artifact.format or "joblib")


def _names(artifact: Artifact, aliases: Aliases) -> dict[str, str]:
    return {usual: aliases.alias(module) for module, usual in _format(artifact).imports}


def _load(artifact: Artifact, aliases: Aliases) -> str:
    path = f'f"{{_nb_inputs}}/{artifact_file(artifact)}"'
    expression = formats.render_load(_format(artifact), path, _names(artifact, aliases))
    line = f"{', '.join(name if name in artifact.taken else '_' for name in artifact.names)} = {expression}"
    return f"if _nb_os.path.exists({path}):\n    {line}" if artifact.optional else line


def _save(artifact: Artifact, aliases: Aliases) -> str:
    path = f'f"{{_nb_outputs}}/{artifact_file(artifact)}"'
    value = artifact.names[0] if len(artifact.names) == 1 else f"({', '.join(artifact.names)})"
    names = _names(artifact, aliases)
    lines = [formats.render_save(_format(artifact), value, path, names)]
    if artifact.format == "json":  # with other parameters the value may be of another type: fail, don't change it
        back = formats.render_load(_format(artifact), path, names)
        lines.append(f'assert repr({back}) == repr({value}), "{artifact.name} is no plain data any more: export again"')
    if not artifact.optional:
        return "\n".join(lines)
    return f'if "{artifact.names[0]}" in globals():\n    ' + "\n    ".join(lines)
