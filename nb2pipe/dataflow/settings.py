"""Statements that change settings of a library or of the process, told by an allow-list of what they call or assign.

Assigning to an attribute of something imported (``pd.DataFrame.total = ...``, a monkey-patch) counts as well: it can be
replayed in another process like any setting.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from nb2pipe.dataflow.facts import Call
from nb2pipe.dataflow.values import MARK, Names

_CALLS = re.compile(
    r"""
    pandas\.(set_option|reset_option|options\.\w.*|plotting\.(register|deregister)_matplotlib_converters)
    | numpy\.(set_printoptions|seterr|seterrcall|set_string_function|set_numeric_ops|setbufsize)
    | matplotlib\.(use|rc|rcdefaults|style\.use|rcParams\.(update|setdefault)|rc_file|rc_params_from_file)
    | matplotlib\.pyplot\.(rc|rcdefaults|ion|ioff|switch_backend|style\.use|set_cmap|set_loglevel|xkcd)
    | matplotlib\.pyplot\.rcParams\.(update|setdefault)
    | matplotlib\.style\.use | matplotlib\.rcParams\.update | matplotlib\.font_manager\.fontManager\.addfont
    | (matplotlib_inline\.backend_inline|IPython\.display|IPython\.core\.display)\.set_matplotlib_(formats|close)
    | seaborn\.(set|set_theme|set_style|set_palette|set_context|set_color_codes|reset_orig|reset_defaults)
    | warnings\.(filterwarnings|simplefilter|resetwarnings)
    | logging\.(basicConfig|disable|captureWarnings|addLevelName|setLoggerClass|setLogRecordFactory|config\.\w+)
    | logging\.getLogger\.(setLevel|addHandler|removeHandler|addFilter|handlers\.clear)
    | sklearn\.set_config | sklearn\.utils\.set_config
    | os\.(environ\.(setdefault|update|pop)|putenv|unsetenv|chdir|umask|nice)
    | sys\.(path\.(append|insert|extend|remove)|setrecursionlimit|set_int_max_str_digits|stdout\.reconfigure)
    | locale\.setlocale | decimal\.(setcontext|getcontext\.\w+)
    | tqdm(\.\w+)*\.pandas | pandarallel(\.\w+)*\.initialize | cufflinks\.(go_offline|set_config_file)
    | torch\.(set_\w+|backends\..*|use_deterministic_algorithms)
    | (tensorflow|keras)(\.\w+)*\.(set_floatx|set_memory_growth|set_verbosity|enable_op_determinism)
    | tensorflow\.(compat\.v1\.)?logging\.set_verbosity
    | (plotly|plotly\.io|plotly\.offline)\.(init_notebook_mode|enable_mpl_offline)
    | plotly\.offline\.plot\.init_notebook_mode
    | altair\.(data_transformers|renderers|themes)\.(enable|disable_max_rows)
    | (bokeh\.(io|plotting))\.output_notebook | holoviews\.extension | hvplot\.extension
    | polars\.Config\.\w+ | xgboost\.set_config | jax\.config\.update | networkx\.set_option
    | gc\.(disable|enable) | faulthandler\.enable | multiprocessing\.set_start_method | dotenv\.load_dotenv
    | csv\.field_size_limit | copyreg\.pickle | mimetypes\.add_type | signal\.signal | time\.tzset
    | socket\.setdefaulttimeout | urllib\.request\.install_opener | resource\.setrlimit
    | (?!(atexit|weakref|selectors|sqlite3)\.)\w+(\.\w+)*\.(register|register_\w+)
    """,
    re.VERBOSE,
)
_STORES = re.compile(
    r"""
    pandas\.options\..+ | matplotlib\.rcParams(\..*)? | matplotlib\.pyplot\.rcParams(\..*)? | os\.environ | sys\.path
    | matplotlib\.style\..* | decimal\.getcontext\.\w+ | (plotly\.io\.)?templates\.default | plotly\.io\.\w.*
    | numpy\.random\.\w+_state | torch\.backends\..+ | (tensorflow|keras)\..*config.* | seaborn\.\w*defaults.*
    | IPython\.core\.interactiveshell\.InteractiveShell\.\w+ | sys\.(stdout|stderr|stdin|displayhook|excepthook)
    | warnings\.(showwarning|formatwarning|filters) | PIL\..*\.\w+ | sys\.dont_write_bytecode | cv2\.\w+
    """,
    re.VERBOSE,
)
#: Magics that change the session or install something: each process needs them.
_SESSION_MAGICS = frozenset((
    "alias", "alias_magic", "aimport", "autoawait", "autocall", "automagic", "bookmark", "colors", "conda", "doctest_mode",
    "dotenv", "gui", "load_dotenv", "mamba", "micromamba", "pdb", "pip", "popd", "pprint", "precision", "pushd", "rehashx",
    "tensorflow_version", "unalias", "unload_ext", "uv", "xmode",
))  # fmt: skip
#: All other magics only show something (``%%html``, ``%who``): they are settings of nothing that a later step could need.
SHOWS = ("IPython.display",)
#: Modules that are imported for what that does to a library: methods of its objects, styles, estimators of an experiment.
_IMPORTED_FOR = {
    "sklearn.experimental": "sklearn", "hvplot": "pandas", "swifter": "pandas", "janitor": "pandas", "pandas_flavor": "pandas",
    "ydata_profiling": "pandas", "pandas_profiling": "pandas", "scienceplots": "matplotlib", "mplcyberpunk": "matplotlib",
    "mpl_toolkits": "matplotlib", "seaborn": "seaborn's colour maps", "__future__": "__future__",
}  # fmt: skip
#: Decorators that make something known to a library.
_REGISTERS = re.compile(r"(^|\.)(register|register_\w+)$")
#: Calls in the head of an ``if`` or ``for`` that change nothing.
_LOOKING = frozenset((
    "items", "keys", "values", "len", "zip", "enumerate", "sorted", "list", "range", "isinstance", "hasattr", "get", "exists",
    "startswith",
))  # fmt: skip
_MAGIC_MODULES = {
    "matplotlib": ("matplotlib",),
    "pylab": ("matplotlib", "numpy"),
    "config": ("matplotlib",),
    "cd": ("os",),
    "env": ("os",),
    "set_env": ("os",),
    "load_ext": ("IPython",),
    "reload_ext": ("IPython",),
    "autoreload": ("IPython",),
}


#: Other names for the same thing.
_SAME = (
    (re.compile(r"(matplotlib\.)?pylab\."), "matplotlib.pyplot."),
    (re.compile(r"seaborn\.(mpl|matplotlib)\."), "matplotlib."),
    (re.compile(r"matplotlib\.pyplot\.(mpl|matplotlib)\."), "matplotlib."),
)


def is_seeding(call: Call, names: Names) -> bool:
    """Whether a call's name says that it sets the state of a random generator."""
    name = call.path[-1] if call.path else call.method or names.dotted(call.root, (), call.module) or call.root
    return name is not None and _is_seed(name.rpartition(".")[2])


