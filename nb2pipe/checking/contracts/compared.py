"""How the tables of a run compared with the contract, kept beside the run: one file a step, as steps run at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nb2pipe.running import runs
from nb2pipe.storing import write_bytes

FOLDER = "contracts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A table (``step/name``) with its usual rows and columns; ``notes`` say what is not as usual, none if all is."""

    table: str
    rows: int
    columns: int
    notes: tuple[str, ...] = ()


def write_compared(state: Path, run: str, step: str, compared: Sequence[Compared]) -> None:
    """Keep what was compared after a step; nothing if nothing was. Raises OSError."""
    if compared:
        data = msgspec.json.encode(list(compared))
        write_bytes(runs.folder(state, run) / FOLDER / f"{step}.json", data)


def read_compared(state: Path, run: str, steps: Sequence[str]) -> tuple[Compared, ...]:
    """What was compared in a run, in the order of these steps; what cannot be read is left out."""
    found: list[Compared] = []
    for step in steps:
        try:
            data = (runs.folder(state, run) / FOLDER / f"{step}.json").read_bytes()
            found += msgspec.json.decode(data, type=list[Compared])
        except (OSError, msgspec.MsgspecError):
            continue
    return tuple(found)
