"""Experiment tracking: every epoch goes to trackio, which shows runs beside each other.

Runs stay on this machine, and `trackio show --project lenet` opens them in the browser. With
TRACKIO_SPACE_ID in the environment trackio sends them to that Space instead.
"""

from __future__ import annotations

import dataclasses

from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch

PROJECT = "lenet"
"""Name under which trackio groups the runs."""


class Tracker:
    """One run of trackio.

    Args:
        config: of the training, which is kept with the run.
    """

    def __init__(self, config: TrainConfig) -> None:
        import trackio

        self._run = trackio.init(project=PROJECT, config=dataclasses.asdict(config), embed=False)

    def on_epoch(self, epoch: Epoch) -> None:
        """Log an epoch: its losses, its seconds, and the accuracy on each held-out set, in per cent."""
        accuracies = {f"held out/{name}": score.accuracy for name, score in epoch.validation.items()}
        losses = {"loss": epoch.loss, "held out/loss": epoch.validation_loss}
        self._run.log({**losses, "seconds": epoch.seconds, **accuracies}, step=epoch.number)

    def close(self) -> None:
        """Wait until all is written."""
        self._run.finish()  # type: ignore[no-untyped-call]
