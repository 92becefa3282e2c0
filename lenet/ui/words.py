"""A Reading in words, as a friend would say it across the table."""

from __future__ import annotations

from lenet.reader import EMPTY, NOT_A_DIGIT, UNSURE, Digit, Reading

# A third digit is worth naming only when the network gives it a real chance.
_WORTH_NAMING = 0.15

# A longer text is not repeated in the sentence below it: it is counted.
_LONGEST_NAME = 12


def words(reading: Reading) -> str:
    """The status in words: "2026, sure", "4 or 9?", "20?6, a 2 or a 7?", "not a digit", "nothing to read"."""
    if reading.status == EMPTY:
        return "nothing to read"
    if reading.status == NOT_A_DIGIT:
        return "not a digit" if len(reading.digits) == 1 else "no digits"
    return _verdict(reading) + _strangers(reading)


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
        return f"{_name(reading)}, sure"
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
    """What it may be: "4 or 9", or with articles "a 4 or a 9"."""
    second, *others = piece.alternatives
    candidates = [piece.digit, second[0]]
    candidates += [digit for digit, probability in others if probability > _WORTH_NAMING]
    *first, last = (_with_article(digit) if article else str(digit) for digit in candidates)
    return f"{', '.join(first)} or {last}"


def _with_article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _strangers(reading: Reading) -> str:
    """What to add where some pieces are no digits."""
    count = sum(piece.status == NOT_A_DIGIT for piece in reading.digits)
    if count == 0:
        return ""
    return "; one mark is no digit" if count == 1 else f"; {count} marks are no digits"
