"""The values of a sweep as people write them."""

from __future__ import annotations

import pytest

from nb2pipe import parameters
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Direction, Parameter, Sweep, SweepPoint
from nb2pipe.reports import sweepfiles, sweepplot, sweeps
from nb2pipe.reports.look import Look


def parameter(default: object, annotation: str | None = None) -> Parameter:
    """A parameter called p."""
    return Parameter(name="p", type=type(default).__name__, default=default, cell=0, line=1, annotation=annotation)


@pytest.mark.parametrize(
    ("default", "text", "expected"),
    [
        (3, "2,4,8", (2, 4, 8)),
        (3, "2:8:2, 10, 4", (2, 4, 6, 8, 10)),
        (3, "5:1:-2", (5, 3, 1)),
        (3, "0o10", (8,)),
        (0.5, "0.1:0.5:0.1", (0.1, 0.2, 0.3, 0.4, 0.5)),
        (0.5, "1e-3:3e-3:1e-3", (0.001, 0.002, 0.003)),
        (0.5, "1,2", (1.0, 2.0)),
        ("a", "x,y", ("x", "y")),
        ("a", '"a,b",it\'s, \'c,d\'', ("a,b", "it's", "c,d")),
        ("a", "1:3:1", ("1:3:1",)),
        (True, "yes,no", (True, False)),
        ([1], "[1, 2],[3]", ([1, 2], [3])),
        (None, "None,3,1:2:1,x", (None, 3, 1, 2, "x")),
    ],
)  # fmt: skip
def test_a_text_lists_values_in_the_parameters_type(default: object, text: str, expected: tuple[object, ...]) -> None:
    """Lists, ranges with both ends, quotes, brackets; each value once."""
    found = parameters.resolve_several([parameter(default)], {"p": text})["p"]
    assert (found, [type(value) for value in found]) == (expected, [type(value) for value in expected])


@pytest.mark.parametrize("text", ["2,four", "1:9:0", "5:1:1", "1:1e9:1", "", "1.5", "1:2:0.5"])
def test_what_is_no_value_is_refused(text: str) -> None:
    """Before anything runs, with the parameter's name."""
    with pytest.raises(InvalidInput, match="-p p"):
        parameters.resolve_several([parameter(3)], {"p": text})
    assert parameters.resolve_several([parameter(3)], {"p": [1, "2", 1]}) == {"p": (1, 2)}


def test_a_sweep_is_drawn_and_written_whatever_is_in_it(tmp_path: object) -> None:
    """Names and values that mean something in XML, NaN, values of several types, failed points, names that meet."""
    points = tuple(
        SweepPoint(parameters={"<a>": value, "best": 1}, metrics=metrics, error=error, step="s" if error else None)
        for value, metrics, error in (
            (1, {"<a>": 0.5, "y": float("nan")}, None),
            ("x & y", {"<a>": 0.25, "y": 1.0}, None),
            (None, {}, "it broke"),
        )
    )
    sweep = Sweep(
        pipeline="p", project="p", varied=("<a>",), points=points, metrics=("<a>", "y"), metric="<a>",
        direction=Direction.HIGHER, best=0, seconds=1.0,
    )  # fmt: skip
    from xml.etree import ElementTree

    drawn = ElementTree.fromstring(sweepplot.drawing(sweep))
    assert len([item for item in drawn.iter() if item.tag.endswith("circle")]) == 3
    columns = sweepfiles.rows(sweep)
    assert columns["<a>"] == ["1", "'x & y'", "None"]
    assert columns["metric <a>"] == [0.5, 0.25, None]
    assert columns["sweep best"] == [True, False, False]
    lines = sweeps.of_sweep(sweep, Look(width=80))
    assert lines[2].endswith("best, reused")
    assert "point 3: it broke" in lines
