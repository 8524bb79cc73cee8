# ruff: noqa: E501  one line a case
"""Numbers in stored outputs: every kind that real notebooks show, tied to the code where the code tells."""

import pytest

from nb2pipe.model import Cell, CellKind, Environment, Notebook
from nb2pipe.outputs.cells import read_cell
from nb2pipe.outputs.plain import cleaned
from nb2pipe.outputs.trust import Trust, trust

REPORT = """              precision    recall  f1-score   support

           0       0.83      0.90      0.86      1035
         yes       0.64      0.49      0.56       374

    accuracy                           0.79      1409
   macro avg       0.74      0.70      0.71      1409
"""
OLD_REPORT = """             precision    recall  f1-score   support

         No       0.97      1.00      0.99      9667

avg / total       0.97      0.97      0.97     10000
"""
KERAS = (
    "Epoch 1/2\n10/10 [==============================] - 1s 2ms/step - loss: 0.9 - accuracy: 0.5\n"
    "Epoch 2/2\n 1/10 [==>.......] - ETA: 1s - loss: 0.1\r10/10 [=====] - 1s 2ms/step - loss: 0.25 - accuracy: 0.875\n"
)
TABLE = """<style>td {x: 1}</style><table><thead><tr><th></th><th>acc</th><th>f1</th></tr></thead><tbody>
<tr><th>rf</th><td>0.91</td><td>0.8</td></tr><tr><th>lr</th><td>0.89</td><td>0.7</td></tr></tbody></table>"""

