"""The formats in which values are handed from step to step, in order of preference."""

from __future__ import annotations

from nb2pipe.formats.distributions import DISTRIBUTION
from nb2pipe.formats.format import Format, needed, render_load, render_save
from nb2pipe.formats.loggers import LOGGER
from nb2pipe.formats.npy import NPY
from nb2pipe.formats.parquet import PARQUET, PARQUET_ROWS, PARQUET_SERIES
from nb2pipe.formats.pickles import CLOUDPICKLE, JOBLIB, JOBLIB_ROWS, PICKLE
from nb2pipe.formats.plain_json import JSON
from nb2pipe.formats.sparse import NPZ_SPARSE

FORMATS: tuple[Format, ...] = (
    PARQUET,
    PARQUET_ROWS,
    PARQUET_SERIES,
    NPY,
    JSON,
    NPZ_SPARSE,
    DISTRIBUTION,
    LOGGER,
    JOBLIB,
    JOBLIB_ROWS,
    PICKLE,
    CLOUDPICKLE,
)


def by_name(name: str) -> Format:
    """The format of that name; raises KeyError."""
    for form in FORMATS:
        if form.name == name:
            return form
    raise KeyError(name)


__all__ = ["FORMATS", "Format", "by_name", "needed", "render_load", "render_save"]
