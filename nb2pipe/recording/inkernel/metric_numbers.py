"""How a value becomes metrics. The function below stands, as it is, in every exported step that has metrics."""


def _numbers(name, value, depth=0):
    """The numbers in a value, by name: plain as {name: number}, inside of something else as {name.key: number}.

    Looked into: dicts, tables, columns, matrices that are small (a confusion matrix), and tuples, lists and arrays of up to
    20 numbers (scores of a cross-validation), 10 if they are whole: more are predictions or data.
    """
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # a number of numpy or torch
        value = value.item() if getattr(value.dtype, "kind", "f") in "iuf" else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        large = isinstance(value, int) and abs(value) > 2**53  # a float would lose digits
        return {} if large and abs(value) >= 1e300 else {name: value if large else float(value)}
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):  # a table: one row by column, more by row and column
        rows = value.to_numpy().tolist() if 0 < value.size <= 100 else []
        if len(rows) > 1 and not all(_numbers("", cell, 9) for row in rows for cell in row):
            return {}
        rows = [dict(zip(map(str, value.columns), row)) for row in rows]
        value = rows[0] if len(rows) == 1 else dict(zip(map(str, value.index), rows))
    elif hasattr(value, "index") and hasattr(value, "to_numpy"):  # a column: by label
        value = dict(zip(map(str, value.index), value.to_numpy().tolist())) if value.size <= 50 else None
    elif len(getattr(value, "shape", ())) in (1, 2) and hasattr(value, "tolist"):  # an array, by row and column
        rows = value.tolist() if max(value.shape) <= 50 else []
        value = dict(enumerate(map(tuple, rows))) if len(value.shape) == 2 and len(rows) <= 10 else rows
    if isinstance(value, list):
        value = tuple(value) if all(_numbers("", item, 9) for item in value[:50]) else ()
        value = value if len(value) <= (10 if all(isinstance(item, int) for item in value) else 20) else ()
    if isinstance(value, tuple):
        value = dict(enumerate(value)) if len(value) <= 50 else None
    found = {}
    if isinstance(value, dict) and len(value) <= 200 and depth < 5:
        for key, item in value.items():
            times = key in ("fit_time", "score_time")  # measured: they differ from run to run
            if not times and not (key == "support" and "f1-score" in value):
                found.update(_numbers("{}.{}".format(name, key) if name else str(key), item, depth + 1))
    return found
