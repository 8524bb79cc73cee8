"""Parts of a tool's work, timed from inside (run by the tool's interpreter); the last line printed is the cost.

python in_process.py engine|nbclient NOTEBOOK OUTPUT       imports are not counted
python in_process.py steps FOLDER NOTEBOOK ...              ordinary kernels, one after the other, papermill loaded once
python in_process.py parquet|npy ROWS FILE                  bare write and read
"""

import json
import resource
import sys
import time


def engine(notebook, output):
    """Papermill with nb2pipe's engine."""
    import papermill

    return lambda: papermill.execute_notebook(notebook, output, engine_name="nb2pipe", progress_bar=False)


def nbclient(notebook, output):
    """nbclient alone: read, execute, write once."""
    import nbformat
    from nbclient import NotebookClient

    def work():
        read = nbformat.read(notebook, as_version=4)
        NotebookClient(read).execute()
        nbformat.write(read, output)

    return work


def steps(folder, *notebooks):
    """papermill's plain engine."""
    import papermill

    artifacts = folder + "/artifacts"
    given = {"inputs": artifacts, "outputs": artifacts}

    def work():
        for at, notebook in enumerate(notebooks):
            papermill.execute_notebook(notebook, folder + f"/{at}.ipynb", parameters=given, progress_bar=False)

    return work


def parquet(rows, file):
    """The bytes of the frame that crosses the border, written and read by pandas as the steps do."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    df = pd.DataFrame(rng.normal(size=(int(rows), 25)), columns=[f"c{i}" for i in range(25)])
    pd.DataFrame({"x": [1.0]}).to_parquet(file)  # pyarrow is loaded
    pd.read_parquet(file)

    def work():
        df.to_parquet(file)
        pd.read_parquet(file)

    return work


def npy(rows, file):
    """The bytes of the array that crosses the border, written and read by numpy."""
    import numpy as np

    values = np.random.default_rng(0).normal(size=(int(rows), 25))

    def work():
        np.save(file, values)
        np.load(file)

    return work


def spent():
    """Seconds on the wall, and of CPU with those of finished children."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return time.perf_counter(), own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    work = {"engine": engine, "nbclient": nbclient, "steps": steps, "parquet": parquet, "npy": npy}[what](*given)
    before = spent()
    work()
    wall, cpu = (after - began for after, began in zip(spent(), before, strict=True))
    print(json.dumps({"wall": wall, "cpu": cpu}))
