"""What is answered to a request that is refused on purpose."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.responses import JSONResponse

from lenet.ui.texts import text

_LOGGER = logging.getLogger(__name__)

_TELL_EVERY = 60
"""Seconds between two lines in the log about what was refused; chosen: a flood must not fill the disk."""

_MAX_TOLD = 200
"""Characters of such a line that a client may have written."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request is refused on purpose.

    Args:
        status: of HTTP.
        key: of its sentence in the catalogue.
        **values: for the sentence.
    """

    def __init__(self, status: int, key: str, **values: Any) -> None:
        super().__init__(text(key, **values))
        self.status = status

    def response(self) -> JSONResponse:
        """The answer. The rest of the body is not read, so the connection cannot be used again."""
        headers = {"connection": "close"}
        if self.status in (429, 503):
            headers["retry-after"] = "5"
        return JSONResponse({"error": str(self)}, self.status, headers)


class Untold:
    """Requests that Gradio failed on, which the log tells of from time to time."""

    def __init__(self) -> None:
        """None yet."""
        self._count = 0
        self._told_at = -float(_TELL_EVERY)

    def add(self, what: str) -> None:
        """Count one, and tell of all since the last line if that is long ago."""
        self._count += 1
        if time.monotonic() - self._told_at >= _TELL_EVERY:
            _LOGGER.warning("%d requests refused; the last: %s", self._count, what[:_MAX_TOLD])
            self._count, self._told_at = 0, time.monotonic()
