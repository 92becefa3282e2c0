"""Example drawings to click; each is replayed on the pad at the pace of handwriting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from lenet.ui.component import component
from lenet.ui.texts import text

_HERE = Path(__file__).parent

_STEPS = 8
"""Points of the curve per control point: enough to show no corners at the pad's size."""


@dataclass(frozen=True)
class Example:
    """An example drawing.

    Attributes:
        label: the digit that was meant; None for what is no digit.
        name: of its text in the catalogue, `example.drawing.<name>`.
        strokes: lists of (x, y), in sides of the pad, y downward.
    """

    label: int | None
    name: str
    strokes: list[list[tuple[float, float]]]


EASY, HARD = "examples.json", "hard_examples.json"
"""Digits of every kind; and what is hard to read, or should be refused."""


def load(file: str = EASY) -> list[Example]:
    """The examples of `EASY` or `HARD`, their control points joined by smooth curves."""
    return [
        Example(entry["label"], entry["name"], [curve(stroke) for stroke in entry["strokes"]])
        for entry in _entries(file)
    ]


def _entries(file: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((_HERE / file).read_text("utf-8"))
    return entries


def curve(controls: list[list[float]]) -> list[tuple[float, float]]:
    """A smooth line through control points; `scripts/curve.js` makes the same in the browser.

    Args:
        controls: [x, y] in hundredths of the pad; a point given twice is a corner.

    Returns:
        (x, y) in sides of the pad.
    """
    line = [part for run in _split_at_corners(controls) for part in _catmull_rom(run)]
    return [(round(float(x) / 100, 4), round(float(y) / 100, 4)) for x, y in line]


def _split_at_corners(controls: list[list[float]]) -> list[list[list[float]]]:
    runs = [[controls[0]]]
    for previous, point in pairwise(controls):
        if point == previous:
            runs.append([point])
        else:
            runs[-1].append(point)
    return runs


def _catmull_rom(controls: list[list[float]]) -> np.ndarray:
    """Points (n, 2) of the uniform Catmull-Rom spline through `controls`."""
    knots = np.array(controls, float)
    knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    pieces = [
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) / 2
        for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False)
    ]
    return np.concatenate([*pieces, knots[-2:-1]])


def example_row(kind: str, title: str, event: str, entries: list[dict[str, Any]]) -> gr.HTML:
    """A row of thumbnails to click.

    Args:
        kind: "drawings", "hard" or "photos", for the style sheet. The first one of the "drawings" is
            the one that greets a visitor.
        title: stands above the row.
        event: what follows `lenet:` in the name of the browser event that a click sends.
        entries: for each example its `name`, the `detail` of the event, and the address of a `picture`
            as its thumbnail. With the event "replay" the detail is control points, from which the
            browser makes the drawing and its thumbnail: a tenth of the bytes.
    """
    return component("examples", kind=kind, title=title, event=event, examples=entries)


def drawings(file: str = EASY) -> list[dict[str, Any]]:
    """The examples of `EASY` or `HARD` as entries of `example_row`, for the pad to replay."""
    return [
        {"name": text(f"example.drawing.{entry['name']}"), "detail": entry["strokes"]}
        for entry in _entries(file)
    ]


def path_of(strokes: list[list[tuple[float, float]]]) -> str:
    """Strokes as an SVG path in a square of 100; their points are in sides of the pad."""
    lines = ("L".join(f"{100 * x:.1f},{100 * y:.1f}" for x, y in stroke) for stroke in strokes)
    return "".join(f"M{line}" for line in lines)
