"""Calls of the page's server functions, answered without Gradio's route for them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import gradio as gr
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_ROUTE = "/gradio_api/component_server"

_Function = Callable[[Any, gr.Request], Awaitable[dict[str, Any]]]


class ServerFunctions:
    """ASGI middleware that answers what the page's scripts ask its server functions.

    Gradio's own route takes as long as reading a digit: it checks a login in one thread, calls the function
    in another, encodes the answer twice, and keeps a session for each visitor.
    """

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        """Stand in front of `app`.

        Args:
            app: answers all other requests.
            page: its components have the server functions: coroutines that take the data and the request,
                and do not raise.
        """
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call, or hand the request on."""
        if scope["type"] == "http" and scope["path"].rstrip("/") == _ROUTE:
            request = Request(scope, receive)
            await (await self._answer(request))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            call = json.loads(await request.body())
            function = self._function(call["component_id"], call["fn_name"])
            data = call["data"]
        except (ValueError, RecursionError, KeyError, TypeError):  # no JSON, no such call, no such function
            return Response(status_code=400)
        answer = await function(data, gr.Request(request))
        return Response(orjson.dumps(answer), media_type="application/json")

    def _function(self, component: int, name: str) -> _Function:
        """The server function of a component; KeyError or TypeError where there is none."""
        function = getattr(self.page.blocks[component], name, None)
        if not getattr(function, "_is_server_fn", False):
            raise KeyError(name)
        return cast(_Function, function)
