"""Executed notebooks as small HTML documents for frames: nbconvert's basic template, with a style sheet of ours."""

from __future__ import annotations

import json
import warnings
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from nb2pipe.reports.page.model import Json

if TYPE_CHECKING:
    from nbconvert.exporters.html import HTMLExporter

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">\
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">\
<title>{title}</title><style>{style}</style></head><body>"""
LARGEST = 3_000_000  # characters of one notebook; beyond, the file itself is the better place to look


def document(name: str, notebook: Json) -> str:
    """The notebook as a document of its own, without scripts; a sentence if it is too large or cannot be shown."""
    from nb2pipe.exporting.templates import folder

    style = (folder() / "report" / "notebook.css").read_text(encoding="utf-8")
    body = ""
    try:
        with warnings.catch_warnings(action="ignore"):  # of outputs that no browser shows, such as scrapbook's records
            body, _ = _exporter().from_notebook_node(_node(notebook))
    except Exception as error:  # of nbconvert or its plugins, about outputs of any kind
        body = (
            f"<p>This notebook cannot be shown: {escape(str(error).splitlines()[0] if str(error) else repr(error))}</p>"
        )
    if len(body) > LARGEST:
        body = f"<p>This notebook is too large to be shown here ({len(body) // 1_000_000} MB): open its file.</p>"
    return f"{HEAD.format(title=escape(name), style=style)}{body}</body></html>"


def height(notebook: Json) -> int:
    """About how many pixels it takes, as a frame without scripts cannot tell; it scrolls if that is too few."""
    lines = pictures = 0
    for cell in notebook.get("cells", ()):
        lines += 2 + "".join(cell.get("source", "")).count("\n")
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            pictures += "image/png" in data
            text = output.get("text", data.get("text/plain", ""))
            lines += 1 + "".join(text).count("\n")
    return max(120, min(700, lines * 20 + pictures * 420))


@cache
def _exporter() -> HTMLExporter:
    from nbconvert.exporters.html import HTMLExporter

    return HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)


def _node(notebook: Json) -> Any:
    """As nbformat has it, with lines joined; not validated, as it was when it was written."""
    from nbformat.v4 import reads_json

    return reads_json(json.dumps(_light(notebook)))


def _light(notebook: Json) -> Json:
    """Without scripts and widgets, which would not run here, so that the next best form of an output is shown."""
    unwanted = ("application/javascript", "application/vnd.jupyter.widget-view+json")
    cells = []
    for cell in notebook["cells"]:
        outputs = [
            {**output, "data": {kind: data for kind, data in output["data"].items() if kind not in unwanted}}
            if "data" in output
            else output
            for output in cell.get("outputs", ())
        ]
        cells.append({**cell, "outputs": outputs} if "outputs" in cell else cell)
    return {**notebook, "cells": cells}
