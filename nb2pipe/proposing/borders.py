"""Where steps should begin: where a heading stands, where the work changes, and where few variables cross.

The best set of borders is found by dynamic programming over the positions of the cells, once for each number of steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

from nb2pipe.proposing.looks import Look
from nb2pipe.proposing.words import Work

CROSSING = 0.25  # what each variable that crosses costs
UNFIT = 5.0  # each one that no file can keep
BORDER = 0.8  # each border as such
ALONE = 0.8  # a step of one cell that does nothing much
LENGTH = 1.0  # for (length / usual length - 1) squared
NUMBER = 0.3  # for (steps - usual number) squared
HEADING, DEEPER = 2.8, 0.9
SINGLE = 2.0  # a pipeline of one step, where there could be more
FEWEST, MOST = 2, 8
LARGE = 160  # cells; above, only places that look like borders are tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A code cell as the beginning of a step: headings of the chosen level (or deeper) above it, and what crosses."""

    look: Look
    heading: bool
    deeper: bool
    crossing: int
    unfit: int


def usual_number(cells: int, headed: int) -> int:
    """How many steps a notebook of so many working cells has; the number of its headed parts, if they are not too few."""
    if cells < 3:
        return 1
    by_length = max(FEWEST, min(MOST, round(1.15 * sqrt(cells))))
    if headed < 3:
        return by_length
    return min(MOST + 1, headed) if headed >= 0.6 * by_length else round((headed + by_length) / 2)


def best(sites: Sequence[Site], number: int | None = None) -> list[int]:
    """The positions (the first is 0) at which steps begin. ``number`` asks for that many steps."""
    count = len(sites)
    if count < 2 or number == 1:
        return [0] if sites else []
    costs = [0.0, *(_cost(sites[at - 1], sites[at]) for at in range(1, count))]
    places = _places(costs, count)
    headed = 1 + sum(site.heading for site in sites[1:])
    usual = number or usual_number(count, headed)
    most = min(len(places), number or max(MOST, min(usual + 2, MOST + 2)))
    usual_length = count / max(usual, 1)
    tables = _tables(sites, costs, places, most, usual_length)
    scored = [
        (table_cost + NUMBER * (steps - usual) ** 2 + SINGLE * (steps == 1 and count > 3), steps, starts)
        for steps, (table_cost, starts) in enumerate(tables, start=1)
        if number is None or steps == min(number, len(tables))
    ]
    return min(scored)[2]


def _places(costs: Sequence[float], count: int) -> list[int]:
    """The positions that may begin a step: all, or in a large notebook the cheapest."""
    if count <= LARGE:
        return list(range(count))
    return sorted({0, *sorted(range(1, count), key=lambda at: costs[at])[:LARGE]})


def _tables(
    sites: Sequence[Site], costs: Sequence[float], places: Sequence[int], most: int, usual: float
) -> list[tuple[float, list[int]]]:
    """For 1, 2, ... steps: the cost of the best borders, and where the steps begin."""
    count = len(sites)
    ends = [*places[1:], count]
    best_to: list[dict[int, tuple[float, list[int]]]] = [
        {end: (_length(sites, 0, end, usual), [0]) for end in ends}
    ]  # steps - 1 -> end -> (cost, starts)
    for _ in range(most - 1):
        before = best_to[-1]
        now: dict[int, tuple[float, list[int]]] = {}
        for number, end in enumerate(ends):
            found: tuple[float, list[int]] = (inf, [])
            for start in places[1 : number + 1]:
                if start in before:
                    cost = before[start][0] + costs[start] + _length(sites, start, end, usual)
                    if cost < found[0]:
                        found = (cost, [*before[start][1], start])
            if found[1]:
                now[end] = found
        if count not in now:
            break
        best_to.append(now)
    return [table[count] for table in best_to]


def _length(sites: Sequence[Site], start: int, end: int, usual: float) -> float:
    cost = LENGTH * ((end - start) / usual - 1) ** 2 if end - start > usual else 0.0
    if end - start == 1 and sites[start].look.work in _LITTLE and not sites[start].heading:
        cost += ALONE * (2 if sites[start].look.work is None else 1)
    return cost


def _cost(before: Site, here: Site) -> float:
    cost = BORDER + CROSSING * min(here.crossing, 12) + UNFIT * here.unfit
    cost -= HEADING if here.heading else DEEPER if here.deeper else 0.0
    return cost - _change(before.look, here.look)


_LITTLE = (None, Work.EXPLORE, Work.PLOT, Work.CLEAN, Work.FEATURES, Work.SAVE)
_BEGINS = {Work.LOAD: 0.8, Work.SPLIT: 1.2, Work.TRAIN: 1.1, Work.TUNE: 1.1, Work.SAVE: 0.3, Work.FEATURES: 0.7}


def _change(before: Look, here: Look) -> float:
    """What the change of work between two neighbouring cells is worth as a border."""
    old, new = before.work, here.work
    if new is None:
        return -0.8
    if old is new:
        other_model = new in (Work.TRAIN, Work.TUNE) and here.models and set(here.models) - set(before.models)
        return 0.7 if other_model else -0.4
    if old is Work.LOAD:
        return 0.9
    if (old, new) == (Work.TRAIN, Work.EVALUATE):
        return 0.3
    if old in (Work.TRAIN, Work.TUNE, Work.EVALUATE) and new in (Work.EXPLORE, Work.PLOT):
        return -0.3
    return _BEGINS.get(new, 0.2)
