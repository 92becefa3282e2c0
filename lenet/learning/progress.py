"""What a training prints: a progress bar with rate and time left, and a line for each epoch."""

from __future__ import annotations

from pathlib import Path

from lenet.learning import processes, snapshot
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, finished
from lenet.learning.tracking import Tracker


def say(line: str) -> None:
    """Print a line, once for all processes."""
    if processes.is_main_process():
        print(line, flush=True)


def begin(snapshot_path: Path, resume: bool) -> None:
    """Delete the snapshot of an earlier run, unless that is to be resumed, and say so."""
    if resume and not snapshot_path.is_file():
        say(f"Nothing is kept in {snapshot_path}: starting anew.")
    elif snapshot_path.is_file() and not resume:
        say(
            f"Starting anew: what is kept in {snapshot_path} is deleted; --resume would have gone on with it."
        )
        snapshot_path.unlink()


class Progress:
    """The progress of one training, shown while its context is open, and passed on to a tracker.

    Args:
        config: of the training.
        steps_per_epoch: of the training.
        snapshot_path: of its snapshot, where the epochs of an earlier run are.
        tracker: gets every epoch.

    Attributes:
        epochs: that are done, with those of an earlier run.
        seconds_before: that the earlier run took for them.
    """

    def __init__(
        self, config: TrainConfig, steps_per_epoch: int, snapshot_path: Path, tracker: Tracker | None = None
    ) -> None:
        from tqdm import tqdm

        self.epochs: list[Epoch] = snapshot.epochs_done(snapshot_path)
        self.seconds_before = sum(epoch.seconds for epoch in self.epochs)
        self._schedule = config.schedule
        self._tracker = tracker
        if self.epochs:
            say(f"Going on after epoch {len(self.epochs)}.")
        self._bar = tqdm(
            total=config.schedule.epochs * steps_per_epoch,
            initial=len(self.epochs) * steps_per_epoch,
            unit="batch",
            disable=None if processes.is_main_process() else True,  # None: only on a terminal
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, error: type[BaseException] | None, *others: object) -> None:
        self._bar.close()
        if self._tracker:
            self._tracker.close()
        if error is not None:
            return
        done, wanted = len(self.epochs), self._schedule.epochs
        if not finished(self.epochs, self._schedule):
            kept = "what was learnt is kept" if done else "nothing was saved"
            say(f"Stopped after {done} of {wanted} epochs; {kept}.")
        elif done < wanted:
            say(f"Ended after {done} epochs: the last {self._schedule.patience} were no better.")

    def on_step(self) -> None:
        """Move the bar."""
        self._bar.update()

    def on_epoch(self, epoch: Epoch) -> None:
        """Note an epoch and print its line."""
        self.epochs.append(epoch)
        scores = ", ".join(f"{name} {score.accuracy:.2f} %" for name, score in epoch.validation.items())
        if processes.is_main_process():
            line = f"epoch {epoch.number}: loss {epoch.loss:.4f}, {epoch.seconds:.1f} s, held out: {scores}"
            self._bar.write(line)
        if self._tracker:
            self._tracker.on_epoch(epoch)
