"""Every noun of nb2pipe as a frozen dataclass. No input or output happens here.

The values flow in one direction: ``Notebook`` -> ``CellRole`` and ``CellFlow`` -> ``Pipeline`` -> ``Recording`` ->
``RunRecord`` -> ``CheckReport``. ``Pipeline`` is the waist: everything before it produces it, everything after consumes it.

Conventions: ``cell`` is the index of a cell among *all* cells of the notebook, from 0 (messages add 1); ``line`` is a line of
a cell's source, from 1; ``column`` and ``end_column`` count characters from 0, as ``ast`` does, but in the text the user typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

# ---------------------------------------------------------------- notebook


class CellKind(StrEnum):
    """nbformat's cell types."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as the user saved it.

    ``file_line`` is the line in the file on which its source begins (from 1), if known; line n of the source is n-1 lines
    further down, unless the file has the whole source on ``one_line``.
    """

    index: int
    id: str
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    file_line: int | None = None
    one_line: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook of any supported file format; ``text_format`` is jupytext's name (``py:percent``) or ``ipynb``.

    ``notices`` are remarks of the reader (upgraded from nbformat 3, tags in an unreadable form) that become diagnostics.
    """

    path: Path
    cells: tuple[Cell, ...]
    language: str = "python"
    kernel_name: str | None = None
    python_version: str | None = None
    text_format: str = "ipynb"
    nbformat: tuple[int, int] = (4, 5)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


# ---------------------------------------------------------------- tags


class Role(StrEnum):
    """What a code cell is for. ``STEP`` covers tagged step cells and the untagged code cells that follow them."""

    PARAMETERS = "parameters"
    IMPORTS = "imports"
    FUNCTIONS = "functions"
    STEP = "step"
    SKIP = "skip"
    HEAD = "head"  # an untagged code cell before the first step; planning decides what becomes of it


class ToleranceSource(StrEnum):
    """Who said how far a metric may be off."""

    TAG = "tag"
    FILE = "file"
    NOISE = "noise"  # repeats with other seeds, by ``nb2pipe baseline``
    DIGITS = "digits"  # the decimals that the notebook printed
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Allowed difference, as in :func:`math.isclose`: ``|a-b| <= max(rel * max(|a|, |b|), abs)``."""

    abs: float = 0.0
    rel: float = 0.0
    source: ToleranceSource = ToleranceSource.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTag:
    """``metric:NAME`` or ``metric:NAME±...`` on a cell."""

    name: str
    tolerance: Tolerance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRole:
    """What the tags say about one code cell.

    ``step`` is the step the cell belongs to (``None`` for setup, parameters, skipped and head cells); ``tagged`` tells a
    cell that carries ``step:`` itself from one that inherits it. ``metrics`` marks a ``metrics`` cell.
    ``cache`` is false after ``cache:off``; ``may_raise`` is true with Jupyter's own tag ``raises-exception``.
    """

    cell: int
    role: Role
    step: str | None = None
    tagged: bool = False
    metrics: bool = False
    metric_tags: tuple[MetricTag, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    cache: bool = True
    may_raise: bool = False


# ---------------------------------------------------------------- data flow


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a cell a name stands."""

    line: int
    column: int = 0
    end_column: int = 0


