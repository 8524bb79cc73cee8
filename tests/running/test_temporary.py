"""Temporary folders of killed processes go when the next process needs one; those of living ones stay."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nb2pipe import temporary

OWNER = "import os, signal, sys\nfrom nb2pipe import temporary\nmade = temporary.make(sys.argv[1])\n"
KILLED = OWNER + "(made / 'x').write_text('x')\nos.kill(os.getpid(), signal.SIGKILL)"
LIVING = OWNER + "print(made, flush=True)\ninput()\ntemporary.remove(made)"


@pytest.mark.skipif(os.name == "nt", reason="signals, locks on folders")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """By the next one, which leaves alone what others hold, what is not ours, and what its own end removes."""
    (tmp_path / "nb2pipe_not_a_folder").touch()
    (tmp_path / "other").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", LIVING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as living:
        assert living.stdout is not None
        held = Path(living.stdout.readline().strip())
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 3
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 3
        assert held.is_dir()
        living.communicate("\n")
    ended = OWNER + "temporary.remove(made)"
    subprocess.run([sys.executable, "-c", ended, str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nb2pipe_not_a_folder", "other"]


def test_a_folder_that_is_swept_before_it_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that starts at this moment takes it for a dead one's: we make another."""
    gone = [str(tmp_path / "gone")]
    real = tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **words: gone.pop() if gone else real(**words))
    made = temporary.make(str(tmp_path))
    assert made.is_dir()
    temporary.remove(made)
