"""scipy's sparse matrices as npz files."""

from __future__ import annotations

from nb2pipe.formats.format import Format

NPZ_SPARSE = Format(
    name="npz-sparse",
    suffix=".npz",
    imports=(("scipy.sparse", "sparse"),),
    accepts="sparse",
    save="{sparse}.save_npz({path}, {value})",
    load="{sparse}.load_npz({path})",
    describe="a scipy sparse matrix, such as a vectorizer's output",
)
