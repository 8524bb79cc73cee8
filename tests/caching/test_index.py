"""The index of the cache, used by several at the same time."""

from __future__ import annotations

import os
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from nb2pipe.running.caching.index import FILE_NAME, Index


@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_many_find_no_index(tmp_path: Path) -> None:
    """Of several runs that begin at once in a new project, one creates the index, and all use it."""
    many, context = 6, get_context("fork")
    for number in range(12):
        state = tmp_path / str(number)
        together = context.Barrier(many)
        processes = [context.Process(target=_use, args=(state, together, name)) for name in range(many)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * many
        index = Index(state)
        assert [index.note(str(name)) for name in range(many)] == list(range(many))
        index.close()
        assert [path.name for path in state.iterdir()] == [FILE_NAME]


def _use(state: Path, together: Barrier, name: int) -> None:
    index = Index(state)
    together.wait()
    index.keep_note(str(name), name)
    index.entries("load")
    index.close()


def test_a_damaged_index_is_begun_anew(tmp_path: Path) -> None:
    """It holds nothing that cannot be made again."""
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 1000)
    index = Index(tmp_path)
    index.keep_note("a", 1)
    assert index.note("a") == 1
    index.close()
