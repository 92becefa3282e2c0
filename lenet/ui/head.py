"""The head of the page: what it is, in place of Gradio's words, its style sheet and its script."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.ui.assets import Asset
from lenet.ui.texts import text

_PICTURES = Path(__file__).parent / "pictures"

ICON = _PICTURES / "icon.svg"
"""The icon of the page's tab in a browser."""

CARD_SIZE = (1200, 630)
"""Width and height, in pixels, of the picture that link previews show: what Open Graph's users ask for."""

_GRADIOS = re.compile(rb"""<(?:meta\s+(?:property|name)="(?:og|twitter):|link\s+rel="manifest")[^>]*>\s*""")
"""Title, description, picture and application of Gradio's; in its scripts each "<" is written otherwise."""

_AFTER = b"<style>"
"""Stands early in the head: crawlers read the first kilobytes only, and Gradio's configuration is long."""

_END = b"</head>"
"""Style sheet and script stand before it. As `head` of `gr.Blocks.launch` they would come late, with Gradio's
script, and after the first picture of the page."""


def files() -> dict[str, Asset]:
    """The pictures, by name: for link previews, and the icon for home screens."""
    return {name: Asset((_PICTURES / name).read_bytes(), "image/png") for name in ("card.png", "icon.png")}


def tags() -> bytes:
    """The elements of the page's head that tell who it is.

    Link previews want the picture's whole address. The name by which a request calls the server may be
    anybody's, so it is never written into the page: only Hugging Face Spaces say safely, in SPACE_HOST, where
    the page is. Elsewhere the address is relative, which most previews follow.
    """
    host = os.environ.get("SPACE_HOST")
    base = f"https://{host}/" if host else ""
    title, description = text("page.title"), text("page.description")
    width, height = CARD_SIZE
    told = {
        "description": description,
        "og:type": "website",
        "og:site_name": text("page.heading"),
        "og:title": title,
        "og:description": description,
        **({"og:url": base} if base else {}),
        "og:image": f"{base}lenet/card.png",
        "og:image:width": width,
        "og:image:height": height,
        "og:image:alt": text("page.card"),
        "twitter:card": "summary_large_image",
    }
    elements = [
        f"<title>{html.escape(title)}</title>",
        *(_element("meta", **{_naming(name): name, "content": str(said)}) for name, said in told.items()),
        _element("link", rel="icon", type="image/svg+xml", href="favicon.ico"),
        _element("link", rel="apple-touch-icon", href="lenet/icon.png"),
    ]
    return "\n".join(elements).encode()


def _naming(name: str) -> str:
    """The attribute that has the name of what is told."""
    return "property" if name.startswith("og:") else "name"


def _element(tag: str, **attributes: str) -> str:
    written = (f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{tag} {' '.join(written)} />"


class Head:
    """ASGI middleware that puts the page's own title, description, picture and icon in place of Gradio's.

    It adds the page's style sheet and script.
    """

    def __init__(self, app: ASGIApp, style: str, script: str) -> None:
        """Stand in front of `app`, which makes the page.

        Args:
            app: answers all requests.
            style: CSS of the page, without "</style>".
            script: JavaScript that runs before Gradio's, without "</script>".
        """
        self._app = app
        self._tags = tags()
        self._look = f"<style>{style}</style><script>{script}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the page's head; hand all other requests on."""
        if scope["type"] == "http" and scope["path"] == "/":
            await self._app(scope, receive, self._rewriting(send))
        else:
            await self._app(scope, receive, send)

    def _rewriting(self, send: Send) -> Send:
        """A `send` that holds the page back until it is whole, as its length has to be told before it."""
        start: Message = {}
        page = bytearray()

        async def send_rewritten(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            page.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            body = _GRADIOS.sub(b"", bytes(page)).replace(_AFTER, self._tags + _AFTER, 1)
            body = body.replace(_END, self._look + _END, 1)
            MutableHeaders(scope=start)["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        return send_rewritten
