"""The panel that shows the inside of the network: all layers, computed in the browser as the pen moves.

Closed it is a line on the page. All that it needs is fetched when it is first opened: its script, its style,
its template and the weights.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from safetensors.numpy import load_file

from lenet.network import metric as metric_file
from lenet.network.record import Record, shipped_weights
from lenet.network.timeline import in_order
from lenet.ui.assets import Asset
from lenet.ui.component import component, with_texts
from lenet.ui.scripts import inside_script, saliency_script

_HERE = Path(__file__).parent

SHEET = _HERE / "digits" / "mnist.png"
"""Digits of MNIST's training part, in the order of their labels; benchmarks/training_digits.py makes it."""

SHEET_COLUMNS = 40
"""Digits in a row of the sheet."""


def inside_view(channel: str, record: Record) -> gr.HTML:
    """The panel, which shows the piece that is chosen in the answer.

    It tells its state by events `lenet:<channel>:inside` (`InsideState` in scripts/inside_types.d.ts; null
    when it is closed), and is opened at a state by an event `lenet:<channel>:inside:show`.

    Args:
        channel: of the answers, as for `answer.answer_view`.
        record: what the outputs mean.
    """
    return component("inside", channel=channel, symbols=record.alphabet)


def files() -> dict[str, Asset]:
    """What the panel fetches when it is opened, by name."""
    template, style = ((_HERE / f"inside_view.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return {
        "inside.js": Asset(inside_script().encode(), "text/javascript"),
        "saliency.js": Asset(saliency_script().encode(), "text/javascript"),
        "inside.html": Asset(with_texts(template).encode(), "text/html"),
        "inside.css": Asset(style.encode(), "text/css"),
        "digits.png": Asset(SHEET.read_bytes(), "image/png"),
        "weights.bin": Asset(weights(), "application/octet-stream"),
    }


def weights(path: Path | None = None) -> bytes:
    """The weights as `networkOf` of scripts/lenet.js takes them; read without PyTorch.

    Args:
        path: of the weights, `….safetensors`; the shipped ones by default.

    Returns:
        float32, little-endian: of each layer the weights, output by output, then the biases.

    Raises:
        FileNotFoundError: there is no such file.
    """
    layers = in_order(load_file(path or shipped_weights()))
    return b"".join(part.astype("<f4").tobytes() for layer in layers for part in layer)


def metric(path: Path | None = None) -> bytes:
    """The metric of a hand, as `adapted` of scripts/adaptation.js takes it; read without PyTorch.

    Args:
        path: of the weights that it lies beside, `….safetensors`; the shipped ones by default.

    Returns:
        float32, little-endian, row by row.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is that of other weights.
    """
    return metric_file.load(path or shipped_weights()).astype("<f4").tobytes()
