"""The review of visitors' corrections: a page of pictures, the least plausible first, to keep or to drop.

The page is one file that needs no network. What is decided on it comes back as a file of decisions.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lenet.datasets import corrections
from lenet.datasets.corrections import Correction, Decision
from lenet.files import store
from lenet.network import classifiers
from lenet.network.classifiers import Classifier
from lenet.network.record import ALPHABET, Record

_HERE = Path(__file__).parent

PAGE = "review.html"
"""Name of the page, which is written into the folder unless another path is given."""

_CHOICES = {"keep": "keep", "drop": "drop", "": "later"}
"""What is told of each choice, by its value in the page."""


def run(folder: Path, decisions: Path | None, output: Path | None, weights: Path) -> Iterator[str]:
    """Record decisions, if there are any, and write the page.

    Args:
        folder: in which the page keeps corrections.
        decisions: a file that the review gave.
        output: the page to write; by default `PAGE` in the folder.
        weights: path of the network that judges the plausibility, `….safetensors`.

    Returns:
        Sentences about it.

    Raises:
        OSError: one cannot be read or written to.
        ValueError: one is not what it should be.
    """
    if decisions:
        gone = record(folder, decisions)
        if gone:
            yield f"{gone} of the decisions are on corrections that are not there any more"
    page = output or folder / PAGE
    counts = write(folder, page, classifiers.load(weights, Record.load(weights)))
    yield (
        f"{folder}: {counts['keep']} kept, {counts['drop']} dropped, {counts['']} not decided; "
        "only what is kept is learnt"
    )
    yield f"Open {page} to decide"


def record(folder: Path, file: Path) -> int:
    """Record in a folder what was decided on the page.

    Args:
        folder: in which the page keeps corrections.
        file: what the review gave.

    Returns:
        The number of decisions on corrections that are not there any more.

    Raises:
        OSError: one cannot be read or written to.
        ValueError: it is no file of decisions, or one of another folder.
    """
    new = corrections.parse_decisions(file)
    known = {one.id for one in corrections.load(folder)}
    chosen = {id_: decision for id_, decision in new.items() if id_ in known}
    if new and not chosen:
        raise ValueError(f"{file}: wanted decisions on corrections in {folder}, got others; check the folder")
    corrections.decide(folder, chosen)
    return len(new) - len(chosen)


def write(folder: Path, output: Path, classify: Classifier) -> dict[str, int]:
    """Write the page.

    Args:
        folder: in which the page keeps corrections.
        output: the file to write.
        classify: the network that judges the plausibility, over the alphabet.

    Returns:
        How many are kept ("keep"), dropped ("drop") and not decided ("").

    Raises:
        OSError: one cannot be read or written to.
        ValueError: the decisions that are there are damaged.
    """
    given = corrections.load(folder)
    decided = corrections.decisions(folder)
    shares = _plausibility(given, classify)
    order = sorted(given, key=lambda one: shares[one.id])
    lists: dict[str, list[str]] = {choice: [] for choice in _CHOICES}
    for one in order:
        choice = decided.get(one.id, "")
        lists[choice].append(_card(one, shares[one.id], choice))
    parts = [_list("", lists[""]), _list("Kept", lists["keep"]), _list("Dropped", lists["drop"])]
    script = (_HERE / "review_page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    filled = {"hash": f"sha256-{digest}", "script": script, "lists": "\n".join(filter(None, parts))}
    page = (_HERE / "review_page.html").read_text("utf-8")
    for name, value in filled.items():
        page = page.replace("{{" + name + "}}", value)
    store(output, page.encode())
    return {choice: len(cards) for choice, cards in lists.items()}


def _plausibility(given: Sequence[Correction], classify: Classifier) -> dict[str, float]:
    """By id the probability of the label, in [0, 1]; 0 for one that the alphabet lacks."""
    known = [one for one in given if one.label in ALPHABET]
    shares = {one.id: 0.0 for one in given}
    if known:
        answers = classify(np.stack([one.image for one in known]).astype(np.float32) / 255)
        for one, probabilities in zip(known, answers, strict=True):
            shares[one.id] = float(probabilities[ALPHABET.index(one.label)])
    return shares


def _list(heading: str, cards: Sequence[str]) -> str:
    if not cards:
        return ""
    above = f"<h2>{heading}</h2>\n" if heading else ""
    return f"{above}<ol>\n{''.join(cards)}</ol>"


def _card(one: Correction, share: float, choice: Decision | str) -> str:
    """What is shown of a correction; what a visitor may have written is escaped."""
    label, answer, id_ = (html.escape(text) for text in (one.label, one.answer, one.id))
    radios = "".join(
        f'<label><input type="radio" name="choice-{id_}" value="{value}"{" checked" * (value == choice)}>'
        f"{words}</label>"
        for value, words in _CHOICES.items()
    )
    return (
        f'<li><fieldset name="{id_}"><img alt="Picture given as {label}" src="{_png(one.image)}">'
        f'<div><div class="label">{label}</div><div class="read">read as {answer}<br>'
        f"{100 * share:.1f} % plausible</div></div>"
        f'<div class="choice">{radios}</div></fieldset></li>\n'
    )


def _png(image: np.ndarray) -> str:
    """A picture, uint8 (28, 28), as a data URL, dark ink on light."""
    file = io.BytesIO()
    Image.fromarray(255 - image).save(file, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
