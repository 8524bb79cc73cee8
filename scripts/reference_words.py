"""What the reference says in words; ``reference.py`` puts it beside what it reads from the code, and misses nothing."""

from __future__ import annotations

DIAGNOSTICS = """
`nb2pipe explain CODE` prints the same text. Errors make `export`, `run NOTEBOOK` and `check NOTEBOOK` refuse; warnings
and notices do not. Examples are notebooks in the percent format: `# %% tags=["step:load"]` begins a code cell with that
tag.
"""

FAMILIES = {
    "NB0": "the file",
    "NB1": "tags",
    "NB2": "data flow",
    "NB3": "parameters",
    "NB4": "reproducibility",
    "NB5": "running",
}

COMMANDS = """
`nb2pipe NOTEBOOK` alone shows the steps, what is wrong, and the command to type next. A NOTEBOOK is an `.ipynb` file, or
a `.py`, `.md` or MyST file that jupytext reads; a PROJECT is a folder that `nb2pipe export` wrote, or its
`pipeline.yaml`. Results go to stdout, everything else to stderr.
"""

CODES = {
    0: "fine",
    1: "the command worked, and the answer is no: a metric out of tolerance, values that differ, findings",
    2: "a mistake on the command line, or a notebook, project or parameter that cannot be used",
    3: "a step failed: a cell raised, ran into `--timeout`, or its kernel died",
    4: "the environment: a kernel or package is missing, the disk is full, a folder cannot be written",
    70: "a bug in nb2pipe; the message names a file to report it with",
    130: "interrupted by Ctrl-C or SIGTERM",
    141: "whoever read the output has gone (`nb2pipe ... | head`)",
}

EXITS = {
    "tag": "0 fine, written or not; 1 the notebook has errors that no tagging mends; 2 not a notebook, or nothing to gather",
    "inspect": "0 no errors, 1 errors, 2 not a notebook",
    "lint": "0 no errors (with `--strict`: no warnings either), 1 errors, 2 a notebook cannot be read; with `--diff`, 1 if "
    "there is something to fix",
    "export": "0 written, and verified if that was wanted; 1 the pipeline computes something else; 2 refused; 3 the "
    "notebook or a step fails; 4 environment",
    "run": "0 all steps ran, 1 a table between steps is not as usual, 2 usage, 3 a step failed, 4 environment",
    "sweep": "0 all points ran, 1 a table between steps is not as usual in some point, 2 usage, 3 a step failed in some "
    "point (the others are there), 4 environment",
    "baseline": "0 measured and written (warnings are told), 2 usage, 3 a step failed, 4 environment",
    "check": "0 within tolerance, 1 not, or a table between steps is not as usual, 2 usage, 3 a step failed, 4 environment; "
    "with `--level`, 0 if that level is reached (with `max`: R4), 1 if not",
    "report": "0 written, whatever the verdict was; 2 there is no such project or run; 4 the file cannot be written",
    "doctor": "0 nothing found, 1 something found, 2 not a notebook, 3 the notebook fails, 4 environment",
    "verify": "0 all values equal, 1 not, 2 usage, 3 a step failed, 4 environment",
    "clean": "0, or 2 if there is no such notebook or project",
    "contract": "0, or 2 if there is no such project, or no run to accept",
    "params": "0, or 2 if there is no such notebook or project",
    "tags": "0, or 2 if there is no such notebook",
    "init": "0 written, 1 a file was there and was kept, 2 usage, 4 the folder cannot be written to",
    "explain": "0, or 2 if there is no such code",
    "completion": "0, or 2 if there is no such shell",
}

