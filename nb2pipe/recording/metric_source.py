"""The function that an exported step uses to note its metrics: the very one that the probe uses."""

from __future__ import annotations

from importlib.resources import files


def snippet() -> str:
    """Source of ``_numbers(name, value) -> {name: float}``: plain Python 3.8, nothing to import.

    A number is called ``name``, one inside of something else ``name.key``. With the name ``""`` the keys alone remain,
    as the probe reports them, so that the original's and the steps' metrics have the same names.
    """
    text = files("nb2pipe.recording").joinpath("inkernel", "metric_numbers.py").read_text("utf-8")
    return text[text.index("def _numbers") :].rstrip() + "\n"
