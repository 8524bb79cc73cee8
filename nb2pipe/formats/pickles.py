"""Python objects in pickles: read them only where they come from a source you trust, with the same library versions."""

from __future__ import annotations

from nb2pipe.formats.format import Format

JOBLIB = Format(
    name="joblib",
    suffix=".joblib",
    imports=(("joblib", "joblib"),),
    accepts="any",
    save="{joblib}.dump({value}, {path})",
    load="{joblib}.load({path})",
    describe="a fitted model or any other Python object, as scikit-learn recommends",
)

PICKLE = Format(
    name="pickle",
    suffix=".pickle",
    imports=(("pathlib", "pathlib"), ("pickle", "pickle")),
    accepts="any",
    save="{pathlib}.Path({path}).write_bytes({pickle}.dumps({value}))",
    load="{pickle}.loads({pathlib}.Path({path}).read_bytes())",
    describe="any Python object where joblib is not installed, or where joblib would tear shared arrays apart",
)

CLOUDPICKLE = Format(
    name="cloudpickle",
    suffix=".cloudpickle",
    imports=(("pathlib", "pathlib"), ("cloudpickle", "cloudpickle")),
    accepts="any",
    save="{pathlib}.Path({path}).write_bytes({cloudpickle}.dumps({value}))",
    load="{cloudpickle}.loads({pathlib}.Path({path}).read_bytes())",
    describe="the last resort: objects that hold lambdas or functions defined inside functions, stored with their code",
)

JOBLIB_ROWS = Format(
    name="joblib-rows",
    suffix=".joblib",
    imports=(("joblib", "joblib"),),
    accepts="frame",
    save="{joblib}.dump({value}, {path})",
    load="{joblib}.load({path}).T.copy().T",
    describe="a pandas table of numbers that lies in memory row by row, where parquet does not give it back the same",
)
