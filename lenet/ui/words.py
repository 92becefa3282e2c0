"""A Reading in words, as a friend would say it across the table."""

from __future__ import annotations

import math

from lenet.ink.notes import Note, NoteCode
from lenet.reading.reader import EMPTY, NOT_A_DIGIT, SURE_FROM, UNSURE, Digit, Reading

# A third possibility is worth naming only when the network gives it a real chance.
_WORTH_NAMING = 0.15

# A longer text is not repeated in the sentence below it: it is counted.
_LONGEST_NAME = 12


def words(reading: Reading) -> str:
    """The status in words, for a visitor.

    As "2026, sure"; "4 or 9?"; "4, or no digit?"; "20?6, a 2 or a 7?"; "not a digit"; "nothing to
    read". A number whose digits are each sure is "fairly sure" where the whole of it is less sure
    than a digit may be.
    """
    if reading.status == EMPTY:
        return "nothing to read"
    if reading.status == NOT_A_DIGIT:
        return "not a digit" if len(reading.digits) == 1 else "no digits"
    return _verdict(reading) + _strangers(reading)


_ROTATIONS = {90: "turned to the right", 180: "turned upside down", 270: "turned to the left"}

_NOTES = {
    NoteCode.EXIF_ROTATION: "turned by its EXIF tag",
    NoteCode.BACKGROUND_REMOVED: "desk left out",
    NoteCode.LIGHT_ON_DARK: "light on dark",
    NoteCode.SHADOW_EVENED: "shadow evened out",
    NoteCode.LINES_REMOVED: "ruled lines removed",
}


def note_in_words(note: Note) -> str:
    """What was noticed or done, for a visitor."""
    if note.code is NoteCode.FIRST_FRAME:
        return f"first frame of {note.value}"
    if note.code is NoteCode.ROTATED:
        return _ROTATIONS[note.value or 0]
    return _NOTES[note.code]


def layout(reading: Reading) -> list[int | str]:
    """The text, each digit replaced by the number of its piece.

    Args:
        reading: any Reading.

    Returns:
        In reading order the numbers of all pieces, counted from 0, and between them
        the separators of the text. What is no digit stands where it stands on the
        page, so the list may have more numbers than the text has digits.
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


def _verdict(reading: Reading) -> str:
    doubtful = [piece for piece in reading.digits if piece.status == UNSURE]
    if not doubtful:
        # Eight digits of which each is right nine times in ten are right less than every other time.
        whole = math.prod(piece.confidence for piece in reading.digits if piece.status != NOT_A_DIGIT)
        return f"{_name(reading)}, {'sure' if whole >= SURE_FROM else 'fairly sure'}"
    if len(reading.digits) == 1:
        return f"{_either(doubtful[0])}?"
    if len(doubtful) == 1:
        return f"{_name(reading)}, {_either(doubtful[0], article=True)}?"
    return f"{_name(reading)}, {len(doubtful)} not sure"


def _name(reading: Reading) -> str:
    """The text with "?" for what is not sure, or how many digits there are."""
    if len(reading.text) > _LONGEST_NAME or "\n" in reading.text:
        return f"{sum(map(str.isdigit, reading.text))} digits"
    tokens = (token for token in layout(reading) if not _is_stranger(reading, token))
    return "".join(token if isinstance(token, str) else _known(reading.digits[token]) for token in tokens)


def _is_stranger(reading: Reading, token: int | str) -> bool:
    return isinstance(token, int) and reading.digits[token].status == NOT_A_DIGIT


def _known(piece: Digit) -> str:
    return "?" if piece.status == UNSURE else str(piece.digit)


def _either(piece: Digit, article: bool = False) -> str:
    """What it may be: "4 or 9", or with articles "a 4 or a 9"; "4, or no digit"."""
    no_digit = 1 - sum(piece.probabilities)
    rivals = sorted([*piece.alternatives, (None, no_digit)], key=lambda rival: -rival[1])
    named = rivals[:1] + [rival for rival in rivals[1:] if rival[1] > _WORTH_NAMING]
    digits = [piece.digit, *(digit for digit, _ in named if digit is not None)]
    *first, last = (_with_article(digit) if article else str(digit) for digit in digits)
    either = f"{', '.join(first)} or {last}" if first else last
    return either if all(digit is not None for digit, _ in named) else f"{either}, or no digit"


def _with_article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _strangers(reading: Reading) -> str:
    """What to add where some pieces are no digits."""
    count = sum(piece.status == NOT_A_DIGIT for piece in reading.digits)
    if count == 0:
        return ""
    return "; one mark is no digit" if count == 1 else f"; {count} marks are no digits"
