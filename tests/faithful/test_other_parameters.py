"""What the observed run saw is certain for its parameters only: runs with others look whether it still holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pipe import workflow
from nb2pipe.errors import StepFailed
from tests.building import notebook

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CELLS = (
    ("parameters", "drop = 0\nnoisy = False\naslist = False\nk = 0\nsame = False"),
    (
        "step:load",
        "import random\nimport numpy as np\nfrom operator import methodcaller\nrandom.seed(1)\n"
        "rows = {'a': 1, 'b': 2}\nv = [1.5] if aslist else np.ones(3)\nx0, x1 = 10, 20\n"
        "one, two = [1], [1]\nbest = one if same else two",
    ),
    ("step:clean", "if drop:\n    methodcaller('pop', 'a')(rows)\nn = 1\nif noisy:\n    n = random.random()"),
    ("step:report", "metric_name = 'total'\nextra = globals()['x%d' % k] if k else 0\nbest.append(one[0] + two[0])"),
    ("metrics", "total = sum(rows.values()) + float(sum(v)) + n + extra"),
)


def test_what_export_did_not_see(tmp_path: Path) -> None:
    """A change, a draw, another type, a name put together at run time: the step fails, and says what to do."""
    exported = workflow.export(notebook(tmp_path, *CELLS))
    assert exported.verification is not None
    assert exported.verification.verified
    steps = {step.name: step for step in exported.pipeline.steps}
    assert (steps["clean"].unchanged, steps["clean"].draws) == (("rows",), False)

    def failing(**parameters: object) -> tuple[str, str, str]:
        with pytest.raises(StepFailed) as caught:
            workflow.run(exported.project, parameters=parameters)
        (finding,) = caught.value.diagnostics
        return finding.code, finding.message, finding.notes[0]

    code, message, note = failing(drop=1)
    assert (code, "step 'clean' changes 'rows', and step 'report' gets it as it was before" in message) == (
        "NB509",
        True,
    )
    assert "out:rows" in note
    code, message, _ = failing(noisy=True)
    assert (code, "'clean' draws random numbers" in message) == ("NB509", True)
    code, message, _ = failing(aslist=True)
    assert (code, "'load' makes 'v' a list, and it was a numpy.ndarray" in message) == ("NB509", True)
    code, message, _ = failing(same=True)
    assert (code, "'load' makes 'best' and 'one' share an object" in message) == ("NB509", True)
    code, message, note = failing(k=1)
    assert (code, message) == ("NB502", "KeyError in step 'report': 'x1'")
    assert note == (
        "step 'load' has it (cell 2), and nothing in the code shows that 'report' reads it: tag cell 4 in:x1 and export again"
    )


def test_declared_it_holds_for_other_parameters(tmp_path: Path) -> None:
    """The remedies that the messages name."""
    tags = {"step:clean": "step:clean out:rows", "step:report": "step:report in:x1"}
    path = notebook(tmp_path, *((tags.get(tag, tag), source) for tag, source in CELLS))
    exported = workflow.export(path, verify=False)
    record = workflow.run(exported.project, parameters={"drop": 1, "k": 1})
    assert record.metrics["total"] == 2 + 3 + 1 + 20
