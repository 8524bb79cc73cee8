"""Fingerprints: a digest of a value's content, equal for equal values in any process and run.

A value is hashed as a tree of its parts, so that it does not matter which parts are shared. Cycles are resolved as in
Tarjan's algorithm: inside a cycle a part is named by its distance to the part that refers to it.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import copyreg
import datetime
import decimal
import logging
import struct
import types
from array import array
from hashlib import blake2b, sha256
from typing import Any, Callable, Iterable

from . import code, libraries
from .refusals import Unfingerprintable, is_refused

#: Measured times are no content: two runs of the same search are equal without them.
TIMINGS = frozenset("mean_fit_time std_fit_time mean_score_time std_score_time refit_time_ fit_time score_time".split())
#: Attributes of libraries' objects that are no content: what was computed on demand (statsmodels), an address in memory
#: (scikit-learn's vectorizers), the time of day (lifelines), memory that nobody filled (statsmodels' GLM: ``np.empty_like``).
NO_CONTENT = frozenset(["_cache", "_stop_words_id", "_time_fit_was_called", "_tmp_like_exog"])
CHUNK = 1 << 20
#: Strings longer than this are hashed, shorter ones stand for themselves.
LONG = 200
#: Lists and tuples of up to so many scalars stand for themselves.
SHORT = 8


def _integer(value: int) -> bytes:
    return b"i" + str(value).encode() + b";" if -(1 << 63) <= value < 1 << 63 else b"I" + hex(value).encode() + b";"


def _float(value: float) -> bytes:
    return b"fnan" if value != value else b"f" + struct.pack("<d", value)  # only NaN differs from itself


def _complex(value: complex) -> bytes:
    return b"c" + _float(value.real) + _float(value.imag)


def _text(value: str) -> bytes:
    return _sized(b"s", value.encode("utf-8", "surrogatepass"))


def _sized(tag: bytes, content: bytes) -> bytes:
    if len(content) > LONG:
        return tag + b"#" + sha256(content).digest()
    return tag + str(len(content)).encode() + b":" + content


#: Exact types whose token is made at once. Everything else is a node of the tree.
SCALARS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda value: b"N",
    type(Ellipsis): lambda value: b"E",
    type(NotImplemented): lambda value: b"M",
    bool: lambda value: b"T" if value else b"F",
    int: _integer,
    float: _float,
    complex: _complex,
    str: _text,
    bytes: lambda value: _sized(b"b", value),
    bytearray: lambda value: _sized(b"B", bytes(value)),
    datetime.date: lambda value: b"d" + value.isoformat().encode() + b";",
    datetime.timedelta: lambda value: b"D" + repr(value).encode() + b";",
    decimal.Decimal: lambda value: b"m" + str(value).encode() + b";",
}


class Fingerprinter:
    """Hashes values.

    ``size`` counts the bytes of content; ``definitions`` are the notebook's functions and classes that were met,
    ``functions`` are the functions among them, ``unnamed`` tells of some that cannot be found by name (lambdas,
    functions defined in functions).
    """

    def __init__(self) -> None:
        self.size = 0
        self.definitions: dict[str, Any] = {}
        self.functions: list[Any] = []
        self.unnamed = False
        self._done: dict[int, bytes] = {}
        self._open: dict[int, int] = {}
        self._stack: list[int] = []
        self._alive: list[Any] = []
        self._current = 0
        self._lowest = 0
        self._writers: dict[type, Callable[[Fingerprinter, Any], bytes]] = dict(WRITERS)

    def fingerprint(self, value: Any) -> str:
        """The digest of ``value``; raises :class:`Unfingerprintable`."""
        return blake2b(self.token(value), digest_size=16).hexdigest()

    def token(self, value: Any) -> bytes:
        """Bytes that stand for ``value``: equal content, equal bytes; no token is the beginning of another."""
        kind = type(value)
        scalar = SCALARS.get(kind)
        if scalar is not None:
            token = scalar(value)
            self.size += len(token)
            return token
        if (kind is tuple or kind is list) and len(value) <= SHORT and all(type(item) in SCALARS for item in value):
            opening = b"(" if kind is tuple else b"["  # rows of a table in plain Python: not worth a node each
            return opening + b"".join([self.token(item) for item in value]) + b")"
        key = id(value)
        known = self._done.get(key)
        if known is not None:
            return known
        place = self._open.get(key)
        if place is not None:
            self._lowest = min(self._lowest, place)
            return b"^" + str(self._current - place).encode() + b";"
        return self._node(key, value)

    def attempt(self, value: Any) -> bytes | None:
        """The token of ``value``, or ``None`` where that raises: what was begun is forgotten."""
        place, current, lowest = len(self._stack), self._current, self._lowest
        try:
            return self.token(value)
        except Exception:  # any class may raise anything while it is asked for its state
            for member in self._stack[place:]:
                del self._open[member]
            del self._stack[place:]
            self._current, self._lowest = current, lowest
            return None

    def _node(self, key: int, value: Any) -> bytes:
        place = len(self._stack)
        self._stack.append(key)
        self._alive.append(value)  # an id is only good for as long as its object lives
        self._open[key] = place
        outer, outer_lowest = self._current, self._lowest
        self._current = self._lowest = place
        content = self._writer(type(value))(self, value)
        self.size += len(content)
        token = b"#" + blake2b(content, digest_size=16).digest()
        if self._lowest == place:  # nothing in here refers to anything further out
            for distance, member in enumerate(self._stack[place:]):
                del self._open[member]
                self._done[member] = token if not distance else b"#" + _part(token, distance)
            del self._stack[place:]
        self._current, self._lowest = outer, min(outer_lowest, self._lowest)
        return token

    def _writer(self, kind: type) -> Callable[[Fingerprinter, Any], bytes]:
        writer = self._writers.get(kind)
        if writer is None:
            writer = self._writers[kind] = find_writer(kind)
        return writer

    # ------------------------------------------------------------ parts that writers share

    def join(self, *values: Any) -> bytes:
        """The tokens of several values, one after the other."""
        return b"".join([self.token(value) for value in values])

    def sequence(self, values: list[Any]) -> bytes:
        """The items of a list, fast where all are numbers or text."""
        kinds = set(map(type, values))
        head = str(len(values)).encode() + b":"
        if kinds == {float} and len(values) > 8:
            return head + b"f" + self.floats(values)
        if kinds == {int} and len(values) > 8:
            try:
                return head + b"i" + self.bulk([array("q", values)])
            except OverflowError:
                pass
        if str in kinds and kinds <= {str, float, type(None)} and len(values) > 8:
            lengths = array("q", [len(value) if type(value) is str else -1 for value in values])
            text = "".join(values if len(kinds) == 1 else [value for value in values if type(value) is str])
            others = [value for value in values if type(value) is not str] if len(kinds) > 1 else []
            return head + b"s" + self.bulk([lengths]) + self.text(text) + self.sequence(others)
        return head + b"-" + b"".join(map(self.token, values))

    def mapping(self, items: dict[Any, Any]) -> bytes:
        """Keys and values in their order, without measured times."""
        if any(key in items for key in TIMINGS):
            items = {key: value for key, value in items.items() if type(key) is not str or key not in TIMINGS}
        return self.sequence(list(items)) + self.sequence(list(items.values()))

    def state(self, state: Any, of_library: bool = False) -> bytes:
        """The state of an object: attributes by name, whatever order they were set in."""
        if type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
            return b"2" + self.state(state[0], of_library) + self.state(state[1], of_library)
        if type(state) is dict and all(type(key) is str for key in state):
            left_out = NO_CONTENT if of_library else ()
            return b"1" + self.mapping({key: state[key] for key in sorted(state) if key not in left_out})
        return b"0" + self.token(state)

    def floats(self, values: list[float]) -> bytes:
        """Numbers by their bits; which NaN it is does not count."""
        if any(value != value for value in values):
            nan = float("nan")
            values = [nan if value != value else value for value in values]
        return self.bulk([array("d", values)])

    def text(self, text: str) -> bytes:
        """The digest of a long text."""
        return self.bulk(text[at : at + CHUNK].encode("utf-8", "surrogatepass") for at in range(0, len(text), CHUNK))

    def bulk(self, buffers: Iterable[Any]) -> bytes:
        """The digest of large buffers, one after the other, without copying them."""
        digest = sha256()  # processors compute it in hardware: twice as fast as blake2b where it counts
        for buffer in buffers:
            digest.update(buffer)
            self.size += memoryview(buffer).nbytes
        return digest.digest()


def _part(token: bytes, distance: int) -> bytes:
    return blake2b(token + str(distance).encode(), digest_size=16).digest()


def fingerprint(value: Any) -> str | None:
    """The digest of a value's content, ``None`` if it has none that can be compared (a generator, an open file)."""
    try:
        return Fingerprinter().fingerprint(value)
    except Exception:  # any class of the user's may raise anything while it is asked for its state
        return None


