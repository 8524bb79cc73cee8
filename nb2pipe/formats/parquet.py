"""Tables and columns as parquet."""

from __future__ import annotations

from nb2pipe.formats.format import Format

PARQUET = Format(
    name="parquet",
    suffix=".parquet",
    imports=(("pandas", "pd"),),
    accepts="frame",
    save="{value}.to_parquet({path})",
    load="{pd}.read_parquet({path})",
    describe="a pandas table: small, typed, read by every data tool",
)

PARQUET_SERIES = Format(
    name="parquet-series",
    suffix=".parquet",
    imports=(("pandas", "pd"),),
    accepts="series",
    save="{value}.to_frame().to_parquet({path})",
    load="{pd}.read_parquet({path}).iloc[:, 0]",
    describe="a named pandas column, as a table of one column",
)

PARQUET_ROWS = Format(
    name="parquet-rows",
    suffix=".parquet",
    imports=(("pandas", "pd"),),
    accepts="frame",
    save="{value}.to_parquet({path})",
    load="{pd}.read_parquet({path}).T.copy().T",
    describe="a pandas table of numbers that lies in memory row by row, as one made from an array: sums round alike",
)
