"""The pipeline as a Mermaid flowchart, which GitHub, GitLab, JupyterLab and VS Code draw."""

from __future__ import annotations

from nb2pipe.model import Pipeline
from nb2pipe.reports.graph import arrows, boxes


def flowchart(pipeline: Pipeline) -> str:
    """Steps as boxes, data on solid arrows, order alone on dotted ones."""
    lines = ["flowchart TD"]
    for index, box in enumerate(boxes(pipeline)):
        rows = [f"<b>{_escaped(box.name)}</b>", box.cells]
        rows.append(_escaped(", ".join(box.metrics)))
        lines.append(f'    s{index}["{"<br/>".join(row for row in rows if row)}"]')
    for arrow in arrows(pipeline):
        link = f'-- "{_escaped(arrow.label)}" -->' if arrow.names else "-.->"
        lines.append(f"    s{arrow.source} {link} s{arrow.target}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Mermaid reads ``#code;`` as a character; everything that it or HTML takes as markup is written that way."""
    return "".join(c if c.isalnum() or c in " _-.,:()=+/" else f"#{ord(c)};" for c in text)
