"""NB590: nb2pipe's own code in the kernel failed."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB590"
TITLE = "nb2pipe's own code in the kernel failed"
SEVERITY = Severity.ERROR
EXPLAIN = """\
While the original notebook runs, nb2pipe looks at its values between steps, with a little code of its own in the kernel. That
code failed. This is a bug in nb2pipe, or the kernel cannot write to the temporary folder.

```console bad
$ df -h /tmp    # 100% used
```

```console good
$ df -h /tmp    # some room left
```

What to do: look whether the disk is full; else report it with the lines shown. `nb2pipe export --static` does without.
"""


def diagnostic(what: str, notes: tuple[str, ...]) -> Diagnostic:
    """``what`` the code said, ``notes`` the end of its traceback."""
    return Diagnostic(code=CODE, severity=SEVERITY, message=f"the probe in the kernel failed: {what}", notes=notes)
