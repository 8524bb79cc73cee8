"""The Jupyter server extension ``nb2pipe``: it offers the analysis to the editor, and runs checks when asked to."""

from __future__ import annotations

import atexit
from typing import Any


def load(server: Any) -> None:
    """What Jupyter calls when the server starts."""
    from nb2pipe.jupyter.handlers import install

    checks = install(server.web_app)
    atexit.register(checks.close)
    server.log.info("nb2pipe | analyses notebooks while they are typed, and checks them when asked to")
