"""How LeNet learnt: packs the timeline of its training, measures the panel, draws the README's picture.

    python train.py --data DIR --snapshots 30               # keeps weights on the way in FOLDER
    python -m benchmarks.timeline pack FOLDER --data DIR    # weights/lenet5.timeline.safetensors
    python -m benchmarks.timeline measure [--slower 4]
    python -m benchmarks.timeline picture                   # docs/timeline.webp

`pack` also prints what 8 bits cost. `measure` opens the panel in Chromium and prints

- milliseconds from the tap on its title until the first answer is painted, in new profiles without a cache;
- milliseconds from a step of the slider until its answer is painted, with the networks there: median, 95th
  percentile and the largest;
- the bytes of all that the panel fetched, as they came over the network.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.numpy import load_file

from benchmarks.serving import chromium, serve
from lenet.learning.timeline import held_out, load_into, timeline
from lenet.network import checkpoint
from lenet.network.model import predict
from lenet.network.record import shipped_weights
from lenet.network.timeline import Timeline, path_beside, restored

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Pack, measure and draw the timeline of the training.")
    kinds = parser.add_subparsers(required=True)
    packing = kinds.add_parser("pack", help="round the weights on the way to 8 bits and measure them")
    packing.add_argument("folder", type=Path, help="as train.py --snapshots made it")
    packing.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    packing.set_defaults(run=lambda options: pack(options.folder, options.data))
    options = parser.parse_args()
    torch.set_num_threads(1)  # as app.py does
    options.run(options)


def pack(folder: Path, root: Path) -> None:
    """Write the timeline beside the shipped weights, and print it beside what was not rounded."""
    weights = shipped_weights()
    images, labels = held_out(root, weights)
    found = timeline(folder, weights, images, labels)
    found.save(path_beside(weights))
    files = [*sorted(folder.glob("step_*.safetensors"))[:-1], weights]
    changed = [_changed(found, moment, path, images) for moment, path in enumerate(files)]
    print(f"{'steps':>6} {'loss':>6} {'right of ' + str(len(labels)):>13} {'other answers by 8 bits':>24}")
    for step, loss, right, count in zip(found.steps, found.losses, found.right, changed, strict=True):
        print(f"{step:6} {loss:6.3f} {right:13} {count:24}")
    print(f"{path_beside(weights).stat().st_size:,} bytes")


def _changed(found: Timeline, moment: int, path: Path, images: np.ndarray) -> int:
    """How many digits the network of a moment answers otherwise than before it was rounded."""
    network = checkpoint.load(shipped_weights())
    before = {name: values.astype(np.float32) for name, values in load_file(path).items()}
    after = restored(found.weights[moment], found.scales[moment], found.biases[moment], before)
    answers = []
    for tensors in (before, after):
        load_into(network, tensors)
        with torch.no_grad():
            logits = predict(network, torch.from_numpy(images))
        answers.append(network.architecture.complete(logits).argmax(1))
    return int((answers[0] != answers[1]).sum())


if __name__ == "__main__":
    main()
