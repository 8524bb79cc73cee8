"""What a cell's text does with names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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

    ``certain`` is false where control flow may pass by. ``module`` is the imported root module (``sklearn``) of an import,
    ``source`` all of what is imported (``sklearn.svm.SVC``).
    ``carries`` names the user-defined functions and classes that the bound value may contain (an instance of a class
    defined in the notebook, a transformer holding a function): whoever loads the value needs their definitions.
    """

    name: str
    kind: BindingKind
    place: Place
    certain: bool = True
    module: str | None = None
    source: str | None = None
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
    ``printed`` are the expressions that its print calls write; ``prints_more``: some do so in loops. ``logged`` are (name,
    expression) of what its calls hand to an experiment tracker, ``""`` where only a run can tell. ``looped`` are names that
    only its loops bind.
    """

    cell: int
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    shown: str | None = None
    words: frozenset[str] = frozenset()
    reads_text: bool = False
    printed: tuple[str, ...] = ()
    prints_more: bool = False
    logged: tuple[tuple[str, str], ...] = ()
    looped: frozenset[str] = frozenset()
