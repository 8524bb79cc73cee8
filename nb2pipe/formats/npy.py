"""numpy arrays as npy files."""

from __future__ import annotations

from nb2pipe.formats.format import Format

NPY = Format(
    name="npy",
    suffix=".npy",
    imports=(("numpy", "np"),),
    accepts="array",
    save="{np}.save({path}, {value})",
    load="{np}.load({path})",
    describe="a numpy array of numbers, dates or fixed-width text",
)