# ---------------------------------------------------------------- writers of the language's own types


def _write_set(out: Fingerprinter, value: Any) -> bytes:
    kind = b"set" if type(value) is set else b"frozenset"
    items = list(value)
    if set(map(type, items)) in ({str}, {int}):
        return kind + out.sequence(sorted(items))
    return kind + str(len(items)).encode() + b":" + b"".join(sorted(out.token(item) for item in items))


def _write_refused(out: Fingerprinter, value: Any) -> bytes:
    raise Unfingerprintable(value)


WRITERS: dict[type, Callable[[Fingerprinter, Any], bytes]] = {
    list: lambda out, value: b"list" + out.sequence(value),
    tuple: lambda out, value: b"tuple" + out.sequence(list(value)),
    dict: lambda out, value: b"dict" + out.mapping(value),
    types.MappingProxyType: lambda out, value: b"proxy" + out.mapping(dict(value)),
    set: _write_set,
    frozenset: _write_set,
    logging.Logger: lambda out, value: b"logger" + out.join(value.name, value.level, value.propagate, value.disabled),
    slice: lambda out, value: b"slice" + out.join(value.start, value.stop, value.step),
    range: lambda out, value: b"range" + out.join(value.start, value.stop, value.step),
    memoryview: lambda out, value: b"view" + out.join(value.format, value.shape, value.tobytes()),
}


