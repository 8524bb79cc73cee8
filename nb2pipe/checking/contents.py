"""What a file says, apart from when and by which program it was written: its semantic digest.

Compressed files count by their payload, archives and office documents by their members, pictures by their pixels, tables
by their schema and values, notebooks by their sources. Files of other kinds count by their bytes. Pickles are not opened:
what they hold is compared where it is made, in the kernel.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePosixPath

_DEPTH = 3  # archives in archives
_WRITTEN_BY = re.compile(r"^docProps/(?:core|app)\.xml$")  # names, dates and programs in office documents
_PDF_MARKS = re.compile(rb"/(?:CreationDate|ModDate)\s*\([^)]*\)|/ID\s*\[[^\]]*\]|/Producer\s*\([^)]*\)")
_SVG_MARKS = re.compile(rb"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_SVG_NAMES = re.compile(rb'(?<=\bid=")[^"]+(?=")|(?<=#)[\w.:-]+(?=["\)])')


def digest(path: Path) -> str:
    """sha256 of what the file says; raises OSError."""
    return sha256(_said(path.name, path.read_bytes(), _DEPTH)).hexdigest()


def _said(name: str, data: bytes, depth: int) -> bytes:
    path = PurePosixPath(name)
    kind = path.suffix.lower()
    try:
        if kind in _PACKED and depth:
            return _said(path.stem, _PACKED[kind](data), depth - 1)
        if kind in _ARCHIVES and depth:
            return _members(data, depth - 1)
        return _READ[kind](data) if kind in _READ else data
    except Exception:  # not what its name says, or damaged: libraries raise many kinds of error
        return data


def _members(data: bytes, depth: int) -> bytes:
    found = sha256()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in sorted(archive.namelist()):
            if not _WRITTEN_BY.match(member):
                inside = sha256(_said(member, archive.read(member), depth)).digest()
                found.update(sha256(member.encode()).digest() + inside)
    return found.digest()


def _pixels(data: bytes) -> bytes:
    """As Pillow shows them; without it, what is drawn in lines before compression."""
    try:
        from PIL import Image
    except ImportError:
        return _png_lines(data)
    with Image.open(io.BytesIO(data)) as picture:
        shown = picture.convert("RGBA")
        return repr(shown.size).encode() + shown.tobytes()


def _png_lines(data: bytes) -> bytes:
    at, kept, lines = 8, b"", b""
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        part = data[at + 8 : at + 8 + length]
        lines += part if kind == b"IDAT" else b""
        kept += part if kind in (b"IHDR", b"PLTE", b"tRNS") else b""
        at += length + 12
    return kept + zlib.decompress(lines)


def _drawing(data: bytes) -> bytes:
    """Without date and comments, and with names that matplotlib draws at random replaced by their order."""
    order: dict[bytes, bytes] = {}
    return _SVG_NAMES.sub(
        lambda match: order.setdefault(match[0], b"%d" % len(order)), _SVG_MARKS.sub(b"", data)
    )  # fmt: skip


def _document(data: bytes) -> bytes:
    return _PDF_MARKS.sub(b"", data)


def _sources(data: bytes) -> bytes:
    cells = json.loads(data)["cells"]
    return json.dumps([(cell["cell_type"], "".join(cell["source"])) for cell in cells]).encode()


def _values(data: bytes) -> bytes:
    return json.dumps(json.loads(data), sort_keys=True).encode()


def _table(data: bytes) -> bytes:
    """Names, types and values of the columns; not how they are packed, nor which version wrote them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data)).combine_chunks()
    fields = [pa.field(field.name, field.type, field.nullable) for field in table.schema]
    plain = pa.Table.from_arrays(table.columns, schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, plain.schema) as stream:
        stream.write_table(plain)
    said: bytes = sink.getvalue().to_pybytes()
    return said


_PACKED: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
_ARCHIVES = (".zip", ".npz", ".xlsx", ".docx", ".pptx", ".ods")
_READ: dict[str, Callable[[bytes], bytes]] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"), _pixels),
    ".svg": _drawing,
    ".pdf": _document,
    ".ipynb": _sources,
    ".json": _values,
    ".parquet": _table,
}
