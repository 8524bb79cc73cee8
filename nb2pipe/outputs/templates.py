"""What each print call of a cell writes: fixed text and the expressions between it, from the AST."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?[-+ #0]*[\d*]*(?:\.\d+)?(?P<kind>[a-zA-Z%])")
_ROUNDING = ("round", "float", "np.round", "np.around", "numpy.round", "str", "repr", "format")
_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith)
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_GRIDS = ("range", "arange", "linspace", "logspace", "geomspace", "tqdm", "trange")
_GRID_NAME = re.compile(r"grid|range|values|params|choices|options|list$|^[a-zA-Z]+[sS]$")
_RESULTS = re.compile(r"score|acc|auc|err|loss|result|metric|f1|mse|mae|r2", re.IGNORECASE)
_PRINTERS = ("print", "display", "pprint", "pp", "logger.info", "logging.info", "sys.stdout.write")


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression whose value is printed.

    ``expression`` is its source without roundings; ``factor`` what it is multiplied by on the way to the paper, ``1``
    or ``100``. ``numeric``: its format says that it is a number.
    """

    expression: str
    factor: float = 1.0
    numeric: bool = False
    percent: bool = False
    rounded: bool = False
    counter: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One print call. ``repeated``: it stands in a loop, and may print many times; ``line`` is that of the cell.

    ``displayed``: by ``display``, which writes no text among what is printed.
    """

    parts: tuple[str | Hole, ...]
    repeated: bool
    line: int
    displayed: bool = False

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The expressions, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))


def templates(tree: ast.Module) -> tuple[Template, ...]:
    """The print calls that run when the cell runs, in the order of the code."""
    return tuple(_of_body(tree.body, repeated=False, counters=frozenset()))


def _of_body(body: Sequence[ast.stmt], *, repeated: bool, counters: frozenset[str]) -> Iterator[Template]:
    for node in body:
        if isinstance(node, _BLOCKS):
            loops = repeated or isinstance(node, _LOOPS)
            counters |= _counters(node)
            if isinstance(node, _LOOPS):
                counters |= _counted_in(node, counters) | _constant_in(node)
            for name in ("body", "handlers", "orelse", "finalbody"):
                for child in getattr(node, name, ()):
                    yield from _of_body(
                        child.body if isinstance(child, ast.ExceptHandler) else [child],
                        repeated=loops,
                        counters=counters,
                    )
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_print(node.value):
            found = (_counted(part, counters) for part in _joined(_printed(node.value)))
            yield Template(tuple(found), repeated, node.lineno, ast.unparse(node.value.func) == "display")


def _counted(part: str | Hole, counters: frozenset[str]) -> str | Hole:
    if isinstance(part, Hole) and counters:
        try:
            tree = ast.parse(part.expression, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # a field that no argument fills; too deep
            return part
        if part.expression in counters or _only_counts(tree, counters):
            return replace(part, counter=True)
    return part


def _only_counts(node: ast.AST, counters: frozenset[str] | set[str]) -> bool:
    """Whether a value is worked out from counters and constants alone."""
    inside = list(ast.walk(node))
    used = {item.id for item in inside if isinstance(item, ast.Name)}
    return (
        bool(used)
        and used <= counters
        and not any(isinstance(item, ast.Call | ast.Subscript | ast.Attribute) for item in inside)
    )


def _counters(node: ast.stmt) -> frozenset[str]:
    """What a loop counts: the elements of a range, a grid or a literal, and the numbers of ``enumerate``."""
    if not isinstance(node, ast.For | ast.AsyncFor):
        return frozenset()
    if isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "enumerate" and node.iter.args:
        if not isinstance(node.target, ast.Tuple):
            return frozenset()
        number, element = node.target.elts[0], node.target.elts[-1]
        return frozenset({ast.unparse(number)}) | _element_of(node.iter.args[0], element)
    return _element_of(node.iter, node.target)


def _element_of(several: ast.expr, target: ast.expr) -> frozenset[str]:
    called = ast.unparse(several.func) if isinstance(several, ast.Call) else ""
    grid = called.rpartition(".")[2] in _GRIDS or isinstance(several, ast.List | ast.Tuple | ast.Set)
    grid = grid or (
        isinstance(several, ast.Name) and bool(_GRID_NAME.search(several.id)) and not _RESULTS.search(several.id)
    )
    return frozenset({target.id}) if grid and isinstance(target, ast.Name) else frozenset()


def _counted_in(loop: ast.stmt, counters: frozenset[str]) -> frozenset[str]:
    """What each pass counts on by a constant, and what it works out from counters alone: ``n += 1``, ``lr = 10 ** -i``."""
    found = set(counters)
    for node in getattr(loop, "body", ()):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), value=ast.Constant(value=int())):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _only_counts(value, found):
                found.add(name)
    return frozenset(found)


def _constant_in(loop: ast.stmt) -> frozenset[str]:
    """The names that the passes of a loop only print: they are the same in each."""
    printed: set[str] = set()
    other: set[str] = set()
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in getattr(loop, "body", ())]
    if isinstance(loop, ast.For | ast.AsyncFor):
        stack.append((loop.target, False))
    while stack:
        node, inside = stack.pop()
        if isinstance(node, ast.Name):
            (printed if inside and isinstance(node.ctx, ast.Load) else other).add(node.id)
        prints = inside or (isinstance(node, ast.Expr) and _is_print(node.value))
        stack += [(child, prints) for child in ast.iter_child_nodes(node)]
    return frozenset(printed - other)


def _is_print(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and ast.unparse(node.func) in _PRINTERS
    )


def _printed(call: ast.Call) -> Iterator[str | Hole]:
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    separator = options.get("sep")
    between = separator.value if isinstance(separator, ast.Constant) and isinstance(separator.value, str) else " "
    for index, argument in enumerate(call.args):
        if index:
            yield between
        if index == 0 and isinstance(argument, ast.Tuple):  # print (a, b) of Python 2
            yield Hole(ast.unparse(argument))
            continue
        yield from parts(argument)


def parts(node: ast.expr) -> Iterator[str | Hole]:
    """The text that an expression becomes, as fixed text and holes."""
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            yield str(value)
        case ast.JoinedStr():
            for piece in node.values:
                if isinstance(piece, ast.FormattedValue):
                    yield hole(piece.value, _text(piece.format_spec))
                else:
                    yield from parts(piece)
        case ast.BinOp(op=ast.Add()) if _is_text(node):
            yield from parts(node.left)
            yield from parts(node.right)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))):
            yield from _percent(text, node.right)
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=str(text)), right=ast.Constant(value=int(times))):
            yield text * min(times, 500)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield from _format(text, node.args, node.keywords)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="str"), attr="format"), args=[ast.Constant(value=str(text)), *given]
        ):
            yield from _format(text, given, node.keywords)
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[argument], keywords=[]):
            yield hole(argument, "")
        case _:
            yield hole(node, "")


def hole(node: ast.expr, spec: str) -> Hole:
    """The expression behind roundings and a multiplication by 100."""
    numeric = bool(re.search(r"[eEfFgGd%n]$", spec)) or bool(re.search(r"\.\d+$", spec))
    rounded = bool(re.search(r"\.\d+", spec)) or numeric
    core, factor = _core(node), 1.0
    rounded, node = rounded or ast.unparse(core) != ast.unparse(node), core
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for hundred, other in ((node.right, node.left), (node.left, node.right)):
            if isinstance(hundred, ast.Constant) and hundred.value == 100:
                core, factor = _core(other), 100.0
                rounded, node = True, core
                break
    return Hole(ast.unparse(node), factor, numeric, spec.endswith("%"), rounded)


def _core(node: ast.expr) -> ast.expr:
    while True:
        match node:
            case ast.Call(args=[first, *_]) if ast.unparse(node.func) in _ROUNDING and isinstance(first, ast.expr):
                node = first
            case ast.Call(func=ast.Attribute(attr="round", value=value)) if ast.unparse(node.func) not in _ROUNDING:
                node = value
            case _:
                return node


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add()):
            return _is_text(node.left) or _is_text(node.right)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str())):
            return True
        case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Name(id="str")) | ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format")):
            return True
    return False


def _text(spec: ast.expr | None) -> str:
    if not isinstance(spec, ast.JoinedStr):
        return ""
    return "".join(str(value.value) for value in spec.values if isinstance(value, ast.Constant))


def _percent(text: str, values: ast.expr) -> Iterator[str | Hole]:
    """``"..." % values``."""
    several = list(values.elts) if isinstance(values, ast.Tuple) else [values]
    keyed = (
        {
            key.value: value
            for key, value in zip(values.keys, values.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        if isinstance(values, ast.Dict)
        else {}
    )
    at = 0
    for match in _PERCENT.finditer(text):
        yield text[at : match.start()]
        at = match.end()
        if match["kind"] == "%":
            yield "%"
            continue
        node = keyed.get(match["key"]) if match["key"] else (several.pop(0) if several else None)
        spec = "" if match["kind"] in "sra" else "f"
        yield hole(node, spec) if node is not None else Hole(match["key"] or "", numeric=bool(spec))
    yield text[at:]


def _format(text: str, given: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> Iterator[str | Hole]:
    """``"...".format(values)``."""
    named = {keyword.arg: keyword.value for keyword in keywords}
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:  # the call fails too
        return
    counted = 0
    for literal, name, spec, _ in fields:
        yield literal
        if name is None:
            continue
        root = re.split(r"[.\[]", name)[0]
        if not root:
            root, counted = str(counted), counted + 1
        place = int(root) if root.isdigit() else -1
        node = named.get(root) if place < 0 else (given[place] if place < len(given) else None)
        if node is None:
            yield Hole(name, numeric=bool(re.search(r"[efg%d]$", spec or "")))
        else:
            found = hole(node, spec or "")
            rest = name[len(re.split(r"[.\[]", name)[0]) :]
            yield Hole(found.expression + rest, found.factor, found.numeric, found.percent) if rest else found


def _joined(found: Iterator[str | Hole]) -> Iterator[str | Hole]:
    """Neighbouring texts as one."""
    text = ""
    for part in found:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
            text = ""
        yield part
    if text:
        yield text
