"""The server's side of the editor. Each handler asks for a login, for permission and (XSRF) for the page's own request."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async, url_path_join
from tornado.web import HTTPError, authenticated

from nb2pipe.jupyter.analysis import analyse, proposal
from nb2pipe.jupyter.checks import Check, Checks, TooMany

LARGEST = 8 * 2**20  # bytes of a notebook without its outputs
CHECKS = "nb2pipe_checks"  # where the web application keeps them

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="nb2pipe")


class Handler(APIHandler):
    """What all have in common: JSON in, JSON out, errors as one sentence."""

    auth_resource = "contents"

    def body(self) -> dict[str, Any]:
        """The request's JSON object, if it is one and not too large."""
        if len(self.request.body) > LARGEST:
            self.fail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the notebook has more than {LARGEST >> 20} MB of source")
        try:
            content: Any = json.loads(self.request.body)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or not isinstance(content.get("path"), str):
            self.fail(HTTPStatus.BAD_REQUEST, "the request is no JSON object with a 'path'")
        return dict(content)

    def fail(self, status: HTTPStatus, sentence: str) -> NoReturn:
        """Answer with an error."""
        raise HTTPError(status.value, log_message=sentence.replace("%", "%%"), reason=sentence)


class Version(Handler):
    """Which nb2pipe the server has: how the editor learns that there is one."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """``{"version": "0.1.0"}``."""
        self.finish(json.dumps({"version": version("nb2pipe")}))


class Analyse(Handler):
    """The notebook in the request, analysed. Nothing is run, nothing is written."""

    @authenticated
    @authorized("read")
    async def post(self) -> None:
        """See :func:`nb2pipe.jupyter.analysis.analyse`."""
        content = self.body()
        loop = asyncio.get_running_loop()
        document = await loop.run_in_executor(_threads, analyse, content["path"], content.get("notebook"))
        self.finish(document)


class Propose(Handler):
    """Tags for the notebook in the request. Nothing is run, nothing is written."""

    @authenticated
    @authorized("read")
    async def post(self) -> None:
        """See :func:`nb2pipe.jupyter.analysis.proposal`."""
        content = self.body()
        loop = asyncio.get_running_loop()
        self.finish(await loop.run_in_executor(_threads, proposal, content["path"], content.get("notebook")))


class StartCheck(Handler):
    """Begins a check of a saved notebook. It runs the notebook: who may not start kernels may not start this."""

    auth_resource = "kernels"

    @authenticated
    @authorized("execute")
    async def post(self) -> None:
        """Answers at once; :class:`OneCheck` tells how it goes."""
        notebook = await self._notebook(self.body()["path"])
        try:
            check = self.settings[CHECKS].start(notebook)
        except TooMany:
            self.fail(HTTPStatus.TOO_MANY_REQUESTS, "other checks are running: wait for one of them, or cancel it")
        self.set_status(HTTPStatus.CREATED.value)
        self.finish(json.dumps(check.document()))

    async def _notebook(self, path: str) -> Path:
        """The file behind a path of the file browser; it must be one that the file browser would open."""
        manager = self.contents_manager
        if not hasattr(manager, "_get_os_path"):
            self.fail(HTTPStatus.NOT_IMPLEMENTED, "this server's notebooks are no files: nb2pipe check cannot run them")
        hidden = await ensure_async(manager.is_hidden(path))
        if (hidden and not manager.allow_hidden) or not await ensure_async(manager.file_exists(path)):
            self.fail(HTTPStatus.NOT_FOUND, "there is no such notebook: save it first")
        return Path(manager._get_os_path(path))  # it refuses what lies outside of the server's folder


class OneCheck(Handler):
    """A check that was begun."""

    auth_resource = "kernels"

    @authenticated
    @authorized("execute")
    async def get(self, identifier: str) -> None:
        """How it stands; ``?since=N`` leaves out the lines before."""
        since = self.get_query_argument("since", "0")
        self.finish(json.dumps(self._check(identifier).document(int(since) if since.isdecimal() else 0)))

    @authenticated
    @authorized("execute")
    async def delete(self, identifier: str) -> None:
        """Cancel it."""
        self._check(identifier).cancel()
        self.set_status(HTTPStatus.NO_CONTENT.value)
        self.finish()

    def _check(self, identifier: str) -> Check:
        check: Check | None = self.settings[CHECKS].get(identifier)
        if check is None:
            self.fail(HTTPStatus.NOT_FOUND, "the server does not know this check (any more)")
        return check


def install(application: Any) -> Checks:
    """Add the handlers to a server's web application; the checks are the caller's to close."""
    checks = Checks()
    application.settings[CHECKS] = checks
    base = url_path_join(application.settings["base_url"], "nb2pipe")
    application.add_handlers(
        ".*$",
        [
            (url_path_join(base, "version"), Version),
            (url_path_join(base, "analyse"), Analyse),
            (url_path_join(base, "propose"), Propose),
            (url_path_join(base, "checks"), StartCheck),
            (url_path_join(base, "checks/([0-9a-f]{32})"), OneCheck),
        ],
    )
    return checks
