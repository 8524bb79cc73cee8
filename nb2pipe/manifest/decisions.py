"""What the user decided in the section ``tolerances``."""

from __future__ import annotations

from nb2pipe.manifest.entries import Manifest
from nb2pipe.manifest.pipelines import tolerance
from nb2pipe.model import Direction, Limits, Tolerance, ToleranceSource


def decided(manifest: Manifest) -> tuple[dict[str, Tolerance], dict[str, Direction]]:
    """The tolerances and the directions that the user wrote into the file, by metric."""
    entries = manifest.tolerances
    allowed = {
        name: tolerance(entry, ToleranceSource.FILE)
        for name, entry in entries.items()
        if entry.abs is not None or entry.rel is not None
    }
    return allowed, {name: entry.direction for name, entry in entries.items() if entry.direction}


def limits(manifest: Manifest) -> dict[str, Limits]:
    """The limits that the user wrote into the file, by metric."""
    return {
        name: Limits(min=entry.min, max=entry.max)
        for name, entry in manifest.tolerances.items()
        if entry.min is not None or entry.max is not None
    }


def gates(manifest: Manifest) -> dict[str, bool]:
    """Which metrics the user said are to fail checks, or only to be watched."""
    return {name: entry.gate for name, entry in manifest.tolerances.items() if entry.gate is not None}
