"""The error of an input, as opposed to one of the program; and Ctrl-C, which is no error."""

from __future__ import annotations

import sys
from types import TracebackType


class InputError(ValueError):
    """A picture, strokes or ink cannot be read.

    The message is for programmers: what was wanted, what came, and what to do. For visitors the page has
    its own sentences, found by `code`.

    Args:
        message: the message.
        code: names the kind of error where a visitor of the page may cause it, as "picture.too_large".
        **values: what a sentence about it may name, such as the limit.

    Attributes:
        code: as given; "" where only a program can cause the error.
        values: as given.
    """

    def __init__(self, message: str, code: str = "", **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


def end_quietly_on_interrupt() -> None:
    """Let this process end without a traceback when the user interrupts it.

    Only the printing changes: what is open is cleaned up, and Python ends by the signal, so that a shell that
    runs the program in a loop ends its loop too.
    """

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)

    sys.excepthook = report
