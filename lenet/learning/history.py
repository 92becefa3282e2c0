"""How a network learnt: its weights at some steps on the way, kept aside for a look at them later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import torch as safetensors

from lenet.files import store
from lenet.learning import processes
from lenet.learning.learner import Learner


class History:
    """Writes the weights after some steps of a training, evenly spread in the logarithm of the step.

    Each file, `step_000123.safetensors`, holds what would be saved if the training ended there: the averaged
    network with batch normalisation folded in, in half precision.

    Args:
        folder: for the files; made if there is none.
        count: number of files; a short training has fewer, for two may fall on one step.
        steps: of the whole training; the last of them is among the files.
    """

    def __init__(self, folder: Path, count: int, steps: int) -> None:
        self._folder = folder
        self._steps = frozenset(np.geomspace(steps, 1, count).round().astype(int).tolist())

    def keep(self, learner: Learner) -> None:
        """Write the weights, if the step that was done is one of those to keep.

        Raises:
            OSError: as for `files.store`.
        """
        if learner.steps not in self._steps:
            return
        network = learner.evaluated().folded()
        if processes.is_main_process():
            weights = {name: value.half().contiguous() for name, value in network.state_dict().items()}
            store(self._folder / f"step_{learner.steps:06}.safetensors", safetensors.save(weights))
