"""Statements that change settings of a library or of the process, told by an allow-list of what they call or assign.

Assigning to an attribute of something imported (``pd.DataFrame.total = ...``, a monkey-patch) counts as well: it can be
replayed in another process like any setting.
"""

from __future__ import annotations

import ast
import re

from nb2pipe.dataflow.facts import Call
from nb2pipe.dataflow.values import MARK, Names

_CALLS = re.compile(
    r"""
    pandas\.(set_option|reset_option|options\.\w.*|plotting\.(register|deregister)_matplotlib_converters)
    | numpy\.(set_printoptions|seterr|seterrcall|set_string_function|set_numeric_ops)
    | matplotlib\.(use|rc|rcdefaults|style\.use|rcParams\.(update|setdefault)|rc_file|rc_params_from_file)
    | matplotlib\.pyplot\.(rc|rcdefaults|ion|ioff|switch_backend|style\.use|set_cmap|set_loglevel|xkcd)
    | matplotlib\.pyplot\.rcParams\.(update|setdefault)
    | matplotlib\.style\.use | matplotlib\.rcParams\.update
    | (matplotlib_inline\.backend_inline|IPython\.display|IPython\.core\.display)\.set_matplotlib_(formats|close)
    | seaborn\.(set|set_theme|set_style|set_palette|set_context|set_color_codes|reset_orig|reset_defaults)
    | warnings\.(filterwarnings|simplefilter|resetwarnings)
    | logging\.(basicConfig|disable|captureWarnings)
    | logging\.getLogger\.setLevel
    | sklearn\.set_config | sklearn\.utils\.set_config
    | os\.(environ\.(setdefault|update|pop)|putenv|unsetenv|chdir|umask|nice)
    | sys\.(path\.(append|insert|extend|remove)|setrecursionlimit|set_int_max_str_digits|stdout\.reconfigure)
    | locale\.setlocale | decimal\.(setcontext|getcontext\.\w+)
    | tqdm(\.\w+)*\.pandas
    | torch\.(set_\w+|backends\..*|use_deterministic_algorithms)
    | (tensorflow|keras)(\.\w+)*\.(set_floatx|set_memory_growth|set_verbosity|enable_op_determinism)
    | tensorflow\.(compat\.v1\.)?logging\.set_verbosity
    | (plotly|plotly\.io|plotly\.offline)\.(init_notebook_mode|enable_mpl_offline)
    | plotly\.offline\.plot\.init_notebook_mode
    | altair\.(data_transformers|renderers|themes)\.(enable|disable_max_rows)
    | (bokeh\.(io|plotting))\.output_notebook | holoviews\.extension | hvplot\.extension
    | polars\.Config\.\w+ | xgboost\.set_config | jax\.config\.update | networkx\.set_option
    | gc\.(disable|enable) | faulthandler\.enable | multiprocessing\.set_start_method
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
    """The root modules whose settings a statement changes, or ``None`` if it is no SETTING.

    A condition, a loop or a ``try`` is one if all that it holds are settings.
    """
    if isinstance(node, (ast.If, ast.For, ast.Try)):
        return _of_blocks(node, names)
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


def _of_blocks(node: ast.If | ast.For | ast.Try, names: Names) -> tuple[str, ...] | None:
    modules: list[str] = []
    stack: list[ast.stmt] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (ast.If, ast.For, ast.Try)):
            handlers = [inner for handler in getattr(part, "handlers", ()) for inner in handler.body]
            stack.extend([*part.body, *handlers, *part.orelse, *getattr(part, "finalbody", ())])
        elif not isinstance(part, ast.Pass):
            found = setting_modules(part, names)
            if found is None or _seeds(part):
                return None
            modules.extend(found)
    return tuple(dict.fromkeys(modules)) or None


def _seeds(node: ast.stmt) -> bool:
    words = (part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in ast.walk(node))
    return any(map(_is_seed, words))


def _call_modules(node: ast.Call, names: Names) -> tuple[str, ...] | None:
    func = node.func
    if isinstance(func, ast.Name) and func.id.startswith(MARK):
        return _magic_modules(func.id, node)
    full = _full_name(func, names)
    if full is None:
        return None
    name = full.rpartition(".")[2]
    if _CALLS.fullmatch(full) or _is_seed(name):
        return (_root(full),)
    return None


def _magic_modules(name: str, node: ast.Call) -> tuple[str, ...] | None:
    if name != "__nb2pipe_magic__" or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    return _MAGIC_MODULES.get(str(node.args[0].value), ())


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
