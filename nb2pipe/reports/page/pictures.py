"""Figures of the original beside those of the run: equal, or how many pixels differ and where."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping

from nb2pipe.model import Pipeline
from nb2pipe.reports.page.model import Figure, Json

MOST = 40  # figures in a report: whoever draws more looks into the notebooks
LARGEST = 12_000_000  # pixels that are compared one by one


def figures(pipeline: Pipeline, original: Json | None, notebooks: Mapping[str, Json]) -> tuple[Figure, ...]:
    """The figures of all steps, by cell; pairs are by their order in the cell."""
    before = dict(_by_cell(original, of_original=True)) if original else {}
    found: list[Figure] = []
    for step in pipeline.steps:
        now = dict(_by_cell(notebooks[step.name], of_original=False)) if step.name in notebooks else None
        if now is None:
            continue
        for cell in step.cells:
            old, new = before.get(cell, ()), now.get(cell, ())
            for number in range(max(len(old), len(new))):
                a = old[number] if number < len(old) else None
                b = new[number] if number < len(new) else None
                found.append(_compared(step.name, cell, number, a, b, known=original is not None))
    return tuple(found[:MOST])


def _by_cell(notebook: Json, *, of_original: bool) -> Iterator[tuple[int, tuple[str, ...]]]:
    for index, cell in enumerate(notebook.get("cells", ())):
        place = index + 1 if of_original else cell.get("metadata", {}).get("nb2pipe", {}).get("cell")
        pictures = tuple(
            "".join(output["data"]["image/png"]).replace("\n", "").strip()
            for output in cell.get("outputs", ())
            if "image/png" in output.get("data", {})
        )
        if isinstance(place, int) and pictures:
            yield place - 1, pictures


def _compared(step: str, cell: int, number: int, old: str | None, new: str | None, *, known: bool) -> Figure:
    share, marked = None, None
    if old is None or new is None:
        verdict = "missing" if new is None else "new" if known else "not compared"
    elif old == new:
        verdict, share = "identical", 0.0
    else:
        share, marked = _apart(old, new)
        verdict = "identical" if share == 0 else "differs"
    return Figure(
        step=step, cell=cell, number=number, original=old, reproduced=new, verdict=verdict, share=share, marked=marked
    )  # fmt: skip


def _apart(old: str, new: str) -> tuple[float | None, str | None]:
    """The share of pixels that differ, and the new picture, pale, with these in red; nothing without Pillow."""
    try:
        from PIL import Image, ImageChops
    except ImportError:
        return None, None
    try:
        one, other = (Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB") for text in (old, new))
        if one.size != other.size or one.size[0] * one.size[1] > LARGEST:
            return None, None
        apart = ImageChops.difference(one, other)
        red, green, blue = apart.split()
        mask = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value else 0)
        count = mask.histogram()[255]
        if not count:
            return 0.0, None
        pale = Image.blend(other.convert("L").convert("RGB"), Image.new("RGB", other.size, "white"), 0.65)
        pale.paste(Image.new("RGB", other.size, (200, 30, 30)), mask=mask)
        target = io.BytesIO()
        pale.quantize(32).save(target, "PNG", optimize=True)
        return count / (one.size[0] * one.size[1]), base64.b64encode(target.getvalue()).decode()
    except (OSError, ValueError):
        return None, None  # no picture that Pillow reads
