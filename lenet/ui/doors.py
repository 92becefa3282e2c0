"""Which addresses of Gradio's server are open: those that the page and `gradio_client` need, and no other."""

from __future__ import annotations

import re
from enum import Enum, auto

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from lenet.ui.assets import FOLDER


class Door(Enum):
    """A kind of open address."""

    PAGE = auto()
    """The page and its description."""
    FILE = auto()
    """A file of the page."""
    SMALL = auto()
    """What is answered at once."""
    CALL = auto()
    """A call by the page's scripts, or one that gives up a call to the API."""
    JOIN = auto()
    """A call to the API."""
    STREAM = auto()
    """The results of calls to the API."""
    UPLOAD = auto()
    """An upload."""
    STARTING = auto()
    """What `Blocks.launch` itself asks for, once."""


_API = "/gradio_api"
_OWN = rf"{FOLDER}[\w.-]+"

_DOORS = {
    ("GET", r"/|/config/?"): Door.PAGE,
    ("GET", r"/theme\.css|/robots\.txt|/favicon\.ico|/(?:assets|static)/.+"): Door.FILE,
    ("GET", rf"{_API}/info/?"): Door.PAGE,
    ("GET", _OWN): Door.FILE,
    ("HEAD", _OWN): Door.FILE,
    ("POST", rf"{FOLDER}corrections"): Door.CALL,
    ("DELETE", rf"{FOLDER}corrections/[\w-]+"): Door.CALL,
    ("HEAD", "/"): Door.PAGE,
    ("GET", rf"{_API}/app_id/?"): Door.SMALL,
    ("POST", rf"{_API}/(?:component_server|cancel|reset)/?"): Door.CALL,
    ("POST", rf"{_API}/(?:queue/join|call/\w+/?)"): Door.JOIN,
    ("GET", rf"{_API}/(?:queue/data|call/\w+/\w+)"): Door.STREAM,
    ("POST", rf"{_API}/upload/?"): Door.UPLOAD,
    ("GET", rf"{_API}/startup-events"): Door.STARTING,
}

_POLICY = {
    "default-src": ("'self'",),
    # Gradio compiles the templates of HTML components in the browser; its scripts and styles are inline.
    "script-src": ("'self'", "'unsafe-inline'", "'unsafe-eval'"),
    "style-src": ("'self'", "'unsafe-inline'"),
    "img-src": ("'self'", "data:", "blob:"),
    "connect-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'", "data:"),
    "worker-src": ("'self'", "blob:"),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'none'",),
    # Hugging Face shows a Space, which runs at NAME.hf.space, in a frame of its own page.
    "frame-ancestors": ("'self'", "https://huggingface.co", "https://*.hf.space"),
}
"""From where the page may load what, and who may show it in a frame: the Content-Security-Policy."""

_HEADERS = {
    "content-security-policy": "; ".join(" ".join((what, *where)) for what, where in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


def door(scope: Scope) -> Door | None:
    """The door that a request asks for; None where there is none."""
    path: str = scope["path"]
    if "\0" in path:
        return None
    found = (
        kind
        for (method, pattern), kind in _DOORS.items()
        if method == scope["method"] and re.fullmatch(pattern, path)
    )
    return next(found, None)


def without_names_of_hosts(scope: Scope) -> Scope:
    """The request, without the names by which it calls the server; Gradio would write them into the page.

    Instead of them it writes the address "", which the browser takes as the one that it asked.
    """
    hosts = (b"x-forwarded-host", b"x-gradio-server")
    headers = [(name, value) for name, value in scope["headers"] if name not in hosts]
    return {**scope, "headers": [*headers, (b"x-gradio-server", b"/")]}


def with_headers(send: Send) -> Send:
    """A `send` that adds to each response what the browser may do with it."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return send_with_headers
