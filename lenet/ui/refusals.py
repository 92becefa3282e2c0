"""What is answered to a request that is refused on purpose."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from lenet.ui.texts import text


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
