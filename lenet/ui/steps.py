"""How it got there: each step from the pen or the photo to the network, as a picture with its numbers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import cv2
import gradio as gr
import numpy as np
from PIL import Image

from lenet.errors import InputError
from lenet.ink import strokes as pen_strokes
from lenet.ink.boxes import Box
from lenet.ink.photo import Page
from lenet.ink.preprocessing import BOX, CENTRE, SIDE, Steps, centre_of_mass, ink_box, stroke_width
from lenet.ink.squeezing import canvas, darkness, squeezed
from lenet.network.record import DIGITS
from lenet.reading.result import Digit, Reading
from lenet.ui.answer import answered, answered_in_turn
from lenet.ui.component import component
from lenet.ui.jpeg import jpeg
from lenet.ui.lanes import Lane
from lenet.ui.protocol import ReadsDigits
from lenet.ui.texts import text

OF_DRAWINGS = ("drawn", "pen", "scaled", "centred")
"""Names of the steps from a drawing."""

OF_PHOTOS = ("photo", "found", "thick", "scaled", "centred")
"""Names of the steps from a photo."""

MAX_SIDE = 160
"""Maximum longer side of a picture, in pixels; larger ones are reduced. They are shown 100 to 190 wide."""

_MARGIN = 0.3
"""What is shown of a photo around a piece, in longer sides of the piece; chosen by eye."""

_MIDDLE = (SIDE - BOX) // 2
"""Left and top of the box of 20×20 in the middle of an image, in pixels."""


def steps_view(
    channel: str,
    names: Sequence[str],
    show: Callable[[Any], dict[str, Any]],
    lane_of: Callable[[Any], Lane],
) -> gr.HTML:
    """A panel, closed at first, that shows each step for the piece that is chosen in the answer.

    Args:
        channel: of the answers, whose `source` the panel's script sends back with the number of the piece.
        names: of the steps, in their order.
        show: what `of_drawing` or `of_photo` returns for it.
        lane_of: where this waits for its turn.
    """

    async def show_steps(asked: Any, request: gr.Request) -> dict[str, Any]:
        return await answered_in_turn(lane_of(asked), request, partial(show, asked))

    return component(
        "steps",
        server_functions=[show_steps],
        channel=channel,
        invitation=text(f"steps.invitation.{channel}"),
        question=text(f"steps.squeeze.{channel}"),
        steps=[{"name": name, "title": text(f"steps.{name}")} for name in names],
    )


def of_drawing(reader: ReadsDigits, asked: Any) -> dict[str, Any]:
    """The steps of a piece of a drawing.

    Args:
        reader: reads the drawing.
        asked: whatever the browser sent; should have the `strokes`, the `side` of the pad and the width of
            its `pen` in their unit, and the number of the `piece`.

    Returns:
        `Explanation` in scripts/types.d.ts has the types: the steps, the piece and the squeezed canvas with
        the answer to each, and a remark on these; or `{"error": sentence}`. Never raises.
    """
    return answered(lambda: _of_drawing(reader, _checked(asked)))


def of_photo(reader: ReadsDigits, open_page: Callable[[Any], Page], asked: Any) -> dict[str, Any]:
    """The steps of a piece of a photo.

    Args:
        reader: reads the photo.
        open_page: finds the ink on the photo that is asked for; InputError if there is none.
        asked: whatever the browser sent; should have what `open_page` takes, and the number of the `piece`.

    Returns:
        The same as `of_drawing`.
    """
    return answered(lambda: _of_photo(reader, open_page, _checked(asked)))


def _checked(asked: Any) -> Mapping[str, Any]:
    if not isinstance(asked, dict):
        raise InputError(text("steps.malformed"))
    return asked


def _of_drawing(reader: ReadsDigits, asked: Mapping[str, Any]) -> dict[str, Any]:
    side: Any = asked.get("side")
    pen: Any = asked.get("pen")
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (side, pen)):
        raise InputError(text("steps.malformed"))
    drawing = asked.get("strokes")
    pad = canvas(pen_strokes.parse(drawing), side, pen)  # before reading, which takes longer
    reading = reader.read_strokes(drawing)
    number, piece, steps = _steps_of(reading, asked)
    box = _around_pen(piece.box, pen)
    on_pad = [coordinate * len(pad) / side for coordinate in box]
    drawn = {**_step("drawn", pad, _words_of_box(reading, number, box)), "box": on_pad}
    redrawn = {**_step("pen", steps.found, _words_of_pen(piece, steps)), "box": steps.box}
    return {"steps": [drawn, redrawn, *_last_steps(steps)], **_both(reader, piece, squeezed(pad))}


def _of_photo(
    reader: ReadsDigits, open_page: Callable[[Any], Page], asked: Mapping[str, Any]
) -> dict[str, Any]:
    page = open_page(asked)
    reading = reader.read_page(page)
    number, piece, steps = _steps_of(reading, asked)
    upright = np.rot90(page.picture, -reading.turned // 90)
    on_photo = {
        **_crop(upright, [side / page.scale for side in piece.box]),
        "name": "photo",
        "words": _words_of_box(reading, number, piece.box),
    }
    found = _step("found", steps.found, _words_of_ink(page, steps))
    thick = _step("thick", steps.thick, _words_of_strokes(steps))
    both = _both(reader, piece, squeezed(darkness(np.ascontiguousarray(upright))))
    return {"steps": [on_photo, found, thick, *_last_steps(steps)], **both}


def _around_pen(box: Box, pen: float) -> Box:
    """The box of the ink around a box of points."""
    left, top, width, height = box
    return left - pen / 2, top - pen / 2, width + pen, height + pen


def _steps_of(reading: Reading, asked: Mapping[str, Any]) -> tuple[int, Digit, Steps]:
    """The number of the piece that is asked for, the piece and its steps."""
    number = asked.get("piece")
    if type(number) is not int or not 0 <= number < len(reading.digits):  # a bool is an int, too
        raise InputError(text("steps.no_piece"))
    piece = reading.digits[number]
    if piece.part is None:
        raise ValueError("reading: wanted pieces with their parts, got none; take one that a Reader has made")
    return number, piece, piece.part.steps()


# The steps ----------------------------------------------------------------------------------------


def _last_steps(steps: Steps) -> list[dict[str, Any]]:
    """From the box of the ink to the image: the scaling, and the shift."""
    height, width = steps.scaled.shape
    middle = (SIDE - width) // 2, (SIDE - height) // 2
    right, down = steps.corner[0] - middle[0], steps.corner[1] - middle[1]
    mass = centre_of_mass(steps.scaled)
    scaled = {
        **_step("scaled", steps.scaled, _words_of_scale(steps, *_moved(mass, middle))),
        "view": [SIDE, SIDE],
        "place": [*middle, width, height],
        "frame": [_MIDDLE, _MIDDLE, BOX, BOX],
        "mass": _moved(mass, middle, by=0.5),
    }
    centred = {
        **_step("centred", steps.image, _words_of_shift(right, down, *_moved(mass, steps.corner))),
        "before": [_MIDDLE, _MIDDLE, BOX, BOX],
        "frame": [_MIDDLE + right, _MIDDLE + down, BOX, BOX],
        "mass": _moved(mass, steps.corner, by=0.5),
    }
    return [scaled, centred]


def _moved(point: tuple[float, float], corner: tuple[int, int], by: float = 0.0) -> tuple[float, float]:
    """A point of what lies at a corner; `by` 0.5 counts from the edge of the first pixel, not its middle."""
    return point[0] + corner[0] + by, point[1] + corner[1] + by


def _step(name: str, ink: np.ndarray, words: str) -> dict[str, Any]:
    """A step whose picture fills its view."""
    height, width = ink.shape
    whole = {"view": [width, height], "place": [0, 0, width, height]}
    return {"name": name, "words": words, "picture": _picture(ink), **whole}


def _picture(ink: np.ndarray) -> dict[str, Any]:
    """Ink as `Picture` in scripts/types.d.ts: not larger than `MAX_SIDE`."""
    factor = MAX_SIDE / max(ink.shape)
    if factor < 1:
        height, width = (max(1, round(side * factor)) for side in ink.shape)
        ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    bytes_ = np.rint(np.minimum(ink, 1) * 255).astype(np.uint8).tobytes()
    return {"size": ink.shape[::-1], "ink": base64.b64encode(bytes_).decode()}


def _crop(picture: np.ndarray, box: Sequence[float]) -> dict[str, Any]:
    """What lies around a box on a picture, uint8 (height, width, 3), and the box on that."""
    left, top, width, height = box
    margin = _MARGIN * max(width, height)
    x, y = max(0, int(left - margin)), max(0, int(top - margin))
    crop = picture[y : int(top + height + margin) + 1, x : int(left + width + margin) + 1]
    view = [crop.shape[1], crop.shape[0]]
    return {
        "picture": {"size": view, "jpeg": jpeg(Image.fromarray(np.ascontiguousarray(crop)), MAX_SIDE)},
        "view": view,
        "place": [0, 0, *view],
        "box": [left - x, top - y, width, height],
    }


# Its words ----------------------------------------------------------------------------------------


def _words_of_box(reading: Reading, number: int, box: Box) -> str:
    size = {"width": round(box[2]), "height": round(box[3])}
    count = len(reading.digits)
    if count == 1:
        return text("steps.box", **size)
    return text("steps.box_of_many", number=number + 1, total=count, **size)


def _words_of_pen(piece: Digit, steps: Steps) -> str:
    *_, width, height = steps.box
    if max(piece.box[2:]) == 0:
        return text("steps.pen.dot", width=width, height=height)
    return text("steps.pen.words", width=width, height=height, stroke=_width_once_scaled(steps.thick))


def _words_of_ink(page: Page, steps: Steps) -> str:
    height, width = steps.found.shape
    words = text("steps.found.words", width=width, height=height)
    return words if page.scale == 1 else text("steps.found.scaled", factor=1 / page.scale, words=words)


def _width_once_scaled(ink: np.ndarray) -> float:
    """Stroke width of ink when its longer side is 20 pixels."""
    *_, width, height = ink_box(ink) or (0, 0, 1, 1)
    return stroke_width(ink) * BOX / max(width, height)


def _words_of_strokes(steps: Steps) -> str:
    width = _width_once_scaled(steps.thick)
    if steps.thick is steps.found:
        return text("steps.thick.enough", width=width)
    return text("steps.thick.words", before=_width_once_scaled(steps.found), width=width)


def _words_of_scale(steps: Steps, column: float, row: float) -> str:
    factor = BOX / max(steps.box[2:])
    return text(
        "steps.scaled.words" if factor != 1 else "steps.scaled.already", factor=factor, column=column, row=row
    )


def _words_of_shift(right: int, down: int, column: float, row: float) -> str:
    across = [text("steps.right" if right > 0 else "steps.left", pixels=abs(right))] if right else []
    along = [text("steps.down" if down > 0 else "steps.up", pixels=abs(down))] if down else []
    ways = across + along
    if not ways:
        return text("steps.not_moved")
    way = text("steps.two_ways", one=ways[0], other=ways[1]) if len(ways) == 2 else ways[0]
    is_there = max(abs(column - CENTRE), abs(row - CENTRE)) <= 0.5 + 1e-3
    where = {"column": round(column), "row": round(row)}
    return text("steps.moved" if is_there else "steps.moved_to_the_edge", way=way, **where)


# Squeezed, for comparison -------------------------------------------------------------------------


def _both(reader: ReadsDigits, piece: Digit, image: np.ndarray) -> dict[str, Any]:
    """What the network was shown of a piece, and a canvas merely squeezed, each with the answer to it."""
    probabilities = reader.probabilities(image)
    symbol, other = piece.text or _likeliest(piece.probabilities), _likeliest(probabilities)
    return {
        "prepared": {"picture": _picture(piece.image), "words": _answer(symbol, piece.probabilities)},
        "squeezed": {"picture": _picture(image), "words": _answer(other, probabilities)},
        "remark": text("steps.squeezed.same") if symbol == other else "",
    }


def _likeliest(probabilities: Mapping[str, float]) -> str:
    """The likeliest digit or sign; "" where neither is likelier."""
    symbol = max(probabilities, key=lambda symbol: probabilities[symbol])
    return symbol if probabilities[symbol] >= _none(probabilities) else ""


def _none(probabilities: Mapping[str, float]) -> float:
    """The probability of "none", in [0, 1]."""
    return max(0.0, 1 - sum(probabilities.values()))


def _answer(symbol: str, probabilities: Mapping[str, float]) -> str:
    """A symbol, or "" for what is none, and its probability, in words."""
    name = symbol if symbol in DIGITS else text(f"sign.{symbol}") if symbol else text("piece.no_digit")
    if symbol and symbol not in probabilities:
        return text("answer.by_place", sign=name)
    share = probabilities[symbol] if symbol else _none(probabilities)
    return text("steps.answer", symbol=name, percent=round(100 * share))
