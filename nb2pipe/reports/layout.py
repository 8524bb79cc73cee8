"""A small layered layout for directed graphs, top to bottom (Sugiyama's steps, nothing more).

Longest-path layers; an arrow takes part as a chain of thin places, one of them as wide as its label, so that labels
never touch; barycentre sweeps order each layer; each layer's places then move towards the mean of their neighbours as
far as their widths allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 8
LONGEST_CHAIN = 80  # an arrow over more layers is drawn straight: its places would be too many
THIN = 14.0
GAP = 28.0  # between neighbours in a layer
RISE = 24.0  # between layers
STRAIGHT = 6.0  # how much more a line's place in passing resists being moved than a box


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """The middle of something."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The points an arrow passes, from the lower edge of its source to the upper edge of its target."""

    points: tuple[Point, ...]
    label: Point | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where all is. ``nodes`` and ``routes`` are in the order in which they were given."""

    width: float
    height: float
    nodes: tuple[Point, ...]
    routes: tuple[Route, ...]


@dataclass(slots=True)
class _Places:
    """The nodes, then the places that arrows take. ``above`` and ``below`` are neighbours in the next layers."""

    sizes: list[Size]
    layers: list[int]
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)

    def add(self, size: Size, layer: int) -> int:
        self.sizes.append(size)
        self.layers.append(layer)
        self.above.append([])
        self.below.append([])
        return len(self.sizes) - 1

    def join(self, upper: int, lower: int) -> None:
        self.below[upper].append(lower)
        self.above[lower].append(upper)


def layered(nodes: Sequence[Size], edges: Sequence[tuple[int, int]], labels: Sequence[Size | None]) -> Layout:
    """Lay out; an edge goes from a node to a later one, others take no part in the layers."""
    places = _Places(sizes=[], layers=[])
    for size, layer in zip(nodes, _longest_paths(len(nodes), edges), strict=True):
        places.add(size, 2 * layer)
    chains = [_chain(places, edge, label) for edge, label in zip(edges, labels, strict=True)]
    order = _ordered(places)
    xs = _aligned(places, order)
    tops, height = _heights(places, order)
    left = min((xs[at] - size.width / 2 for at, size in enumerate(places.sizes)), default=0.0)
    right = max((xs[at] + size.width / 2 for at, size in enumerate(places.sizes)), default=0.0)
    heights = [max((places.sizes[at].height for at in layer), default=0.0) for layer in order]
    middles = [Point(xs[at] - left, tops[layer] + heights[layer] / 2) for at, layer in enumerate(places.layers)]
    routes = tuple(
        _route(edge, [(middles[at], heights[places.layers[at]]) for at in chain], middles, nodes, labelled=bool(label))
        for edge, chain, label in zip(edges, chains, labels, strict=True)
    )
    return Layout(width=right - left, height=height, nodes=tuple(middles[: len(nodes)]), routes=routes)


def _longest_paths(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    layers = [0] * count
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        if source < target:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers


def _chain(places: _Places, edge: tuple[int, int], label: Size | None) -> list[int]:
    """The places that an edge takes in the layers between its ends; the label stands in the one below the source."""
    source, target = edge
    between = range(places.layers[source] + 1, places.layers[target])
    if source >= target or len(between) > LONGEST_CHAIN:
        return []
    chain = [places.add(label if label and not at else Size(THIN, 0), layer) for at, layer in enumerate(between)]
    for upper, lower in zip([source, *chain], [*chain, target], strict=True):
        places.join(upper, lower)
    return chain


def _ordered(places: _Places) -> list[list[int]]:
    """The places of each layer from left to right, with few crossings."""
    order: list[list[int]] = [[] for _ in range(max(places.layers, default=-1) + 1)]
    for at, layer in enumerate(places.layers):
        order[layer].append(at)
    rank = {at: float(index) for row in order for index, at in enumerate(row)}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = places.above if down else places.below
        for row in order if down else reversed(order):
            means = {at: _mean([rank[n] for n in neighbours[at]], rank[at]) for at in row}
            row.sort(key=means.__getitem__)
            rank.update((at, float(index)) for index, at in enumerate(row))
    return order


def _aligned(places: _Places, order: list[list[int]]) -> list[float]:
    """The x of each place's middle: near its neighbours', in order, without overlap."""
    xs = [0.0] * len(places.sizes)
    for layer in order:
        edge = 0.0
        for at in layer:
            xs[at] = edge + places.sizes[at].width / 2
            edge += places.sizes[at].width + GAP
        middle = (edge - GAP) / 2
        for at in layer:
            xs[at] -= middle
    up = [below or above for above, below in zip(places.above, places.below, strict=True)]
    down = [above or below for above, below in zip(places.above, places.below, strict=True)]
    for sweep in range(SWEEPS):
        neighbours = (up, down)[sweep % 2]
        for layer in reversed(order) if sweep % 2 == 0 else order:
            wanted = [_mean([xs[n] for n in neighbours[at]], xs[at]) for at in layer]
            weights = [STRAIGHT if places.sizes[at].width == THIN else 1.0 for at in layer]
            for at, x in zip(layer, _apart(wanted, weights, [places.sizes[at].width for at in layer]), strict=True):
                xs[at] = x
    return xs


def _apart(wanted: Sequence[float], weights: Sequence[float], widths: Sequence[float]) -> list[float]:
    """The positions nearest to ``wanted`` (least squares) that keep the order and the gaps.

    Pools of adjacent violators: neighbours that would overlap move as one.
    """
    offsets = [0.0] if wanted else []
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + GAP)
    pools: list[tuple[float, float, int]] = []  # weighted sum of the wishes, sum of the weights, how many
    for x, offset, weight in zip(wanted, offsets, weights, strict=True):
        pool = ((x - offset) * weight, weight, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            total, weighs, several = pools.pop()
            pool = (total + pool[0], weighs + pool[1], several + pool[2])
        pools.append(pool)
    means = [total / weighs for total, weighs, several in pools for _ in range(several)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _heights(places: _Places, order: list[list[int]]) -> tuple[list[float], float]:
    tops, top = [], 0.0
    for layer in order:
        tops.append(top)
        top += max((places.sizes[at].height for at in layer), default=0.0) + RISE
    return tops, max(0.0, top - RISE)


def _route(
    edge: tuple[int, int],
    chain: Sequence[tuple[Point, float]],
    middles: Sequence[Point],
    sizes: Sequence[Size],
    *,
    labelled: bool,
) -> Route:
    """Straight down through each layer on the way, bends only between layers, so that no line cuts a box."""
    source, target = edge
    start, end = middles[source], middles[target]
    down = 1 if source < target else -1
    first = Point(start.x, start.y + down * sizes[source].height / 2)
    last = Point(end.x, end.y - down * sizes[target].height / 2)
    inner = [Point(at.x, at.y + side * height / 2) for at, height in chain for side in (-1, 1)]
    label = chain[0][0] if chain else Point((first.x + last.x) / 2, (first.y + last.y) / 2)
    return Route(points=(first, *inner, last), label=label if labelled else None)


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
