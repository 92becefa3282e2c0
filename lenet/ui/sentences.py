"""Which texts of the catalogue say what a Reading, a note or an error means to a visitor."""

from __future__ import annotations

import logging
import math

from lenet.errors import InputError
from lenet.ink.notes import Note, NoteCode
from lenet.reading.result import EMPTY, NOT_A_DIGIT, SURE_FROM, UNSURE, Digit, Reading
from lenet.ui.texts import catalogue, text

_LOGGER = logging.getLogger(__name__)

_MIN_NAMED = 0.15
"""Probability above which a further possibility is named beside the likeliest two."""

_MAX_REPEATED = 12
"""Maximum length, in characters, of a text that its status repeats; else it counts the digits."""


def status_sentence(reading: Reading) -> str:
    """The status of a reading.

    As "2026, sure"; "4 or 9?"; "4, or no digit?"; "20?6, a 2 or a 7?"; "not a digit"; "nothing to
    read". A number whose digits are each sure is "fairly sure" where the whole of it is less sure
    than a digit may be.
    """
    if reading.status == EMPTY:
        return text("status.empty")
    non_digits = sum(piece.status == NOT_A_DIGIT for piece in reading.digits)
    if reading.status == NOT_A_DIGIT:
        return text("status.not_a_digit" if non_digits == 1 else "status.no_digits")
    status = _status_of_digits(reading)
    return text("status.with_non_digits", count=non_digits, status=status) if non_digits else status


def note_sentence(note: Note) -> str:
    """A note on what was detected or corrected."""
    if note.code is NoteCode.ROTATED:
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
    """The text, each digit replaced by the number of its piece.

    Args:
        reading: any Reading.

    Returns:
        In reading order the numbers of all pieces, counted from 0, and between them
        the separators of the text. A non-digit stands where it stands on the page, so the list
        may have more numbers than the text has digits.
    """
    tokens: list[int | str] = []
    pieces = iter(enumerate(reading.digits))
    for character in reading.text:
        if character.isspace():
            tokens.append(character)
            continue
        for number, piece in pieces:
            tokens.append(number)
            if piece.status != NOT_A_DIGIT:
                break
    return tokens + [number for number, _ in pieces]


def _status_of_digits(reading: Reading) -> str:
    unsure = [piece for piece in reading.digits if piece.status == UNSURE]
    if not unsure:
        # Eight digits of which each is right nine times in ten are right less than every other time.
        whole = math.prod(piece.confidence for piece in reading.digits if piece.status != NOT_A_DIGIT)
        return text("status.sure" if whole >= SURE_FROM else "status.fairly_sure", text=_short_text(reading))
    if len(reading.digits) == 1:
        return text("status.unsure", either=_either(unsure[0]))
    if len(unsure) == 1:
        either = _either(unsure[0], with_article=True)
        return text("status.one_unsure", text=_short_text(reading), either=either)
    return text("status.several_unsure", count=len(unsure), text=_short_text(reading))


def _short_text(reading: Reading) -> str:
    """The text with "?" for each unsure digit, or how many digits there are."""
    if len(reading.text) > _MAX_REPEATED or "\n" in reading.text:
        return text("status.digits", count=sum(map(str.isdigit, reading.text)))
    shown = (token if isinstance(token, str) else _shown(reading.digits[token]) for token in layout(reading))
    return "".join(shown)


def _shown(piece: Digit) -> str:
    return {NOT_A_DIGIT: "", UNSURE: "?"}.get(piece.status, str(piece.digit))


def _either(piece: Digit, with_article: bool = False) -> str:
    """What it may be: "4 or 9", or with articles "a 4 or a 9"; "4, or no digit"."""
    no_digit = 1 - sum(piece.probabilities)
    rivals = sorted([*piece.alternatives, (None, no_digit)], key=lambda rival: -rival[1])
    named = rivals[:1] + [rival for rival in rivals[1:] if rival[1] > _MIN_NAMED]
    digits = [piece.digit, *(digit for digit, _ in named if digit is not None)]
    *first, last = (text("either.digit", count=digit) if with_article else str(digit) for digit in digits)
    either = text("either.or", first=text("either.comma").join(first), last=last) if first else last
    if all(digit is not None for digit, _ in named):
        return either
    return text("either.or_no_digit", digits=either)
