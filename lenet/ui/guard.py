"""The guard in front of Gradio's server: closed doors, bounds, fair shares; no client can stop the others."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import orjson
import uvicorn
from gradio.routes import App
from gradio.utils import get_space
from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from lenet.ui.connections import close_idle_forever
from lenet.ui.doors import Door, door, with_headers, without_names_of_hosts
from lenet.ui.lanes import BusyError, Client, Lane, Pace, client_of
from lenet.ui.limits import (
    LARGE_BODY_BYTES,
    MAX_BODY_BYTES,
    MAX_UPLOAD_BYTES,
    MAX_UPLOAD_MEGABYTES,
    Bodies,
    in_time,
    replayed,
    stated_size,
    too_large,
)
from lenet.ui.refusals import Refusal, Untold
from lenet.ui.sessions import RESULT_SECONDS, Results
from lenet.ui.uploads import Uploads

_LOGGER = logging.getLogger(__name__)

_PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,::1"
"""From where the proxies of Hugging Face ask on Spaces."""


def trust_the_proxy_of_spaces() -> None:
    """On Hugging Face Spaces, let the server believe the `X-Forwarded-For` of the proxy in front of it.

    Without it all visitors of a Space would be one client. Elsewhere anybody could write any address there,
    so the server believes this computer's own proxies only, or those in FORWARDED_ALLOW_IPS.
    """
    if get_space():
        os.environ.setdefault("FORWARDED_ALLOW_IPS", _PRIVATE_NETWORKS)


_UNITS: dict[Door | None, int] = {Door.PAGE: 10, Door.FILE: 4, Door.CALL: 2, Door.JOIN: 5}
"""About how many milliseconds of processor a request takes, where that is not 1 (measured)."""

_PAGE_SECONDS = 60
"""Seconds in which a client must have taken a page or a file; chosen: far longer than any of them takes."""

_BYTES_PER_UNIT = 10_000
"""Bytes of a large body that take about a millisecond of processor to parse and to read (measured)."""


_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors of the machine, which no request is to blame for."""