PRINTED = [
    ("f-string", 'print(f"Accuracy: {acc:.4f}")', "Accuracy: 0.9123\n", [("acc", 0.9123, 4, "acc")]),
    ("two in one line", 'print(f"acc {a:.2f} f1 {b:.3f}")', "acc 0.91 f1 0.875\n", [("a", 0.91, 2, "a"), ("b", 0.875, 3, "b")]),
    ("percent of a share", 'print("acc: {:.1f}%".format(acc * 100))', "acc: 91.2%\n", [("acc", 0.912, 3, "acc")]),
    ("percent format", 'print(f"acc: {acc:.1%}")', "acc: 91.2%\n", [("acc", 0.912, 3, "acc")]),
    ("percent sign behind a plain number", 'print(f"acc: {acc}%")', "acc: 91.25%\n", [("acc", 91.25, None, "acc")]),
    ("old formatting", 'print("AUC = %.3f, n = %d" % (auc, n))', "AUC = 0.812, n = 40\n", [("auc", 0.812, 3, "auc"), ("n", 40, 0, "n")]),
    ("joined texts", 'print("mse " + str(round(mse, 2)))', "mse 10.25\n", [("mse", 10.25, 2, "mse")]),
    ("comma", 'print("R2:", r2)', "R2: 0.7355165\n", [("r2", 0.7355165, None, "r2")]),
    ("wrapped", 'print("R2:", [r2])', "R2: [np.float64(0.75)]\n", [("R2.0", 0.75, 2, "[r2]")]),
    ("call", "print(f1_score(y, p))", "0.75\n", [("f1_score(y, p)", 0.75, None, "f1_score(y, p)")]),
    ("label of a call", 'print("F1:", f1_score(y, p))', "F1: 0.75\n", [("F1", 0.75, None, "f1_score(y, p)")]),
    ("matrix", 'print("cm\\n", cm)', "cm\n [[50  2]\n [ 3 45]]\n", [("cm.0.0", 50, 0, "cm"), ("cm.1.1", 45, 0, "cm")]),
    ("scores", "print(scores)", "[0.9  0.85 0.875]\n", [("scores.1", 0.85, 3, "scores"), ("scores.2", 0.875, 3, "scores")]),
    ("dict", "print(found)", "{'acc': 0.9, 'n': 5}\n", [("found.acc", 0.9, 1, "found"), ("found.n", 5, 0, "found")]),
    ("report", "print(classification_report(y, p))", REPORT, [("0.f1-score", 0.86, 2, ...), ("accuracy", 0.79, 2, ...)]),
    ("report of a variable", "print(r)", OLD_REPORT, [("r.No.recall", 1.0, 2, "r"), ("r.avg / total.recall", 0.97, 2, "r")]),
    ("loop", 'for n, m in ms:\n    print(f"{n}: {m:.2f}")', "rf: 0.91\nlr: 0.85\n", [("rf", 0.91, 2, "m"), ("lr", 0.85, 2, "m")]),
    ("mean and deviation in a loop", 'for C in cs:\n    print("C=%s, auc = %0.3f ± %0.3f" % (C, np.mean(aucs), np.std(aucs)))', "C=0.1, auc = 0.825 ± 0.013\nC=1, auc = 0.839 ± 0.009\n", [("auc", 0.825, 3, "np.mean(aucs)"), ("auc ±#2", 0.009, 3, "np.std(aucs)")]),
    ("no name holds a number that another expression printed", 'print(f"acc {f(x):.3f} f1 {g(x):.3f}")', "acc 0.812 f1 0.700\n", [("acc", 0.812, 3, "f(x)"), ("f1", 0.7, 3, "g(x)")]),
    ("mean and deviation", 'print(f"AUC: {f(x):.4f} (+/- {g(x):.4f})")', "AUC: 0.8399 (+/- 0.0219)\n", [("AUC", 0.8399, 4, "f(x)"), ("AUC ±", 0.0219, 4, "g(x)")]),
    ("a number without words of its own", 'print(f"acc: {f(x):.3f} ({g(x):.3f})")', "acc: 0.812 (0.700)\n", [("acc", 0.812, 3, "f(x)"), ("acc#2", 0.7, 3, "g(x)")]),
    ("a number in the label's own words", 'print(f"Precision at 10: {f(x):.4f}")', "Precision at 10: 0.8399\n", [("Precision at 10", 0.8399, 4, "f(x)")]),
    ("how far a progress bar has come is no name", "status(3)", "50/50 - loss: 0.0900 - mse: 858.5000\n", [("loss", 0.09, 4, None), ("mse", 858.5, 4, None)]),
    ("a bracket in the label", 'print("Mean squared error (MSE): %.2f" % mse(a, b))', "Mean squared error (MSE): 1.01\n", [("Mean squared error (MSE)", 1.01, 2, "mse(a, b)")]),
    ("what is displayed is not printed", 'for k in ks:\n    display(HTML(f"<h3>{k}</h3>"))\n    print("error:\\n" + str(s(c)["e"]))', "error:\n0.5\nerror:\n0.75\n", [("error", 0.5, 1, "s(c)['e']"), ("error#2", 0.75, 2, "s(c)['e']")]),
    ("str.format", 'print(str.format("R^2 score: {}", lr.score(x, y)))', "R^2 score: 0.93\n", [("R^2 score", 0.93, None, "lr.score(x, y)")]),
    ("numbers of fixed text", 'print("AUC > 0.8: good")\nshow(m)', "AUC > 0.8: good\nauc: 0.7\n", [("auc", 0.7, 1, None)]),
    ("words with time in them", 'print(f"sentiment accuracy: {f(x):.2f}")\nprint(f"time series rmse {h(x)}")\nprint(f"second model: {g(x)}")', "sentiment accuracy: 0.82\ntime series rmse 0.2\nsecond model: 0.5\n", [("sentiment accuracy", 0.82, 2, "f(x)"), ("time series rmse", 0.2, None, "h(x)"), ("second model", 0.5, None, "g(x)")]),
    ("durations are no results", 'print(f"took {b - a:.2f} s")', "took 2.33 s\n", []),
    ("what a loop counts on", 'for p in ps:\n    n += 1\n    lr = 10 ** -n\n    print(f"{n} of {m}: {lr} {2 ** n}")', "1 of 5: 0.1 2\n2 of 5: 0.01 4\n", []),
    ("epochs of", 'for e in range(1, n + 1):\n    print("Epoch {}/{}".format(e, n))\n    print("acc", a[e])', "Epoch 1/2\nacc 0.5\nEpoch 2/2\nacc 0.75\n", [("acc", 0.5, 1, "a[e]"), ("acc#2", 0.75, 2, "a[e]")]),
    ("seeds", 'for seed in SEEDS:\n    print(f"seed {seed}")', "seed 42\nseed 7\n", []),
    ("what a loop counts by itself", 'for f in files:\n    if bad(f):\n        n += 1\n        print("bad", n)', "bad 1\nbad 2\n", [("bad", 1, 0, "n"), ("bad#2", 2, 0, "n")]),
    ("a loop's counter is no result", 'for i in range(2):\n    print(f"fold {i}")', "fold 0\nfold 1\n", []),
    ("no separator", "show(model)", "accuracy 0.97\n", [("accuracy", 0.97, 2, None)]),
    ("several on a line", "show(model)", "Train: 0.98 Test: 0.87\n", [("Train", 0.98, 2, None), ("Test", 0.87, 2, None)]),
    ("percent without code", "show(model)", "accuracy: 91.2 %\n", [("accuracy", 0.912, 3, None)]),
    ("thousands", "show(model)", "MAE is 10,651.04\n", [("MAE is", 10651.04, 2, None)]),
    ("label above", "show(model)", "Test accuracy:\n0.875\n", [("Test accuracy", 0.875, 3, None)]),
    ("report without code", "show(model)", REPORT, [("0.precision", 0.83, 2, None), ("yes.support", 374, 0, None)]),
    ("Keras", "model.fit(x, y)", KERAS, [("loss", 0.25, 2, None), ("accuracy", 0.875, 3, None)]),
    ("boosting", "fit()", "[0]\ttrain-auc:0.7\ttest-auc:0.6\n[9]\ttrain-auc:0.9\ttest-auc:0.8\n", [("train-auc", 0.9, 1, None), ("test-auc", 0.8, 1, None)]),
    ("epochs of one's own", "train()", "Epoch 1, loss: 0.5\nEpoch 2, loss: 0.25\n", [("loss", 0.25, 2, None)]),
    ("colours", "show()", "\x1b[1mAUC\x1b[0m: \x1b[32m0.81\x1b[0m\n", [("AUC", 0.81, 2, None)]),
    ("series", "print(s)", "mae     1.5\nrmse    2.25\ndtype: float64\n", [("s.mae", 1.5, 1, "s"), ("s.rmse", 2.25, 2, "s")]),
    ("frame", "print(df)", "   accuracy    f1\n0      0.94  0.88\n", [("df.accuracy", 0.94, 2, "df"), ("df.f1", 0.88, 2, "df")]),
    ("named frame", "print(df)", "True       1   2\nPredicted       \n1          8   0\n2          1  23\n", [("df.1.1", 8, 0, "df"), ("df.2.2", 23, 0, "df")]),
    ("progress", "fit()", "Fitting 5 folds for each of 10 candidates, totalling 50 fits\n 40%|####   | 4/10 [00:01<00:02, 3.1it/s]\n", []),
    ("a name with a digit", "show()", "F1-score of top-5: 0.5\n", [("F1-score of top-5", 0.5, 1, None)]),
]  # fmt: skip

