"""Which texts of the catalogue say what a Reading, a note or an error means to a visitor."""

from __future__ import annotations

import logging

from lenet.errors import InputError
from lenet.ink.notes import Note, NoteCode
from lenet.network.record import DIGITS
from lenet.reading.result import EMPTY, NOT_A_DIGIT, OK, UNSURE, Digit, Reading
from lenet.ui.texts import catalogue, text

_LOGGER = logging.getLogger(__name__)

_MIN_NAMED = 0.15
"""Probability above which a further possibility is named beside the likeliest two."""

_FAIRLY_SURE_FROM = 0.5
"""Confidence from which a text of sure pieces is "fairly sure"; chosen: likelier right than not."""

_MAX_SEEN_WHOLE = 14
"""Maximum length, in characters, of a text that is seen as a whole; of a longer one the digits are counted.

Chosen: a telephone number as "(919) 555-0199". It is `SPOKEN` of scripts/answer.js, too.
"""


def status_sentence(reading: Reading) -> str:
    """The status of a reading, to stand beside its text.

    As "sure"; "4 or 9?"; "4, or no digit?"; of one piece among several "a 2 or a 7?" and "a slash or
    a 1?"; "2 not sure"; "12 digits, sure"; "not a digit"; "nothing to read". A text whose pieces are
    each sure is "fairly sure" or "not sure" where the whole of it is not.
    """
    if reading.status == EMPTY:
        return text("status.empty")
    left_out = sum(not piece.text for piece in reading.digits)
    if reading.status == NOT_A_DIGIT:
        return text("status.not_a_digit" if left_out == 1 else "status.no_digits")
    status = _status_of_text(reading)
    if len(reading.text) > _MAX_SEEN_WHOLE or "\n" in reading.text:
        digits = text("status.digits", count=sum(map(str.isdigit, reading.text)))
        status = text("status.of_many", digits=digits, status=status)
    return text("status.with_left_out", count=left_out, status=status) if left_out else status


def note_sentence(note: Note) -> str:
    """A note on what was detected or corrected."""
    if note.code is NoteCode.ROTATED and note.value in (90, 180, 270):
        return text(f"note.{note.code.value}_{note.value}")
    return text(f"note.{note.code.value}", value=note.value)


def error_sentence(error: Exception) -> str:
    """Why there is no answer.

    Args:
        error: what reading has raised. An InputError has a text in the catalogue, or its message
            says what was wrong with the input; any other error is logged and shows no details.
    """
    if not isinstance(error, InputError):
        _LOGGER.error("reading failed", exc_info=error)
        return text("error.internal")
    key = f"error.{error.code}"
    return text(key, **error.values) if key in catalogue() else str(error)


def layout(reading: Reading) -> list[int | str]:
    """The text, each digit and each sign replaced by the number of its piece.

    Args:
        reading: any Reading.

    Returns:
        In reading order the numbers of all pieces, counted from 0, and between them
        the separators of the text. What is left out of the text stands where it stands on the
        page, so the list may have more numbers than the text has characters.
    """
    tokens: list[int | str] = []
    pieces = iter(enumerate(reading.digits))
    for character in reading.text:
        if character.isspace():
            tokens.append(character)
            continue
        for number, piece in pieces:
            tokens.append(number)
            if piece.text:
                break
    return tokens + [number for number, _ in pieces]


def _status_of_text(reading: Reading) -> str:
    unsure = [piece for piece in reading.digits if piece.status == UNSURE]
    if reading.status == OK:
        return text("status.sure")
    if not unsure:
        # Eight digits of which each is right nine times in ten are right less than every other time.
        return text("status.fairly_sure" if reading.confidence >= _FAIRLY_SURE_FROM else "status.not_sure")
    if len(unsure) == 1:
        return text("status.unsure", either=_either(unsure[0], with_article=len(reading.digits) > 1))
    return text("status.several_unsure", count=len(unsure))


def _either(piece: Digit, with_article: bool = False) -> str:
    """What it may be: "4 or 9", or with articles "a 4 or a 9"; "1 or a slash"; "4, or no digit"."""
    nothing = 1 - sum(piece.probabilities.values())
    rivals = sorted([*piece.alternatives, ("", nothing)], key=lambda rival: -rival[1])
    named = rivals[:1] + [rival for rival in rivals[1:] if rival[1] > _MIN_NAMED]
    symbols = [piece.text, *(symbol for symbol, _ in named if symbol)]
    *first, last = (_name(symbol, with_article) for symbol in symbols)
    either = text("either.or", first=text("either.comma").join(first), last=last) if first else last
    if all(symbol for symbol, _ in named):
        return either
    return text("either.or_no_digit" if piece.text in DIGITS else "either.or_no_sign", either=either)


def _name(symbol: str, with_article: bool) -> str:
    """A digit as such or with its article, "a 4"; a sign always by its name, "a slash"."""
    if symbol not in DIGITS:
        return text(f"sign.{symbol}")
    return text("either.digit", count=int(symbol)) if with_article else symbol