class BindingKind(StrEnum):
    """What kind of thing a binding gives a name to."""

    IMPORT = "import"
    FUNCTION = "function"  # def, async def, a plain ``name = lambda``
    CLASS = "class"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A read of a global name, by the statement itself or (``via``) by a user function that the statement refers to."""

    name: str
    place: Place
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A name that a statement binds.

    ``certain`` is false where control flow may pass by. ``module`` is the imported root module (``sklearn``) of an import.
    ``carries`` names the user-defined functions and classes that the bound value may contain (an instance of a class
    defined in the notebook, a transformer holding a function): whoever loads the value needs their definitions.
    """

    name: str
    kind: BindingKind
    place: Place
    certain: bool = True
    module: str | None = None
    carries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A change of the object behind a name: ``certain`` for stores into it and known mutating calls, else only possible.

    ``carries`` are the user's definitions that the change may have put into the object (``steps.append(Scaler())``).
    """

    name: str
    place: Place
    certain: bool = True
    carries: frozenset[str] = frozenset()


class StatementKind(StrEnum):
    """What a top-level statement is for."""

    IMPORT = "import"  # binds nothing but imports (also ``try: import a; except ImportError: a = None``)
    DEFINITION = "definition"  # def, class, name = lambda
    SETTING = "setting"  # changes a library's or the process's settings: pd.set_option(...), %matplotlib inline
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One top-level statement of a cell.

    ``uses`` are the globals it may read before it binds them itself; for a DEFINITION only those read while defining
    (decorators, defaults, bases, annotations, class body). ``later_uses`` are a DEFINITION's free names, read when called.
    ``modules`` are the root modules whose settings it changes: a SETTING does nothing else, others may on the way.
    """

    cell: int
    line: int
    end_line: int
    kind: StatementKind
    uses: tuple[Use, ...] = ()
    bindings: tuple[Binding, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    deletions: tuple[Binding, ...] = ()
    later_uses: tuple[Use, ...] = ()
    modules: tuple[str, ...] = ()
    seeds: bool = False


class ProblemKind(StrEnum):
    """Why a part of a cell cannot be analysed."""

    SYNTAX = "syntax"
    STAR_IMPORT = "star-import"
    DYNAMIC = "dynamic"  # exec, eval of unknown text, globals()[...], %run: names that no analysis can see
    OPAQUE = "opaque"  # shell lines, %%bash, %%cython, ...: stays in its step, contents unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a cell that the analysis cannot see through."""

    kind: ProblemKind
    message: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFlow:
    """The data flow of one code cell. ``shown`` is the source of its last expression, if the cell displays one.

    ``words`` stand in its strings; ``reads_text``: it may read names that stand in a string, its own or another cell's.
    ``printed`` are the expressions that its print calls write; ``prints_more``: some do so in loops.
    """

    cell: int
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    shown: str | None = None
    words: frozenset[str] = frozenset()
    reads_text: bool = False
    printed: tuple[str, ...] = ()
    prints_more: bool = False


# ---------------------------------------------------------------- pipeline

_LONGEST = 60  # characters of a joint artifact's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A literal of the ``parameters`` cell. ``type`` is a name in ``parameters.TYPES``; ``default`` is plain data."""

    name: str
    type: str
    default: Any
    cell: int
    line: int
    annotation: str | None = None
    comment: str | None = None


class Direction(StrEnum):
    """Which side of the original is better."""

    HIGHER = "higher"
    LOWER = "lower"
    BOTH = "both"


class MetricSource(StrEnum):
    """Where in its cell a metric's value stands."""

    VARIABLE = "variable"  # a name that a metrics cell assigns
    SHOWN = "shown"  # the value of the cell's last expression
    PRINTED = "printed"  # a number in what the cell prints; ``key`` is what it is called there


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number to reproduce. ``expression`` is the variable's name or the source of the shown expression.

    One source may give several numbers (a dict, a tuple, a one-row frame): ``key`` is the path to this one, ``""`` if plain.
    """

    name: str
    step: str
    cell: int
    source: MetricSource
    expression: str
    key: str = ""
    tolerance: Tolerance | None = None
    direction: Direction = Direction.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stored value (or several that share objects, then ``names`` has more than one), written by ``step``.

    ``optional``: a path through the code may leave it undefined. ``format`` is ``None`` until an observed run chose it.
    ``wanted``: as an input of a step, the names that the step takes from it; empty for all.
    """

    names: tuple[str, ...]
    step: str
    format: str | None = None
    type: str | None = None
    size: int | None = None
    optional: bool = False
    wanted: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name, or all of them joined by ``+`` (shortened if there are many)."""
        joined = "+".join(self.names)
        return joined if len(joined) <= _LONGEST else f"{self.names[0]}+{len(self.names) - 1}_more"

    @property
    def taken(self) -> tuple[str, ...]:
        """The names that a step which has this as an input gets from it."""
        return self.wanted or self.names


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Whole lines of an original cell that a step replays in its setup (imports, definitions, settings).

    ``after_loads``: the first that reads one of the step's ``early`` inputs.
    """

    cell: int
    line: int
    end_line: int
    after_loads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the pipeline, in notebook order of its first cell.

    ``inputs`` are artifacts of earlier steps, ``early`` the names among them that the setup itself reads.
    ``setup`` are replayed lines in notebook order: imports, definitions, settings, and lines of the parameters cell that
    compute from parameters. ``after`` are steps that must come first without handing data over. ``random_from`` is the
    step whose random state this one continues. ``modules`` are the root modules that the step imports; ``reads`` and
    ``writes`` (files) and ``hosts`` are what the observed run saw it touch. ``cache`` is false after ``cache:off``.
    """

    name: str
    cells: tuple[int, ...]
    inputs: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    early: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    setup: tuple[Snippet, ...] = ()
    after: tuple[str, ...] = ()
    random_from: str | None = None
    saves_random: bool = False
    modules: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    cache: bool = True

    @property
    def above(self) -> tuple[str, ...]:
        """Steps that must run before this one, each once."""
        names = dict.fromkeys(artifact.step for artifact in self.inputs)
        names.update(dict.fromkeys(self.after))
        if self.random_from:
            names[self.random_from] = None
        return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The waist: steps in an order in which they can run, their parameters and metrics."""

    name: str
    notebook: str
    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...] = ()
    metrics: tuple[Metric, ...] = ()
    kernel_name: str | None = None

    def step(self, name: str) -> Step:
        """The step of that name; raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


# ---------------------------------------------------------------- observed run


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a value: ``path`` leads to it (``['age']``, ``.coef_``); ``exact`` is a digest of what must be equal.

    ``sketch`` sums up floating-point numbers, so that a difference in the last bits can be told from a larger one.
    """

    path: str
    type: str
    exact: str | None
    sketch: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedValue:
    """A variable as it was in the kernel at the end of a segment of ``step``.

    ``fingerprint`` is a digest of the content, equal for equal values in any process. ``format`` is the first that
    round-trips exactly; ``None`` with ``refusal`` (a sentence) if none does. ``code`` are functions and classes of the
    notebook that the value refers to, ``outline`` its parts; ``reads`` are names that it carries along as they were,
    inside stored functions. ``rebuilt``: no file keeps it, but running again the statement that made it gives the same (a
    grouping, a lock, a connection to a file).
    """

    step: str
    name: str
    type: str
    size: int
    fingerprint: str | None
    format: str | None = None
    refusal: str | None = None
    code: tuple[str, ...] = ()
    outline: tuple[Part, ...] = ()
    rebuilt: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedMetric:
    """A number that a metric cell assigned or showed in the observed run, at full precision."""

    cell: int
    source: MetricSource
    expression: str
    key: str
    value: float
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of neighbouring cells of one step (``step`` is ``None`` for skipped and setup cells between steps)."""

    step: str | None
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentObservation:
    """What changed while a segment ran: names bound or whose objects changed, and whether random state moved."""

    segment: Segment
    changed: tuple[str, ...] = ()
    random_moved: bool = False
    seconds: float = 0.0
    aliases: tuple[tuple[str, ...], ...] = ()  # groups of names that share objects or memory when the segment ends
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # component -> what differs from the start
    memory: tuple[tuple[str, ...], ...] = ()  # names that share memory without sharing an object (views of arrays)
    objects: tuple[tuple[str, ...], ...] = ()  # names that share objects
    reads: tuple[str, ...] = ()  # files opened, relative to the notebook's folder where they are in it
    writes: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()  # files and folders
    makes: tuple[str, ...] = ()  # folders
    lists: tuple[str, ...] = ()  # folders
    hosts: tuple[str, ...] = ()  # host:port
    unpickled: tuple[str, ...] = ()  # the notebook's functions and classes that pickles in files refer to
    definitions: Mapping[str, str | None] = field(
        default_factory=dict
    )  # the notebook's functions and classes: fingerprints
    tied: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # function or class -> names that share its objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The kernel's environment. ``packages`` maps distribution names to versions, ``imported`` those really imported."""

    python: str
    implementation: str
    platform: str
    packages: Mapping[str, str] = field(default_factory=dict)
    imported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All that one observed run of the original notebook told."""

    segments: tuple[SegmentObservation, ...]
    values: tuple[ObservedValue, ...]
    metrics: tuple[ObservedMetric, ...]
    environment: Environment
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """A number in the notebook's stored outputs: how it was read, and what speaks against it.

    ``source`` is the kind of output (``result``, ``print``, ``report``, ...), ``confidence`` how sure it is that the metric is
    meant (``exact``: the code says so, ``named``, ``position``). ``percent``: a percent sign stood behind it. ``doubts`` are
    reasons why it may not come from the code (``out of order``, ``cells never run``, ...).
    """

    value: float
    decimals: int | None
    source: str
    confidence: str
    percent: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMetric:
    """The original's number. ``decimals`` is how many the stored output showed, ``None`` for full precision.

    ``stored`` is the number in the stored outputs beside a recorded one, ``evidence`` where it was read.
    """

    name: str
    value: float
    step: str
    cell: int
    decimals: int | None = None
    stored: float | None = None
    evidence: StoredEvidence | None = None


class NoiseKind(StrEnum):
    """What repeats with other seeds say about a metric."""

    DETERMINISTIC = "deterministic"  # the same number whatever the seed
    SEED_SENSITIVE = "seed-sensitive"
    UNCONTROLLED = "uncontrolled"  # another number with the same seed
    UNDEFINED = "undefined"  # missing or no number in a repeat


class Gate(StrEnum):
    """Which interval a gate metric has to stay in."""

    PREDICTION = "prediction"  # that of the next value; outside of it, fresh seeds decide
    TOLERANCE = "tolerance"  # that of nearly all future values; outside of it fails at once


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRule:
    """How later runs are judged, fixed before they run.

    ``alpha`` is the rate of false alarms of one look; ``coverage`` and ``confidence`` are the tolerance interval's;
    ``retest`` fresh seeds decide where one look alarms; ``reference`` is ``calibrated`` (the repeats' mean) or ``original``.
    """

    gate: Gate = Gate.PREDICTION
    alpha: float = 0.05
    coverage: float = 0.95
    confidence: float = 0.95
    retest: int = 2
    reference: str = "calibrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricNoise:
    """What k repeats gave: ``values`` in the order of the seeds, their ``mean`` and standard deviation ``sd``.

    ``tolerance`` is how far the next value may be from ``reference``, ``origin`` a sentence on where that comes from.
    ``cases``: the metric counts that many. ``gate``: it fails checks; others are watched. ``again`` is the value of the
    first seed's second run.
    """

    kind: NoiseKind
    k: int
    values: tuple[float, ...]
    mean: float
    sd: float
    reference: float
    tolerance: float
    origin: str
    gate: bool = True
    cases: int | None = None
    again: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What ``nb2pipe baseline`` learned. ``varied``: ``injected``, ``seeds`` (those in the code) or a parameter's name.

    ``repeated`` are the steps that ran with every seed; ``environment`` is a digest of Python and packages.
    """

    rule: NoiseRule
    seeds: tuple[int, ...]
    varied: str
    repeated: tuple[str, ...]
    metrics: Mapping[str, MetricNoise]
    measured: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the original computed: ``origin`` is ``recorded`` (an observed run) or ``stored`` (outputs in the file).

    ``inputs`` are digests of the files that the steps read, by path from the notebook's folder.
    """

    origin: str
    metrics: tuple[BaselineMetric, ...]
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    seconds: float | None = None
    noise: Noise | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- run


class StepStatus(StrEnum):
    """How a step of a run ended."""

    OK = "ok"
    FAILED = "failed"
    REUSED = "reused"  # taken from an earlier run
    NOT_RUN = "not run"


FIRST_TIME = "it has not run before"  # the reason to run that needs no words


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """``notebook`` is the executed notebook, ``seconds`` wall time; ``error`` one line if the step failed.

    ``began`` is when it began, in seconds after the run did, ``None`` if nothing ran. ``reason`` says why the step ran, or
    what to know about outputs that were reused.
    """

    name: str
    status: StepStatus
    seconds: float = 0.0
    notebook: str | None = None
    error: str | None = None
    run: str | None = None  # the run that the outputs were taken from, if reused
    reason: str = ""
    key: str | None = None  # digest of code, parameters and upstream keys
    peak_memory: int | None = None  # bytes
    began: float | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a run would do with a step: ``run``, ``reuse``, or ``perhaps`` run, if steps above give other values."""

    name: str
    action: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One combination of values. ``run`` holds its artifacts and executed notebooks; ``error`` says why it failed, in ``step``.

    ``ran`` are the steps that were run for it; what the others gave was there already.
    """

    parameters: dict[str, Any]
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    run: str | None = None
    ran: tuple[str, ...] = ()
    step: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """All points, in the order of the product. ``best`` is the index of the best one by ``metric``, if one was asked for.

    ``varied`` are the parameters with more than one value.
    """

    pipeline: str
    project: str
    varied: tuple[str, ...]
    points: tuple[SweepPoint, ...]
    metrics: tuple[str, ...]
    metric: str | None = None
    direction: Direction = Direction.BOTH
    best: int | None = None
    seconds: float = 0.0
    files: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many points failed."""
        return sum(point.error is not None for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of a pipeline. ``metrics`` holds the numbers at full precision, NaN included."""

    id: str
    project: str
    pipeline: str
    steps: tuple[StepRecord, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    environment: Environment | None = None
    started: str = ""
    seconds: float = 0.0
    finished: bool = False


# ---------------------------------------------------------------- check


class Verdict(StrEnum):
    """What a check says about one metric."""

    OK = "ok"
    FAILED = "failed"
    MISSING = "missing"  # the run did not produce it
    NOT_CHECKED = "not checked"  # no original value to compare with
    BETTER = "better"  # outside the tolerance, on the good side: a notice, not a failure
    MOVED = "moved"  # a watched metric outside its noise: a notice, not a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The least and the most that a metric may be, whatever the original was: a level of service."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCheck:
    """``difference`` is reproduced minus ``reference`` (the original, or the mean of the repeats of a baseline).

    ``allowed`` is the largest absolute difference that passes, ``why`` where that comes from. ``retests`` are the values
    with fresh seeds, if it came to that; ``noise`` what the repeats gave; ``gate`` is false for watched metrics.
    """

    name: str
    step: str
    cell: int
    verdict: Verdict
    original: float | None
    reproduced: float | None
    difference: float | None
    allowed: float | None
    tolerance: Tolerance
    direction: Direction = Direction.BOTH
    reason: str = ""
    reference: float | None = None
    why: str = ""
    retests: tuple[float, ...] = ()
    noise: MetricNoise | None = None
    gate: bool = True
    suspect: bool = False  # outside at the first look, and fresh seeds have not been asked yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is not as it was when the original ran: ``kind`` is value, input, parameter, code or package."""

    kind: str
    name: str
    before: str
    now: str

    def __str__(self) -> str:
        """``scikit-learn 1.5.2 → 1.9.1``."""
        return f"{self.name} {self.before} → {self.now}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The outcome of ``nb2pipe check``. ``passed`` is false when any metric failed or is missing, or none was checked.

    ``notes`` are sentences beside the verdict, one a group of watched metrics. ``changes`` are what may explain a
    difference, the likeliest first; ``command`` is what to type to get the same numbers again. ``seeds`` are those of
    this run and of its retests.
    """

    pipeline: str
    notebook: str
    run: RunRecord
    metrics: tuple[MetricCheck, ...]
    passed: bool
    sentence: str
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    command: str = ""
    seeds: tuple[int, ...] = ()
