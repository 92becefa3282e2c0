"""The panel that shows how LeNet learnt: what it was at moments of its training reads the visitor's drawing.

They compute in the browser. Closed the panel is a line on the page; what it needs is fetched when it is first
opened, and each network when it is likely to be asked for.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from lenet.ink import strokes
from lenet.ink.preprocessing import to_mnist
from lenet.network.record import Record, load_record, shipped_weights
from lenet.network.timeline import Timeline, path_beside
from lenet.ui import examples
from lenet.ui.assets import Asset
from lenet.ui.component import component, with_texts
from lenet.ui.scripts import timeline_script

_HERE = Path(__file__).parent

EXAMPLE = "ringed_8"
"""The drawing that is read while there is none on the pad: they take it for four different symbols."""

_C1_WEIGHTS, _C1_OUTPUTS = 150, 6
"""Of the first layer, whose kernels the panel shows."""


def timeline_view(channel: str) -> gr.HTML:
    """The panel, which reads the piece that is chosen in the answer.

    Args:
        channel: of the answers, as for `answer.answer_view`.
    """
    return component("timeline", channel=channel)


def files(weights: Path | None = None) -> dict[str, Asset]:
    """What the panel fetches, by name.

    Args:
        weights: path of the weights whose training it shows, `….safetensors`; the shipped ones by default.

    Raises:
        FileNotFoundError: there is no timeline beside them, or no record.
        ValueError: one of these is broken.
    """
    path = weights or shipped_weights()
    timeline = Timeline.load(path_beside(path))
    template, style = ((_HERE / f"timeline_view.{kind}").read_text("utf-8") for kind in ("html", "css"))
    index = json.dumps(described(timeline, load_record(path), Record.load(path)), ensure_ascii=False)
    return {
        "timeline.js": Asset(timeline_script().encode(), "text/javascript"),
        "timeline.html": Asset(with_texts(template).encode(), "text/html"),
        "timeline.css": Asset(style.encode(), "text/css"),
        "timeline.json": Asset(index.encode(), "application/json"),
        **{
            f"timeline_{moment}.bin": Asset(network(timeline, moment), "application/octet-stream")
            for moment in range(len(timeline.steps))
        },
    }


def described(timeline: Timeline, entries: dict[str, Any], record: Record) -> dict[str, Any]:
    """A timeline as the panel's script takes it, but for the networks; its type is `TimelineIndex`.

    Args:
        timeline: of a training.
        entries: all those of its record.
        record: of the network.
    """
    batch, epochs = entries["config"]["optimiser"]["batch_size"], len(entries["epochs"])
    steps = timeline.steps.tolist()
    total = int(timeline.answers[0].sum())
    kernels = timeline.scales[:, :_C1_OUTPUTS, None] * timeline.weights[:, :_C1_WEIGHTS].reshape(
        len(steps), _C1_OUTPUTS, -1
    )
    return {
        "moments": [
            {
                "images": step * batch,
                "epoch": -(-step * epochs // steps[-1]),
                "loss": round(float(loss), 4),
                "accuracy": round(int(right) / total, 4),
                "favourite": record.alphabet[int(answers.argmax())],
                "share": round(int(answers.max()) / total, 4),
            }
            for step, loss, right, answers in zip(
                steps, timeline.losses, timeline.right, timeline.answers, strict=True
            )
        ],
        "epochs": epochs,
        "heldOut": total,
        "symbols": record.alphabet,
        "temperature": record.temperature,
        "largest": float(np.abs(kernels).max()),
        "example": _example(),
    }


def network(timeline: Timeline, moment: int) -> bytes:
    """The weights of one moment as `networkOfSnapshot` of scripts/snapshots.js takes them.

    Args:
        timeline: of a training.
        moment: its number, from 0.

    Returns:
        The scales, then the biases, float32, little-endian; then the weights, int8.
    """
    floats = (timeline.scales[moment], timeline.biases[moment])
    return b"".join([*(part.astype("<f4").tobytes() for part in floats), timeline.weights[moment].tobytes()])


def _example() -> str:
    """The example in MNIST's form: base64 of 784 bytes, row by row, 255 = full ink."""
    (drawn,) = (one.strokes for one in examples.load() if one.name == EXAMPLE)
    image = to_mnist(strokes.draw(strokes.parse(drawn)))
    if image is None:
        raise ValueError(f"{EXAMPLE}: wanted an example with ink, got none; choose another")
    return base64.b64encode(np.rint(image * 255).astype(np.uint8).tobytes()).decode()
