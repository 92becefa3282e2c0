"""The error of an input, as opposed to one of the program."""

from __future__ import annotations


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