def find_writer(kind: type) -> Callable[[Fingerprinter, Any], bytes]:
    """How values of a class are hashed: as code, by a library's own rule, or else by what they would be pickled as."""
    writer = code.find_writer(kind)
    if writer is None and is_refused(kind):
        writer = _write_refused
    return writer or libraries.find_writer(kind) or write_object


def write_object(out: Fingerprinter, value: Any) -> bytes:
    """Any other object: the class, what it is made from, and its state, as its pickle would have them."""
    kind = type(value)
    try:
        by_table = copyreg.dispatch_table.get(kind)
        reduced: Any = by_table(value) if by_table is not None else value.__reduce_ex__(2)
    except Exception as problem:
        raise Unfingerprintable(value) from problem
    if type(reduced) is str:
        module = getattr(value, "__module__", None) or kind.__module__
        return b"global" + out.join(module, reduced)
    make, arguments, state, items, pairs = (tuple(reduced) + (None, None, None))[:5]
    if state is value and isinstance(value, dict):  # a dict that is its own __dict__: its pickle is not
        state = dict(value)
    elif kind.__module__ in code.NOTEBOOK and type(state) is dict and code.MEMOS:
        state = {name: part for name, part in state.items() if (kind.__name__, name) not in code.MEMOS}
    content = (
        b"object" + out.join(kind, make, tuple(arguments)) + out.state(state, kind.__module__ not in code.NOTEBOOK)
    )
    if items is not None:
        content += b"items" + out.sequence(list(items))
    if pairs is not None:
        content += b"pairs" + out.mapping(dict(pairs))
    return content
