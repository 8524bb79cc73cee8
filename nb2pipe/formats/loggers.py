"""Loggers: pickles keep the name alone."""

from __future__ import annotations

from nb2pipe.formats.format import Format

LOGGER = Format(
    name="logger",
    suffix=".json",
    imports=(("json", "json"), ("logging", "logging"), ("pathlib", "pathlib")),
    accepts="logger",
    save="{pathlib}.Path({path}).write_text({json}.dumps([{value}.name, {value}.level]))",
    load="(lambda name, level: {logging}.getLogger(name).setLevel(level) or {logging}.getLogger(name))"
    "(*{json}.loads({pathlib}.Path({path}).read_text()))",
    describe="a logger without handlers of its own: its name and level",
)
