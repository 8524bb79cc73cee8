"""Pieces of a stream, which arrive as the clock cuts them."""

import nbformat

from nb2pipe.running.executing.bookkeeping import join_streams


def test_pieces_that_somebody_kept_stay_as_they_are():
    """The watcher of a slow loop that prints has one piece per line; it must not read the lines twice."""
    pieces = [nbformat.v4.new_output("stream", name="stdout", text=f"auc = 0.{n}\n") for n in range(3)]
    cell = nbformat.v4.new_code_cell(outputs=list(pieces))
    join_streams(cell)
    assert [output.text for output in cell.outputs] == ["auc = 0.0\nauc = 0.1\nauc = 0.2\n"]
    assert [piece.text for piece in pieces] == ["auc = 0.0\n", "auc = 0.1\n", "auc = 0.2\n"]
