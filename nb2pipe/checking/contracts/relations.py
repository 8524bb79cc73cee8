"""How the columns of a table go with each other, against how they did."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from nb2pipe.checking.contracts.breach import Breach, Kind
from nb2pipe.checking.contracts.summary import TableSummary, correlations

CORRELATION = 0.25


def of_columns(ranks: Mapping[str, Any], rows: int, reference: TableSummary) -> Iterator[Breach]:
    """For each column the correlation with another one that moved most; its p-value allows for having searched."""
    names = [name for name in reference.ranked if name in ranks]
    if len(names) < 2 or min(rows, reference.sampled) < 10:
        return
    old = pairs(reference.ranked, reference.correlations)
    new = pairs(tuple(names), correlations({name: ranks[name] for name in names}))
    error = 1.06 * math.sqrt(1 / (rows - 3) + 1 / (reference.sampled - 3))
    exchanged = _exchanged(names, old, new)
    for name in exchanged or names:
        moves = {
            other: (old[name, other], new[name, other], _fisher(new[name, other]) - _fisher(old[name, other]))
            for other in names
            if other != name
        }
        other = max(moves, key=lambda key: abs(moves[key][2]))
        before, after, z = moves[other]
        yield Breach(
            kind=Kind.RELATION,
            column=name,
            message=f"its rank correlation with {other!r} is {after:+.2f}, {before:+.2f} in the reference",
            p=min(1.0, math.erfc(abs(z) / error / math.sqrt(2)) * len(moves)),
            looks_like=next((partner for partner in exchanged if partner != name), ""),
            effect=max(abs(after - before) for before, after, _ in moves.values()) / CORRELATION,
        )


def _exchanged(
    names: list[str], old: Mapping[tuple[str, str], float], new: Mapping[tuple[str, str], float]
) -> tuple[str, ...]:
    """The two columns that only need to change places for all correlations to be as before; empty if there are none."""
    moved = [name for name in names if any(abs(old[name, o] - new[name, o]) >= CORRELATION for o in names if o != name)]
    for index, first in enumerate(moved[:20]):
        for second in moved[index + 1 : 20]:
            place = {first: second, second: first}
            if all(
                abs(old[a, b] - new[place.get(a, a), place.get(b, b)]) < CORRELATION / 2
                for a in moved
                for b in names
                if a != b
            ):
                return first, second
    return ()


def pairs(names: tuple[str, ...], triangle: tuple[float, ...]) -> dict[tuple[str, str], float]:
    """The correlations by pair of names, both ways round."""
    found: dict[tuple[str, str], float] = {}
    values = iter(triangle)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            found[first, second] = found[second, first] = next(values)
    return found


def _fisher(correlation: float) -> float:
    return math.atanh(max(-0.999, min(0.999, correlation)))