SHOWN = [
    ("float", "model.score(X, y)", "0.875", {"model.score(X, y)": (0.875, None)}),
    ("numpy", "acc", "np.float64(0.875)", {"acc": (0.875, None)}),
    ("tensor", "acc", "tensor(0.8750)", {"acc": (0.875, 4)}),
    ("tuple", "(acc, f1)", "(0.9123456789012, 0.5)", {"acc": (0.9123456789012, None), "f1": (0.5, 1)}),
    ("array", "s", "array([0.9, 0.875])", {"s.0": (0.9, 3), "s.1": (0.875, 3)}),
    ("matrix", "cm", "array([[7, 3],\n       [2, 8]], dtype=int64)", {"cm.0.1": (3.0, 0), "cm.1.1": (8.0, 0)}),
    (
        "cv dict",
        "cv",
        "{'fit_time': array([0.1, 0.2]), 'test_score': array([0.5, 0.75])}",
        {"cv.test_score.1": (0.75, 2)},
    ),
    ("report text", "r", repr(OLD_REPORT), {"r.No.recall": (1.0, 2)}),
    ("estimator", "m.fit(X, y)", "RandomForestClassifier(n_estimators=10)", {}),
    ("NaN", "acc", "nan", {"acc": (float("nan"), 0)}),
]


