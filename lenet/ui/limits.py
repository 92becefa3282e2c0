"""Bounds on the size of requests; Gradio itself has one for each uploaded file only."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.ui.texts import text

MAX_UPLOAD_MEGABYTES = 50
"""Size limit of an uploaded file, in units of 2**20 bytes; the page checks it before it sends one."""

MAX_BODY_BYTES = 8_000_000
"""Maximum size of other requests, in bytes: twice what a drawing of 100,000 points takes as JSON."""

_UPLOAD = "/gradio_api/upload"

_MAX_UPLOAD_BYTES = (MAX_UPLOAD_MEGABYTES + 1) * 2**20
"""Maximum size of an upload, in bytes: one file, and what multipart encoding adds to it."""


class _TooLargeError(Exception):
    """An upload exceeds its limit."""


class BodyLimit:
    """ASGI middleware that answers requests with too large a body with 413.

    Uploads are counted while they stream, as Gradio stores them; other bodies are read first.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Wrap `app`.

        Args:
            app: the application to protect.
            max_bytes: the largest body to let through, but for uploads.
        """
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body up to the limit, then hand the request on or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].rstrip("/").endswith(_UPLOAD):
            try:
                await self.app(scope, _counted(receive), send)
            except _TooLargeError:
                await _refusal(MAX_UPLOAD_MEGABYTES)(scope, receive, send)
        elif (body := await self._body(receive)) is None:
            await _refusal(self.max_bytes // 1_000_000)(scope, receive, send)
        else:
            await self.app(scope, _replayed(body, receive), send)

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body, or None as soon as it is too large; a body without a stated length counts too."""
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.max_bytes:
                return None
        return body


def _refusal(megabytes: int) -> JSONResponse:
    sentence = text("error.request.too_large", megabytes=megabytes)
    # The rest of the body is not read, so the connection cannot be used again.
    return JSONResponse({"error": sentence}, status_code=413, headers={"connection": "close"})


def _counted(receive: Receive) -> Receive:
    """A `receive` that raises `_TooLargeError` as soon as an upload exceeds its limit."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _MAX_UPLOAD_BYTES:
            raise _TooLargeError
        return message

    return counted


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` first, then the messages of the connection."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
