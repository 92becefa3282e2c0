"""The page's own files, beside those of Gradio: pictures, and what is fetched only where it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lenet.ui.refusals import Refusal

FOLDER = "/lenet/"
"""Where they are served. Scripts ask for `lenet/NAME`: the page may lie below another address."""


class Asset(NamedTuple):
    """A file of the page."""

    content: bytes
    """What is served."""

    kind: str
    """Its media type, as "image/png"."""


class Assets:
    """ASGI middleware that serves files from memory.

    A browser keeps them, and asks each time whether they are still the same.
    """

    def __init__(self, app: ASGIApp, files: Mapping[str, Asset]) -> None:
        """Stand in front of `app`.

        Args:
            app: answers all other requests.
            files: by their names, which have no "/".
        """
        self._app = app
        self._files = {name: (file, _tag(file.content)) for name, file in files.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file, or hand the request on."""
        if scope["type"] == "http" and scope["path"].startswith(FOLDER):
            await self._serve(scope["path"].removeprefix(FOLDER), Request(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _serve(self, name: str, request: Request) -> Response:
        if name not in self._files:
            raise Refusal(404, "error.request.unknown")
        file, tag = self._files[name]
        headers = {"etag": tag, "cache-control": "no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        response = Response(file.content, media_type=file.kind, headers=headers)
        if request.method == "HEAD":
            response.body = b""  # its length stays in the header
        return response


def _tag(content: bytes) -> str:
    """A weak ETag, as the answer may be compressed on its way."""
    return f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
