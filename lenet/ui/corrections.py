"""The address to which visitors give corrections, where the owner of the page has asked for them.

`POST lenet/corrections` with a JSON object:

    receipt    16 to 64 letters, digits, "-" and "_", made at random by the browser: the right to withdraw it
    session    of the same form, random too, one for all corrections of a browser
    image      base64 of 784 bytes, 255 = ink, in MNIST's form
    strokes    [[[x, y], …], …], where it was drawn; may be left out
    label      what it shows: a symbol of the alphabet
    answer     what was read; "none" if left out
    weights    version of the weights that read it, hexadecimal

answers 201 and `{"receipt": …}` once it is on the disk. Whoever got no answer asks again with the same
receipt, of another copy of the page too: it is kept once. `DELETE lenet/corrections/RECEIPT` answers 204 once
it is withdrawn, and 404 to a receipt that nobody has. Refusals are `{"error": sentence}`, with the status
400, 409, 413, 415, 429 or 503.
"""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lenet.datasets.corrections import Correction, id_of, picture
from lenet.errors import InputError
from lenet.ink import strokes as pen
from lenet.network.record import ALPHABET, NONE
from lenet.ui.assets import FOLDER
from lenet.ui.keeping import Keeper
from lenet.ui.lanes import BusyError, Pace, client_of
from lenet.ui.refusals import Refusal

ADDRESS = f"{FOLDER}corrections"

_MAX_BODY = 256_000
"""Maximum size of a request in bytes; a drawing of 9,900 points, the most that the pad takes, has 200,000."""

_MAX_POINTS = 2_000
"""Maximum number of points that are kept of a drawing; a digit has less than 200 (chosen)."""

_GRID = 1000
"""Units of the longer side of a drawing that is kept: 1/50 of a pixel of MNIST each."""

_STEP = 5
"""Units of a stroke's length of which one point is kept: less than `ink.strokes` looks at."""

_LEAST_INK, _MOST_INK = 10, 400
"""Pixels of at least half ink; chosen. MNIST's training digits have 15 to 312, a dot that fills its box has
320."""

_RATE, _BURST = 0.2, 60
"""Requests of a client that are answered: a second in the long run, and at once; chosen: who corrects by hand
needs some seconds for each."""

_RATE_OF_ALL, _BURST_OF_ALL = 20, 1000
"""Likewise of all clients together, to give and to withdraw each: a flood takes a bounded share of the
processor (chosen)."""

_NAME = re.compile(r"[\w-]{16,64}", re.ASCII)
_VERSION = re.compile(r"[0-9a-f]{8,64}")


class Corrections:
    """ASGI middleware that takes corrections, and withdrawals."""

    def __init__(self, app: ASGIApp, keeper: Keeper) -> None:
        """Stand in front of `app`.

        Args:
            app: answers all other requests.
            keeper: keeps them.
        """
        self._app = app
        self._keeper = keeper
        self._pace = Pace(rate=_RATE, burst=_BURST, patience=0)
        self._pace_of_all = Pace(rate=_RATE_OF_ALL, burst=_BURST_OF_ALL, patience=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for corrections, or hand it on."""
        asked = (scope["method"], scope["path"]) if scope["type"] == "http" else ("", "")
        if asked == ("POST", ADDRESS):
            response = await self._keep(Request(scope, receive))
        elif asked[0] == "DELETE" and asked[1].startswith(f"{ADDRESS}/"):
            response = await self._withdraw(Request(scope), asked[1].removeprefix(f"{ADDRESS}/"))
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)

    async def _withdraw(self, request: Request, receipt: str) -> Response:
        await self._wait(request)
        await self._keeper.commit(id_of(receipt))
        return Response(status_code=204)

    async def _wait(self, request: Request) -> None:
        """Refuse what comes too fast, before it costs anything."""
        client = client_of(request.client.host if request.client else None)
        try:
            await self._pace.wait(client, 1)
            await self._pace_of_all.wait(request.method, 1)
        except BusyError as error:
            raise Refusal(429, "error.correction.too_many") from error

    async def _keep(self, request: Request) -> Response:
        await self._wait(request)
        # A form of another site could send anything else without being asked (CORS).
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refusal(415, "error.request.malformed")
        body = await request.body()
        if len(body) > _MAX_BODY:
            raise Refusal(413, "error.correction.too_large")
        receipt, correction = parse(body)
        await self._keeper.commit(correction)
        return JSONResponse({"receipt": receipt}, 201)


def parse(body: bytes) -> tuple[str, Correction]:
    """Take a correction from a request.

    Args:
        body: of the request, JSON.

    Returns:
        Its receipt, and what is to be kept.

    Raises:
        Refusal: it is none; says what was wanted.
    """
    try:
        entries = orjson.loads(body)
        if not isinstance(entries, dict):
            raise ValueError(f"wanted an object, got {type(entries).__name__}")
        receipt = _matching(_NAME, entries, "receipt")
        correction = Correction(
            id=id_of(receipt),
            session=_matching(_NAME, entries, "session"),
            time=time.strftime("%Y-%m-%dT%HZ", time.gmtime()),
            image=_image(entries.get("image")),
            strokes=_strokes(entries.get("strokes") or []),
            label=_symbol(entries.get("label"), "label"),
            answer=_symbol(entries.get("answer", NONE), "answer"),
            weights=_matching(_VERSION, entries, "weights"),
        )
    except ValueError as error:  # orjson's and InputError among them
        raise Refusal(400, "error.correction.malformed", what=error) from error
    return receipt, correction


def _matching(pattern: re.Pattern[str], entries: dict[str, Any], name: str) -> str:
    text = entries.get(name)
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError(f"{name}: wanted {pattern.pattern}, got something else")
    return text


def _symbol(text: object, name: str) -> str:
    if not isinstance(text, str) or text not in ALPHABET:
        raise ValueError(f"{name}: wanted one of {' '.join(ALPHABET)}, got something else")
    return text


def _image(text: object) -> np.ndarray:
    if not isinstance(text, str):
        raise ValueError(f"image: wanted a text of base64, got {type(text).__name__}")
    image = picture(text)
    ink = int((image >= 128).sum())
    if not _LEAST_INK <= ink <= _MOST_INK:
        raise ValueError(f"image: wanted {_LEAST_INK} to {_MOST_INK} pixels of ink, got {ink}")
    return image


def _strokes(strokes: object) -> list[np.ndarray]:
    """The strokes in the units that are kept, without points that the ink does not need."""
    parsed = pen.parse(strokes)
    extent = pen.box(parsed)
    if extent is None:
        return []
    left, top, width, height = extent
    factor = _GRID / (max(width, height) or 1)
    if not np.isfinite(factor):
        raise InputError("strokes: wanted points that differ by 1e-300 or more, got closer ones")
    kept = [_thinned((stroke - (left, top)) * factor) for stroke in parsed]
    if sum(map(len, kept)) > _MAX_POINTS:
        raise Refusal(413, "error.correction.too_large")
    return kept


def _thinned(points: np.ndarray) -> np.ndarray:
    """One point of a stroke (n, 2) per `_STEP` of its length, and both ends, rounded."""
    step = np.diff(points, axis=0)
    travelled = np.concatenate([[0], np.cumsum(np.hypot(step[:, 0], step[:, 1])) // _STEP])
    chosen = np.concatenate([[True], travelled[1:] > travelled[:-1]])
    chosen[-1] = True
    return np.round(points[chosen])
