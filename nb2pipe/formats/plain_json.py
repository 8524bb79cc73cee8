"""Plain data as JSON."""

from __future__ import annotations

from nb2pipe.formats.format import Format

JSON = Format(
    name="json",
    suffix=".json",
    imports=(("pathlib", "pathlib"), ("json", "json")),
    accepts="plain",
    save="{pathlib}.Path({path}).write_text({json}.dumps({value}))",
    load="{json}.loads({pathlib}.Path({path}).read_text())",
    describe="plain data: numbers, text, lists and dicts with text as keys; readable in any editor",
)
