"""scipy's distributions, which draw from numpy's global generator in whatever process they are."""

from __future__ import annotations

from nb2pipe.formats.format import Format

DISTRIBUTION = Format(
    name="distribution",
    suffix=".joblib",
    imports=(("joblib", "joblib"),),
    accepts="distribution",
    save="{joblib}.dump({value}, {path})",
    load='(lambda loaded: loaded.__setattr__("random_state", None) or loaded)({joblib}.load({path}))',
    describe="a distribution of scipy's that draws from numpy's global generator, as it does without `random_state`",
)
