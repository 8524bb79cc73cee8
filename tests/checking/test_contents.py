# ruff: noqa: E501  one line a case
"""Semantic digests: the same file written a second later says the same; another number says something else."""

import bz2
import gzip
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from nb2pipe.checking import contents

FRAME = pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", "y"]})


def packed(members: dict[str, str], year: int) -> bytes:
    """A zip archive whose members are dated."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), text)
    return target.getvalue()


def workbook(value: int, year: int) -> bytes:
    """As spreadsheet programs write it, as far as it matters."""
    return packed({"xl/sheet1.xml": f"<v>{value}</v>", "docProps/core.xml": f"<created>{year}</created>"}, year)


def parquet(frame: pd.DataFrame, **options: object) -> bytes:
    """A table as a file."""
    return frame.to_parquet(None, **options)


def picture(value: int, *, level: int, title: str) -> bytes:
    """A picture of four pixels."""
    from PIL import Image, PngImagePlugin

    target, about = io.BytesIO(), PngImagePlugin.PngInfo()
    about.add_text("Software", title)
    Image.fromarray(np.array([[0, 50], [100, value]], dtype=np.uint8)).save(
        target, "PNG", compress_level=level, pnginfo=about
    )
    return target.getvalue()


def svg(mark: str, x: int) -> bytes:
    """A drawing with a random name in it."""
    return (
        f'<svg><metadata><date>{mark}</date></metadata><path id="{mark}" d="M {x}"/>'
        f'<use xlink:href="#{mark}"/><g clip-path="url(#{mark})"/></svg>'
    ).encode()


CASES = [
    ("t.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=1), gzip.compress(b"a,b\n1,2\n", mtime=2), gzip.compress(b"a,b\n1,3\n", mtime=1)),
    ("t.json.bz2", bz2.compress(b'{"a": 1, "b": 2}'), bz2.compress(b'{"b":2,"a":1}'), bz2.compress(b'{"b":2,"a":3}')),
    ("r.xlsx", workbook(1, 2020), workbook(1, 2021), workbook(2, 2020)),
    ("m.npz", packed({"a.npy": "1", "b.npy": "2"}, 2020), packed({"b.npy": "2", "a.npy": "1"}, 2022), packed({"a.npy": "1", "c.npy": "2"}, 2020)),
    ("t.parquet", parquet(FRAME, compression="snappy"), parquet(FRAME, compression="zstd"), parquet(FRAME.assign(a=[1, 3]))),
    ("x.parquet", parquet(FRAME), parquet(FRAME, row_group_size=1), parquet(FRAME.rename(columns={"a": "z"}))),
    ("p.png", picture(7, level=0, title="one"), picture(7, level=9, title="two"), picture(8, level=0, title="one")),
    ("d.svg", svg("p1f", 3), svg("q9", 3), svg("p1f", 4)),
    ("d.pdf", b"%PDF /CreationDate (D:2020) /ID [<a> <b>] 1", b"%PDF /CreationDate (D:2021) /ID [<c> <d>] 1", b"%PDF /CreationDate (D:2020) /ID [<a> <b>] 2"),
    ("n.ipynb", *(json.dumps({"cells": [{"cell_type": "code", "source": s, "outputs": o}]}).encode() for s, o in [("a = 1", []), (["a = ", "1"], [1]), ("a = 2", [])])),
    ("t.csv", b"a,b\n", b"a,b\n", b"a,b\r\n"),
    ("broken.xlsx", b"no archive", b"no archive", b"none"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "same", "other"), CASES, ids=[case[0] for case in CASES])
def test_what_a_file_says(tmp_path, name, one, same, other):
    """Its digest is another if and only if the contents are."""
    digests = []
    for data in (one, same, other):
        (tmp_path / name).write_bytes(data)
        digests.append(contents.digest(tmp_path / name))
    assert digests[0] == digests[1] != digests[2]


def test_pictures_without_pillow():
    """The lines before compression, not what stands beside them."""
    one, two, three = (picture(v, level=n, title=t) for v, n, t in [(7, 1, "a"), (7, 9, "b"), (8, 1, "a")])
    assert contents._png_lines(one) == contents._png_lines(two) != contents._png_lines(three)