def _is_seed(name: str) -> bool:
    lowered = name.lower()
    return "seed" in lowered or lowered in ("set_state", "setstate", "set_rng_state", "set_rng_state_all")


def setting_modules(node: ast.stmt, names: Names) -> tuple[str, ...] | None:
    """The root modules whose settings a statement changes, or ``None`` if it is no SETTING: it does something else too.

    A condition, a loop or a ``try`` is one if all that it holds are settings other than seeds.
    """
    if isinstance(node, (ast.If, ast.For, ast.With, ast.Try)):
        return None if _seeds(node) else _all_of(_plain_blocks(node), names)
    if isinstance(node, ast.Expr):
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        return _call_modules(value, names) if isinstance(value, ast.Call) else None
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = node.targets
    else:
        return None
    targets = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    roots = [_store_module(target, names) for target in targets]
    found = [root for root in roots if root is not None]
    return tuple(dict.fromkeys(found)) if found and len(found) == len(roots) else None


def _seeds(node: ast.stmt) -> bool:
    words = (part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in ast.walk(node))
    return any(map(_is_seed, words))


def changed_beside(node: ast.stmt, names: Names) -> tuple[str, ...]:
    """The root modules whose settings a statement changes besides what else it does.

    ``old = np.seterr(...)``; a class behind ``@pd.api.extensions.register_dataframe_accessor("geo")``.
    """
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        full = _full_name(node.value.func, names)
        return (_root(full),) if full is not None and _CALLS.fullmatch(full) else ()
    found = [_full_name(decorator, names) for decorator in getattr(node, "decorator_list", ())]
    return tuple(dict.fromkeys(_root(full) for full in found if full is not None and _REGISTERS.search(full)))