EXAMPLES = {
    "tag": """
$ nb2pipe tag churn.ipynb
$ nb2pipe tag churn.ipynb --rename part_2 features --merge features split
$ nb2pipe tag churn.ipynb --parameters --yes
$ nb2pipe tag churn.ipynb --style comment --yes      # for Colab
$ nb2pipe tag churn.ipynb --clear --yes
""",
    "inspect": """
$ nb2pipe inspect churn.ipynb
$ nb2pipe inspect churn.ipynb --format mermaid -o churn.mmd
""",
    "lint": """
$ nb2pipe lint churn.ipynb
$ nb2pipe lint notebooks/ --fix
$ nb2pipe lint "notebooks/**/*.ipynb" --strict --output-format github
$ git show HEAD:churn.ipynb | nb2pipe lint -
""",
    "export": """
$ nb2pipe export churn.ipynb
$ nb2pipe export churn.ipynb -o build/churn --python ~/envs/old/bin/python
$ nb2pipe export churn.ipynb --static --no-verify     # runs nothing
""",
    "run": """
$ nb2pipe run churn_pipeline -p n_estimators=200 -p max_depth=6
$ nb2pipe run churn_pipeline -f params.yaml --output-format json
$ nb2pipe run churn_pipeline --select train..
$ nb2pipe run churn_pipeline -p max_depth=8 --dry-run
$ nb2pipe run churn_pipeline -j 4 --memory 8G --force load
$ nb2pipe run churn.ipynb
""",
    "sweep": """
$ nb2pipe sweep churn_pipeline -p n_estimators=50,100,200 -p max_depth=2:8:2 --best accuracy
$ nb2pipe sweep churn_pipeline -p max_depth=2:20:1 --best min:logloss -o depths -j 4
""",
    "baseline": """
$ nb2pipe baseline churn_pipeline
$ nb2pipe baseline churn_pipeline --budget 10m --vary seed
""",
    "check": """
$ nb2pipe check churn_pipeline
$ nb2pipe check churn_pipeline --tolerance accuracy=0.01 --tolerance logloss=2%
$ nb2pipe check churn.ipynb --output-format junit -o reproduce.xml
$ nb2pipe check churn_pipeline --level R4
$ nb2pipe check churn_pipeline --level max --badge reproducible.svg
""",
    "report": """
$ nb2pipe report churn_pipeline
$ nb2pipe report churn_pipeline --run 20261123-144512-123456-ab -o report.html
$ nb2pipe report churn.ipynb --format json
""",
    "doctor": """
$ nb2pipe doctor churn.ipynb --static
$ nb2pipe doctor churn.ipynb
$ nb2pipe doctor churn.ipynb --fix --output-format json
""",
    "verify": """
$ nb2pipe verify churn_pipeline
""",
    "clean": """
$ nb2pipe clean churn_pipeline --max-size 2G
$ nb2pipe clean churn_pipeline --all
""",
    "contract": """
$ nb2pipe contract churn_pipeline
$ nb2pipe contract churn_pipeline --accept     # what the last run had is normal, too
""",
    "params": """
$ nb2pipe params churn.ipynb
$ nb2pipe params churn_pipeline --format json
""",
    "tags": """
$ nb2pipe tags churn.ipynb
""",
    "init": """
$ nb2pipe init
$ nb2pipe init --ci gitlab --ci pre-commit
""",
    "explain": """
$ nb2pipe explain NB201
$ nb2pipe explain
""",
    "completion": """
$ nb2pipe completion bash >> ~/.bashrc
""",
}

# options that need no words in --help, because their choices say it
OPTIONS = {
    "--version": "Show the version.",
    "--format": "Kind of output.",
    "--output-format": "Kind of output.",
    "--select": "Run these steps only; the values of the steps before come from an earlier run.",
}

TAGS = {
    "parameters": (
        ("parameters",),
        "Plain values that runs may change with `-p`. Lines that compute from them are computed again. One cell",
    ),
    "imports": (("imports",), "Lines that steps replay: each step gets those it needs"),
    "functions": (("functions",), "The same; the two words differ for the reader only"),
    "step": (
        ("step:NAME",),
        "A step begins, or goes on if there was one of that name. Untagged code cells that follow belong to it",
    ),
    "metrics": (
        ("metrics",),
        "The numbers that this cell assigns, prints or shows at its end are compared. It is part of the step before it",
    ),
    "metric": (
        ("metric:NAME", "metric:NAME±0.01", "metric:NAME±2%"),
        "One number of this cell: the variable NAME, or what the cell shows. With a tolerance, absolute or relative "
        "(`+-` is read as `±`)",
    ),
    "in": (("in:NAME",), "The cell's step reads that variable. Checked against the code"),
    "out": (("out:NAME",), "The cell's step makes that variable. Checked against the code"),
    "after": (("after:NAME",), "The cell's step runs after that one, though no data goes between"),
    "skip": (("skip",), "Not part of the pipeline"),
    "cache": (("cache:off",), "The cell's step runs each time, whatever an earlier run left"),
}

