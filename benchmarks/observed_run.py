"""What the observed run costs: ``nb2pipe export --no-verify`` beside plain papermill, as whole processes, in turns.

    python benchmarks/observed_run.py [--rounds 3] [NOTEBOOK ...]

Without notebooks: the samples, and a generated one that hands 1 GB of frames from step to step.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGE = (
    ("imports", "import numpy as np\nimport pandas as pd"),
    (
        "step:load",
        "rng = np.random.default_rng(0)\n"
        "df = pd.DataFrame(rng.normal(size=(5_000_000, 20)), columns=[f'c{i}' for i in range(20)])\n"
        "df['group'] = rng.integers(0, 1000, len(df))",
    ),
    ("step:clean", "small = df[df['c0'] > 0].copy()\nfor c in df.columns[:20]:\n    small[c] = small[c].rank()"),
    (
        "step:train",
        "means = small.groupby('group').mean()\nx = small[['c1', 'c2', 'c3']].to_numpy()\n"
        "coef = np.linalg.lstsq(x, small['c4'], rcond=None)[0]",
    ),
    ("metrics", "norm = float(np.abs(coef).sum())\nspread = float(means.std().mean())"),
)


def large(folder: Path) -> Path:
    """A notebook whose frames take 0.8 and 0.4 GB."""
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {"tags": [tag]}, "source": source, "outputs": [],
         "execution_count": None}
        for at, (tag, source) in enumerate(LARGE)
    ]  # fmt: skip
    path = folder / "large.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


def seconds(command: list[str], cwd: Path) -> float:
    """Wall time of a process that must succeed."""
    began = time.monotonic()
    done = subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return time.monotonic() - began


def main() -> None:
    """Print a line for each notebook."""
    parser = argparse.ArgumentParser(description="What the observed run costs beside plain papermill.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("notebooks", nargs="*", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        samples = sorted((ROOT / "sample_notebooks").glob("*.ipynb"))
        for path in map(Path.resolve, wanted.notebooks or [*samples, large(folder)]):
            plain, observed = [], []
            for _ in range(wanted.rounds):
                papermill = [sys.executable, "-m", "papermill", path.name, str(folder / "out.ipynb"), "-k", "python3"]
                plain.append(seconds(papermill, path.parent))
                export = [sys.executable, "-m", "nb2pipe", "export", path.name, "-o", str(folder / "p"), "--no-verify"]
                observed.append(seconds([*export, "--force", "-q", "-k", "python3"], path.parent))
            ratio = statistics.median(observed) / statistics.median(plain)
            sys.stdout.write(
                f"{path.name:24} papermill {statistics.median(plain):7.2f} s   "
                f"observed {statistics.median(observed):7.2f} s   ratio {ratio:.2f}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