def imported_for(node: ast.stmt) -> tuple[str, ...]:
    """The libraries that an import changes, where it is there for that: ``from sklearn.experimental import enable_...``."""
    if isinstance(node, ast.ImportFrom):
        paths = [node.module or ""] if not node.level else []
    else:
        paths = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    found = (_IMPORTED_FOR.get(part) for path in paths for part in (path, path.partition(".")[0]))
    return tuple(dict.fromkeys(library for library in found if library))


def settings_of_function(node: ast.FunctionDef, names: Names) -> tuple[str, ...] | None:
    """The root modules whose settings a function changes when it is called, ``None`` if it does something else too."""
    return None if node.decorator_list else _all_of([node.body], names)


def _all_of(blocks: Iterable[Sequence[ast.stmt]] | None, names: Names) -> tuple[str, ...] | None:
    """The modules that these statements set, if they do nothing else (imports and texts are nothing)."""
    found: dict[str, None] = {}
    for node in (part for block in blocks or () for part in block):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)) or _says_nothing(node):
            continue
        modules = setting_modules(node, names)
        if modules is None:
            return None
        found.update(dict.fromkeys(modules))
    return tuple(found) or None


def _says_nothing(node: ast.stmt) -> bool:
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
        isinstance(node, ast.Return) and (node.value is None or isinstance(node.value, ast.Constant))
    )


def _plain_blocks(node: ast.If | ast.For | ast.With | ast.Try) -> list[list[ast.stmt]] | None:
    """The blocks of a compound statement whose head does nothing but look; ``None`` for any other."""
    heads: list[ast.expr] = []
    blocks = [node.body]
    match node:
        case ast.If():
            heads, blocks = [node.test], [node.body, node.orelse]
        case ast.For():
            heads, blocks = [node.iter], [node.body, node.orelse]
        case ast.With():
            return None  # it puts back what it changed
        case ast.Try():
            blocks = [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]
    calls = [
        part for head in heads for part in ast.walk(head) if isinstance(part, (ast.Call, ast.NamedExpr, ast.Await))
    ]
    return blocks if all(isinstance(call, ast.Call) and _only_looks(call) for call in calls) else None


def _only_looks(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _LOOKING


def _call_modules(node: ast.Call, names: Names) -> tuple[str, ...] | None:
    func = node.func
    if isinstance(func, ast.Name) and func.id.startswith(MARK):
        return _magic_modules(func.id, node)
    if isinstance(func, ast.Name) and names.get(func.id).definitions:
        return _function_modules(func.id, names)
    full = _full_name(func, names)
    if full is None:
        return None
    name = full.rpartition(".")[2]
    if _CALLS.fullmatch(full) or _is_seed(name):
        return (_root(full),)
    return None


def _function_modules(name: str, names: Names) -> tuple[str, ...] | None:
    """A call of a function of the notebook that only sets things: ``def setup(): pd.set_option(...)``."""
    found: dict[str, None] = {}
    for definition in names.get(name).definitions:
        if definition.sets is None:
            return None
        found.update(dict.fromkeys(definition.sets))
    return tuple(found)


def _magic_modules(name: str, node: ast.Call) -> tuple[str, ...] | None:
    if name != "__nb2pipe_magic__" or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    magic = str(node.args[0].value)
    return _MAGIC_MODULES.get(magic, () if magic in _SESSION_MAGICS else SHOWS)


def _store_module(target: ast.expr, names: Names) -> str | None:
    node = target.value if isinstance(target, ast.Subscript) else target
    if node is target and not isinstance(node, ast.Attribute):
        return None
    full = _full_name(node, names)
    if full is None:
        return None
    patches = node is target and not any(isinstance(part, ast.Call) for part in ast.walk(node))
    return _root(full) if patches or _STORES.fullmatch(full) else None


def _full_name(node: ast.AST, names: Names) -> str | None:
    """The dotted name of an imported thing; calls in between (``getcontext().prec``) are passed over."""
    path: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            path.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    full = names.dotted(node.id, reversed(path))
    for other, usual in _SAME:
        full = other.sub(usual, full, count=1) if full is not None and other.match(full) else full
    return full


def _root(full: str) -> str:
    return full.split(".", maxsplit=1)[0]