def cell(source, *outputs, index=0, count=1):
    """A code cell with outputs."""
    return Cell(index=index, id=str(index), kind=CellKind.CODE, source=source, outputs=outputs, execution_count=count)


def stream(text, name="stdout"):
    """What a cell printed."""
    return {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}


def result(**data):
    """A cell's result; ``html`` and ``plain``."""
    return {"output_type": "execute_result", "data": {f"text/{kind}": text for kind, text in data.items()}}


@pytest.mark.parametrize(("source", "text", "expected"), [c[1:] for c in PRINTED], ids=[c[0] for c in PRINTED])
def test_printed_numbers_are_read(source, text, expected):
    """With their name, the decimals shown, and the expression where the code has one."""
    found = {reading.name: reading for reading in read_cell(cell(source, stream(text)), source)}
    if not expected:
        assert not found
    for name, value, decimals, expression in expected:
        assert name in found, list(found)
        reading = found[name]
        assert (round(reading.value, 9), reading.decimals) == (round(value, 9), decimals)
        assert expression is ... or reading.expression == expression


@pytest.mark.parametrize(("source", "text", "expected"), [c[1:] for c in SHOWN], ids=[c[0] for c in SHOWN])
def test_results_are_read(source, text, expected):
    """The value of the last expression, whole or by key; measured times are none."""
    found = {r.name: (r.value, r.decimals) for r in read_cell(cell(source, result(plain=text)), source)}
    assert repr({name: found.get(name) for name in expected}) == repr(expected)
    assert bool(found) == bool(expected)
    assert not any("fit_time" in name for name in found)


def test_tables_and_records_are_read():
    """HTML tables by row and column; what scrapbook and the old papermill recorded, by name."""
    table = read_cell(cell("df", result(html=TABLE, plain="...")), "df")
    assert {r.name: r.value for r in table} == {"df.rf.acc": 0.91, "df.rf.f1": 0.8, "df.lr.acc": 0.89, "df.lr.f1": 0.7}
    scrap = {"name": "auc", "data": 0.8125, "encoder": "json", "version": 1}
    outputs = (
        {"output_type": "display_data", "data": {"application/scrapbook.scrap.json+json": scrap}},
        {"output_type": "display_data", "data": {"application/papermill.record+json": {"rmse": 2.5}}},
    )
    records = read_cell(cell('sb.glue("auc", auc)', *outputs), 'sb.glue("auc", auc)')
    assert {r.name: (r.value, r.source.value) for r in records} == {"auc": (0.8125, "record"), "rmse": (2.5, "record")}


def test_stderr_holds_no_results():
    """Warnings and logs of libraries are not read."""
    assert not read_cell(cell("f()", stream("loss: 0.5\n", "stderr")), "f()")


def test_overwritten_text_is_gone():
    """Carriage returns and backspaces act as on a terminal."""
    assert cleaned("10%\r50%\r\n1 2\x08\x083\n\x1b[31mred\x1b[0m") == "50%\n13\nred"


def notebook(*cells, **more):
    """A notebook of cells."""
    return Notebook(path="nb.ipynb", cells=cells, **more)


def test_doubts_about_stored_outputs():
    """Order, errors, cells that never ran, and versions that are named and not those of this run."""
    fine = notebook(cell("a = 1", index=0, count=1), cell("a", index=1, count=2))
    assert trust(fine, 1) == ()
    stale = notebook(cell("a = 1", index=0, count=5), cell("a", index=1, count=2))
    assert trust(stale, 1) == (Trust.ORDER,)
    unrun = notebook(cell("a = 1", index=0, count=1), cell("b = 1", index=1, count=None), cell("a", index=2, count=2))
    assert trust(unrun, 2) == (Trust.UNRUN,)
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    assert trust(notebook(cell("a", error, index=0), cell("b", index=1, count=2)), 1) == (Trust.ERROR,)
    pinned = notebook(
        cell("!pip install scikit-learn==0.24.2", index=0), cell("a", index=1, count=2), python_version="3.8.1"
    )
    here = Environment(python="3.11.7", implementation="cpython", platform="x", packages={"scikit_learn": "1.5.0"})
    assert trust(pinned, 1, here) == (Trust.PYTHON, Trust.PACKAGES)
    assert trust(pinned, 1) == ()
