"""Bounds on the size of requests; Gradio itself has one for uploaded files only."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_UPLOAD_MEGABYTES = 25
"""The largest file to upload, in units of 2**20 bytes; the page says so before anything is sent."""

# 100,000 points take about 4 MB as JSON.
MAX_BODY_BYTES = 8_000_000


class BodyLimit:
    """ASGI middleware that answers requests with too large a body with 413.

    Uploads pass: Gradio stores them piece by piece and counts (`max_file_size`).
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Wraps `app`.

        Args:
            app: the application to protect.
            max_bytes: the largest body to let through.
        """
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body up to the limit, then hands the request on or refuses it."""
        if scope["type"] != "http" or scope["path"].rstrip("/").endswith("/upload"):
            await self.app(scope, receive, send)
            return
        body = await self._body(receive)
        if body is None:
            await self._refusal()(scope, receive, send)
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

    def _refusal(self) -> JSONResponse:
        sentence = f"This request is too large: at most {self.max_bytes // 1_000_000} MB, please."
        # The rest of the body is not read, so the connection cannot be used again.
        return JSONResponse({"error": sentence}, status_code=413, headers={"connection": "close"})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` first, and later what the connection says."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
