"""The page's icon and the picture that link previews show, drawn from one of its example drawings.

    python -m benchmarks.pictures [FOLDER]

Writes icon.svg, icon.png and card.png to lenet/ui/pictures, or to FOLDER; needs a Chromium.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.serving import chromium
from lenet.reading.reader import Reader
from lenet.ui import examples, head
from lenet.ui.texts import text

FOLDER = head.ICON.parent
EXAMPLE = "looped_2"
ICON_SIDE = 180
"""Pixels of the icon for home screens: what iOS asks for."""

COLOURS = 48
"""Colours of the pictures: with so few they look the same, and are a third as large (measured)."""

ACCENT, PAPER, SHEET, INK, QUIET, LINE = "#2647c8", "#faf9f6", "#ffffff", "#1e1d1b", "#6d6962", "#dedad2"
"""The page's colours, from page.css."""

STYLE = f"""
body {{ margin: 0; background: {PAPER}; color: {INK}; font-family: "Liberation Sans", Arial, sans-serif; }}
main {{ box-sizing: border-box; width: 1200px; height: 630px; padding: 60px 72px; }}
h1 {{ margin: 0; font-size: 64px; line-height: 64px; letter-spacing: -0.02em; }}
p {{ margin: 16px 0 44px; font-size: 31px; line-height: 40px; color: {QUIET}; }}
div {{ display: flex; align-items: center; justify-content: space-between; }}
.sheet {{ background: {SHEET}; box-shadow: inset 0 0 0 2px {LINE}; }}
.sheet, .seen {{ flex: none; width: 336px; height: 336px; border-radius: 26px; image-rendering: pixelated; }}
.arrow {{ width: 40px; color: {QUIET}; }}
b {{ font-size: 400px; line-height: 336px; }}
"""

ARROW = (
    '<svg class="arrow" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="round" stroke-linejoin="round"><path d="M2 12h19M13 4l8 8-8 8"/></svg>'
)


def main(folder: Path) -> None:
    """Write the pictures to a folder."""
    folder.mkdir(exist_ok=True)
    strokes = next(example.strokes for example in examples.load() if example.name == EXAMPLE)
    (folder / "icon.svg").write_text(icon(strokes, rounding=22) + "\n", "utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": head.CARD_SIZE[0], "height": head.CARD_SIZE[1]})
        page.set_content(card(strokes))
        _save(page.screenshot(), folder / "card.png")
        page.set_viewport_size({"width": ICON_SIDE, "height": ICON_SIDE})
        page.set_content(f'<body style="margin: 0">{icon(strokes, rounding=0)}</body>')
        _save(page.screenshot(), folder / "icon.png")


def icon(strokes: list[list[tuple[float, float]]], rounding: int) -> str:
    """A digit on a square, as SVG; the rounding of its corners is in hundredths of its side."""
    square = f'<rect width="100" height="100" rx="{rounding}" fill="{ACCENT}"/>'
    content = square + drawn(strokes, "#ffffff", 7.5)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{content}</svg>'


def card(strokes: list[list[tuple[float, float]]]) -> str:
    """Drawing, what the network sees, and its answer, as HTML."""
    reading = Reader.load().read_strokes(strokes)
    row = (
        f'<svg class="sheet" viewBox="0 0 100 100">{drawn(strokes, INK, 4.2)}</svg>',
        f'<img class="seen" src="{_address(reading.digits[0].image)}">',
        f"<b>{reading.text}</b>",
    )
    heading, subtitle = (html.escape(text(key)) for key in ("page.title", "page.subtitle"))
    return (
        f"<style>{STYLE}</style><main><h1>{heading}</h1><p>{subtitle}</p><div>{ARROW.join(row)}</div></main>"
    )


def drawn(strokes: list[list[tuple[float, float]]], colour: str, width: float) -> str:
    """Strokes as an SVG path in a square of 100."""
    return (
        f'<path d="{examples.path_of(strokes)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _address(image: np.ndarray) -> str:
    """An image (28, 28) in [0, 1] as a data URL, white on black."""
    file = io.BytesIO()
    Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _save(screenshot: bytes, path: Path) -> None:
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the page's icon and its picture for link previews.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="default: lenet/ui/pictures")
    main(parser.parse_args().folder)