class Guard:
    """Stands between the server and Gradio, as an ASGI middleware."""

    def __init__(self) -> None:
        """Nothing is in progress yet."""
        self._is_launched = False
        self._tasks: list[asyncio.Task[None]] = []
        self._untold = Untold()
        self._bodies = Bodies()
        self._pace = Pace(rate=200, burst=300, patience=10)  # to open the page takes 182
        self._pages = Lane(slots=16, share=4, waiting=256)
        self._calls = Lane(slots=1000, share=16, waiting=256)  # photos wait in it, too
        self._large = Lane(slots=4, share=1, waiting=8)
        self._streams = Lane(slots=256, share=32, waiting=0)
        self._uploading = Lane(slots=16, share=4, waiting=64)
        self._ways: dict[Door, Callable[[Client, Scope, Receive, _Started], Awaitable[None]]] = {
            Door.PAGE: self._page,
            Door.FILE: self._page,
            Door.SMALL: self._pass,
            Door.STARTING: self._pass,
            Door.CALL: self._call,
            Door.JOIN: self._join,
            Door.STREAM: self._stream,
            Door.UPLOAD: self._upload,
        }

    def around(self, app: ASGIApp) -> ASGIApp:
        """The middleware around Gradio."""
        self._app = app
        return self

    def watch(self, server: uvicorn.Server) -> None:
        """Take the server over when it has started.

        Idle connections are closed, and what only `Blocks.launch` asks for. Requests are parsed by h11, which
        bounds their heads: of the parsers that the server may find, httptools takes any number of bytes.
        """
        self._is_launched = True
        server.config.http_protocol_class = H11Protocol
        sweep = close_idle_forever(server)
        asyncio.run_coroutine_threadsafe(self._keep(sweep), self._loop)

    async def _keep(self, sweep: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(sweep))

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        """What goes on beside the requests while the server runs."""
        self._results = Results(app)
        self._uploads = Uploads()
        self._loop = asyncio.get_running_loop()
        for sweeper in (self._results, self._uploads):
            await self._keep(sweeper.sweep_forever())
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            self._uploads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with a sentence."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await self._serve(scope, receive, _Started(with_headers(send)))

    async def _serve(self, scope: Scope, receive: Receive, send: _Started) -> None:
        kind = door(scope)
        client = client_of(scope["client"][0] if scope["client"] else None)
        try:
            await self._pace.wait(client, _UNITS.get(kind, 1))
            if kind is None or (kind is Door.STARTING and self._is_launched):
                raise Refusal(404, "error.request.unknown")
            await self._ways[kind](client, without_names_of_hosts(scope), receive, send)
        except ClientDisconnect:
            pass
        except Refusal as refusal:
            await send.instead(refusal.response(), scope, receive)
        except BusyError:
            await send.instead(Refusal(429, "error.busy").response(), scope, receive)
        except Exception as error:
            if isinstance(error, MemoryError) or getattr(error, "errno", None) in _FAULTS:
                _LOGGER.exception("%s %s", scope["method"], kind)
                answer = Refusal(500, "error.internal")
            else:  # the page's functions do not raise, so Gradio was asked for what it does not have
                self._untold.add(f"{scope['method']} {kind}: {error!r}")
                answer = Refusal(400, "error.request.malformed")
            await send.instead(answer.response(), scope, receive)

    async def _pass(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _page(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/" and scope["query_string"]:
            # Gradio's script would take the query for a part of the server's address, and ask in vain.
            await RedirectResponse("./")(scope, receive, send)
            return
        async with self._pages.turn(client):
            with anyio.move_on_after(_PAGE_SECONDS):
                await self._app(scope, receive, send)

    async def _call(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._body(client, scope, receive) as body:
            await self._app(scope, replayed(body, receive), send)

    async def _join(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        self._results.need_room(client)
        async with self._body(client, scope, receive) as body:
            session = _session(body)
            if session is not None and not self._results.claim(session, client):
                raise Refusal(404, "error.request.unknown")
            await self._app(scope, replayed(body, receive), send)

    @asynccontextmanager
    async def _body(self, client: Client, scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
        """The body of a call, when it may be parsed. What is large is not even read while others are."""
        headers = Headers(scope=scope)
        if "multipart" in headers.get("content-type", "").lower():  # Gradio would store the files
            raise Refusal(415, "error.request.malformed")
        stated = stated_size(headers)
        if stated is not None and stated > MAX_BODY_BYTES:
            raise too_large(MAX_BODY_BYTES // 1_000_000)
        async with AsyncExitStack() as turns:
            if stated is None or stated > LARGE_BODY_BYTES:
                await self._pace.wait(client, (stated or MAX_BODY_BYTES) / _BYTES_PER_UNIT)
                await turns.enter_async_context(self._large.turn(client))
            body = await turns.enter_async_context(self._bodies.read(receive, client))
            await turns.enter_async_context(self._calls.turn(client))
            yield body

    async def _stream(self, client: Client, scope: Scope, receive: Receive, send: _Started) -> None:
        if scope["path"].endswith("/data"):
            session = QueryParams(scope["query_string"]).get("session_hash", "")
            if not self._results.may_fetch(session, client):
                raise Refusal(404, "error.request.unknown")
        async with self._streams.turn(client):
            with anyio.move_on_after(RESULT_SECONDS):
                try:
                    await self._app(scope, receive, send)
                except Exception as error:  # Gradio raises where two fetch the same result
                    _LOGGER.info("a stream ended with %r", error)
            await send.end()

    async def _upload(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._uploading.turn(client):
            request = Request(scope, in_time(receive, max_bytes=MAX_UPLOAD_BYTES))
            stated = stated_size(request.headers)
            if stated is not None and stated > MAX_UPLOAD_BYTES:
                raise too_large(MAX_UPLOAD_MEGABYTES)
            paths = await self._uploads.store(request, client, stated or MAX_UPLOAD_BYTES)
        await JSONResponse(paths)(scope, receive, send)


class _Started:
    """A `send` that knows whether a response has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = self._ended = False

    async def __call__(self, message: Message) -> None:
        self._started = True
        self._ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def instead(self, response: JSONResponse, scope: Scope, receive: Receive) -> None:
        """Send a response, unless another has begun; that one stays cut off."""
        if not self._started:
            await response(scope, receive, self)

    async def end(self) -> None:
        """End a response that has begun."""
        if self._started and not self._ended:
            await self({"type": "http.response.body", "body": b"", "more_body": False})


_MAX_SESSION_NAME = 100
"""Characters of a session's name, which is kept for a while; those of Gradio's clients have at most 36."""


def _session(body: bytes) -> str | None:
    """As which session an API call wants to be answered."""
    try:
        call = orjson.loads(body)
    except json.JSONDecodeError as error:
        raise Refusal(400, "error.request.malformed") from error
    session = call.get("session_hash") if isinstance(call, dict) else None
    if isinstance(session, str) and len(session) > _MAX_SESSION_NAME:
        raise Refusal(400, "error.request.malformed")
    return session if isinstance(session, str) else None