FIELDS = {
    "manifest.Manifest": {
        "schema_version": "1",
        "name": "the pipeline's name: the notebook's file without its ending",
        "notebook": "the original notebook, relative to this file; it need not be there to run",
        "workdir": "where steps run: the notebook's folder, relative to this file",
        "kernel": "the notebook's kernel; `-k` and `--python` overrule it",
        "parameters": "what `-p` can set",
        "steps": "in the order in which they run",
        "metrics": "what is compared with `baseline.json`",
        "tolerances": "yours: allowed differences by metric; exporting again keeps them",
        "generated": "digests of the files as they were written: how an export sees which ones you changed",
    },
    "manifest.ParameterEntry": {
        "type": "`int`, `float`, `str`, `bool`, ...: values given to `-p` are read as this",
        "cell": "cell of the notebook, counted from 1",
        "line": "line of the cell",
        "default": "its value in the notebook",
        "annotation": "its annotation in the notebook, which decides the type",
        "comment": "the comment behind it",
        "literal": "the default as Python writes it, where YAML has no such value (a tuple, a set)",
    },
    "manifest.StepEntry": {
        "notebook": "the step's file, relative to this one",
        "cells": "the notebook's cells in it, counted from 1",
        "parameters": "the parameters that it reads",
        "inputs": "each value that it reads, and the step that hands it over",
        "wanted": "of values stored together, those that it takes",
        "early": "inputs that the replayed lines read, so that they are loaded first",
        "outputs": "each value that it hands over, and how",
        "after": "steps that it follows though no data goes between, by the tag `after:NAME`",
        "random_from": "the step whose random numbers it goes on with",
        "saves_random": "whether a later step goes on with its random numbers",
        "setup": "the replayed lines (imports, functions, settings): cell, first and last line",
        "modules": "packages that it imports",
        "reads": "files that the observed run saw it open, relative to the notebook's folder",
        "writes": "files that it wrote or changed; a step that reads them comes later",
        "hosts": "network hosts that it contacted",
        "cache": "`false` after the tag `cache:off`: the step runs each time",
        "unchanged": "names that the step may change and did not when it was exported: runs with other parameters see to it",
        "draws": "`false` if it drew no random numbers when it was exported: runs with other parameters see to it",
    },
    "manifest.ArtifactEntry": {
        "file": "below the artifacts folder",
        "format": "`parquet`, `parquet-rows`, `parquet-series`, `npy`, `json`, `npz-sparse`, `distribution`, `logger`, "
        "`joblib`, `joblib-rows`, `pickle`, `cloudpickle`",
        "type": "the Python type of the value that was seen",
        "names": "the variables in it, if there are several that share objects",
        "optional": "a way through the code may leave it undefined; then the file may be absent",
    },
    "manifest.MetricEntry": {
        "step": "the step that computes it",
        "cell": "cell of the notebook, counted from 1",
        "source": "`variable`, or `shown`: the cell's last expression",
        "expression": "the variable's name, or the source of the expression",
        "key": "the place of the number in a dict, tuple or frame",
        "direction": "which side is better: `higher`, `lower`, `both`; guessed from the name",
        "tolerance": "from the tag `metric:NAME±...`",
    },
    "manifest.ToleranceEntry": {
        "abs": "absolute: 0.01",
        "rel": "relative: 0.02 for 2 %",
        "direction": "`higher`, `lower` or `both`, instead of the guess",
        "min": "the least that the value may be, whatever the original is",
        "max": "the most that it may be",
        "gate": "`false`: the metric is watched, and never fails a check; `true`: it may",
    },
    "baseline.MetricEntry": {
        "value": "at full precision; `NaN`, `Infinity` and `-Infinity` as texts",
        "step": "the step that computes it",
        "cell": "cell of the notebook, counted from 1",
        "decimals": "of the printed number that it was read from; full precision without",
        "stored": "what the outputs saved in the notebook show, if they show it",
        "evidence": "how that was read",
    },
    "baseline.EvidenceEntry": {
        "source": "`result`, `print`, `report`, `table`, `log`, `label` or `record`",
        "confidence": "`exact`: the code says what was shown; `named`: the text beside it; `position`: only its place",
        "decimals": "of the number that was shown; full precision without",
        "percent": "a percent sign stood behind it",
        "doubts": "what speaks against it: `out of order`, `cells never run`, `error in notebook`, ...",
    },
    "baseline.EnvironmentEntry": {
        "python": "version of Python",
        "implementation": "`CPython`, `PyPy`",
        "platform": "operating system and processor",
        "packages": "installed packages that the run needed, and their versions",
        "imported": "those of them that the notebook imports itself",
    },
    "baseline.BaselineFile": {
        "schema_version": "1",
        "origin": "`recorded`: the notebook was run; `stored`: read from its saved outputs (`--static`)",
        "metrics": "the numbers, by name",
        "noise": "what `nb2pipe baseline` learned: the rule of later checks; by metric class, values, mean, sd, tolerance",
        "inputs": "SHA-256 of the files that the steps read",
        "fingerprints": "digests of the values at step borders, by `step/name`",
        "environment": "what the notebook ran with",
    },
}
