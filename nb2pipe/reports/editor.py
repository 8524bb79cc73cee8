"""What an editor shows while a notebook is typed: the pipeline, each cell's role, and the graph with its places."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CellRole, Notebook, Pipeline
from nb2pipe.reports import json
from nb2pipe.reports.graph import Box, arrows, boxes
from nb2pipe.reports.layout import Size, layered
from nb2pipe.reports.look import columns, cut
from nb2pipe.reports.svg import curve

TITLE, SMALL = 8.2, 6.8  # pixels that a character takes, at 13 and 11 pixels
HEIGHT, PADDING, NARROWEST = 44.0, 12.0, 96.0
LONGEST_NAME, LONGEST_LABEL = 28, 26
LABEL_HEIGHT = 18.0


def document(
    notebook: Notebook, roles: Sequence[CellRole], pipeline: Pipeline, found: Sequence[Diagnostic]
) -> json.Document:
    """``nb2pipe inspect --format json``, and ``roles`` (one per code cell) and ``graph`` beside it."""
    return {
        **json.of_inspection(notebook, pipeline, found),
        "roles": [_role(role) for role in roles],
        "graph": _graph(pipeline),
    }


def _role(role: CellRole) -> json.Document:
    return {
        "cell": role.cell + 1,
        "role": role.role.value,
        "step": role.step,
        "tagged": role.tagged,
        "metrics": role.metrics or bool(role.metric_tags),
    }


def _graph(pipeline: Pipeline) -> json.Document:
    """Boxes by the middle and the size, arrows as paths; in pixels."""
    steps, links = boxes(pipeline), arrows(pipeline)
    sizes = [_size(box) for box in steps]
    texts = [cut(link.label, LONGEST_LABEL) for link in links]
    labels = [Size(columns(text) * SMALL + 8, LABEL_HEIGHT) if text else None for text in texts]
    layout = layered(sizes, [(link.source, link.target) for link in links], labels)
    return {
        "width": layout.width,
        "height": layout.height,
        "nodes": [
            {
                "step": box.name,
                "label": cut(box.name, LONGEST_NAME),
                "cells": _cells(box),
                "x": at.x,
                "y": at.y,
                "width": size.width,
                "height": size.height,
            }
            for box, size, at in zip(steps, sizes, layout.nodes, strict=True)
        ],
        "edges": [
            {
                "from": steps[link.source].name,
                "to": steps[link.target].name,
                "names": list(link.names),
                "label": text,
                "path": curve(route),
                "x": route.label.x if route.label else None,
                "y": route.label.y if route.label else None,
            }
            for link, text, route in zip(links, texts, layout.routes, strict=True)
        ],
    }


def _size(box: Box) -> Size:
    name, cells = columns(cut(box.name, LONGEST_NAME)) * TITLE, columns(_cells(box)) * SMALL
    return Size(max(NARROWEST, name + 2 * PADDING, cells + 2 * PADDING), HEIGHT)


def _cells(box: Box) -> str:
    return cut(box.cells, 24) + (" · metrics" if box.metrics else "")
