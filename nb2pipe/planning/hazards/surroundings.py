"""What is another one tomorrow, on the next machine or in the next process: clock, network, paths, order, environment."""

from __future__ import annotations

import ast
import re

from nb2pipe.planning.hazards.reading import Cell
from nb2pipe.rules import (
    nb412_wall_clock,
    nb413_network,
    nb414_absolute_path,
    nb415_unsorted_listing,
    nb417_set_order,
    nb418_environment_variable,
)

_NOW = re.compile(
    r"(?:^|\.)(?:datetime\.(?:now|today|utcnow)|date\.today|Timestamp\.(?:now|today|utcnow)|to_datetime)$"
)
_CLOCK = ("time.time", "time.localtime", "time.gmtime", "time.ctime")
_TIMER = re.compile(
    r"^(?:t\d*|tic|toc|_?start\w*|begin\w*|end\w*|stop\w*|now|\w*_(?:start|end|begin|t|time)|t_\w+|\w*time\w*)$"
)
URL = re.compile(r"^(?:https?|ftp|s3|gs)://")
_CONTACT = re.compile(
    r"^(?:requests\.(?:get|post|request)|urllib\.request\.\w+|urlopen|urlretrieve|httpx\.\w+|wget\.download)$"
)
_FETCH = re.compile(r"^(?:fetch_\w+|load_dataset|hf_hub_download|snapshot_download|get_data_yahoo)$")
_ABSOLUTE = re.compile(
    r"^(?:/(?:home|Users|content|kaggle|mnt|root|data|media|workspace|Volumes)/|[A-Za-z]:[\\/]|~/)[^\s:*?<>|]"
)
_LISTS = ("os.listdir", "os.scandir", "glob.glob", "glob.iglob", "listdir", "iglob")
_LIST_METHODS = ("iterdir", "rglob")
_ORDER_FREE = ("sorted", "len", "set", "frozenset", "any", "all", "max", "min", "Counter", "sum")
_SECRET = re.compile(r"key|token|secret|password|passwd|credential", re.IGNORECASE)


def clock(cell: Cell, node: ast.Call, name: str) -> None:
    """Unless it only measures how long something takes."""
    if name in _CLOCK:
        parent = cell.parents.get(node)
        timed = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub)
        if isinstance(parent, ast.Assign):
            timed = all(isinstance(t, ast.Name) and bool(_TIMER.match(t.id)) for t in parent.targets)
        if timed or isinstance(parent, ast.Call):
            return
    elif not _NOW.search(name) or (name.endswith("to_datetime") and not _says_now(node)):
        return
    cell.add(node, nb412_wall_clock.diagnostic(ast.unparse(node.func)), name)


def contact(cell: Cell, node: ast.Call, name: str, last: str) -> None:
    """Calls that get data from the network."""
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    url = next((text for text in texts if URL.match(text)), None)
    if url is not None and (last.startswith(("read_", "load", "get", "open", "url", "from_")) or _CONTACT.match(name)):
        cell.add(node, nb413_network.diagnostic(ast.unparse(node.func), url[:80]), url)
    elif _CONTACT.match(name):
        cell.add(node, nb413_network.diagnostic(ast.unparse(node.func), "an address made by the code"), name)
    elif _FETCH.match(last):
        cell.add(node, nb413_network.diagnostic(ast.unparse(node.func), "unless a copy is cached"), name)


def listing(cell: Cell, node: ast.Call, name: str, last: str) -> None:
    """Files in the order of the file system."""
    method = isinstance(node.func, ast.Attribute) and last in _LIST_METHODS
    glob = isinstance(node.func, ast.Attribute) and last == "glob" and name not in _LISTS and bool(node.args)
    if name not in _LISTS and not method and not glob:
        return
    parent = cell.parents.get(node)
    if isinstance(parent, ast.Call) and cell.dotted(parent.func).rpartition(".")[2] in _ORDER_FREE:
        return
    if isinstance(parent, ast.Compare):
        return
    safe = (isinstance(parent, ast.For) and parent.iter is node) or (
        isinstance(parent, ast.comprehension) and parent.iter is node
    )
    text = ast.unparse(node)
    segment = ast.get_source_segment(cell.code.text, node)
    repair = safe and segment is not None and node.lineno == node.end_lineno and not cell.code.shifts.get(node.lineno)
    cell.add(node, nb415_unsorted_listing.diagnostic(text), text, f"sorted({segment})" if repair else "")


def absolute_path(cell: Cell, node: ast.Constant, text: str) -> None:
    """Texts that name a place on one machine."""
    parent = cell.parents.get(node)
    if isinstance(parent, ast.Expr | ast.JoinedStr) or "\n" in text:
        return
    if _ABSOLUTE.match(text):
        cell.add(node, nb414_absolute_path.diagnostic(text), text)


def environment(cell: Cell, node: ast.AST) -> None:
    """Variables of the process, secrets aside."""
    text = ast.unparse(node)
    if not _SECRET.search(text):
        cell.add(node, nb418_environment_variable.diagnostic(text), text)


def walked(cell: Cell, node: ast.expr) -> None:
    """A set that is gone through, or made a sequence."""
    if cell.is_set(node):
        text = ast.unparse(node)
        cell.add(node, nb417_set_order.diagnostic(text), text)


def _says_now(node: ast.Call) -> bool:
    return any(isinstance(a, ast.Constant) and a.value in ("now", "today") for a in node.args)
