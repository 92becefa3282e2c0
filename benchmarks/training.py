"""Speed of training beside the usual loop; run `python -m benchmarks.training --data DIR`.

The usual loop is torchvision's MNIST through a DataLoader, as tutorials have it, here with the network and
the optimiser of `padded-adam`. Both run in turns, on one thread.

- An epoch of MNIST at batch 64, the same steps on both sides: the ratio of their times. Ours includes a test.
- With `--to-99`: seconds until our quickest training reads 99.0 % of MNIST's test images, beside those until
  the usual loop is at the best of its ten epochs. Its tests are not counted, ours are.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from lenet.datasets import mnist
from lenet.learning import loop, training_data
from lenet.learning.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainConfig
from lenet.learning.epochs import Epoch, Score
from lenet.learning.recipes import RECIPES
from lenet.synthesis import samples

ROUNDS = 3
CLASSIC = RECIPES["padded-adam"].config
QUICKEST = TrainConfig(
    data=DataConfig(validation_share=0.0),
    optimiser=OptimiserConfig(batch_size=64, weight_decay=0.05, averaging=0.99),
    schedule=ScheduleConfig(epochs=1, learning_rate=6e-3),
)
"""The shipped architecture; in a single epoch the rate goes up and down to nothing. No warps."""


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description="Measure the speed of training.")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="folder of the data sets (default: data)"
    )
    parser.add_argument("--to-99", action="store_true", help="also the time to 99.0 %%, which takes minutes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print_epoch(options.data)
    if options.to_99:
        print_to_99(options.data)


def print_epoch(root: Path) -> None:
    """Time an epoch of either loop, in turns."""
    prepared = _mnist(root)
    config = CLASSIC.changed(schedule={"epochs": 1})
    pairs = [(_our_epochs(prepared, config)[0].seconds, next(_usual_epochs(root))[0]) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(our / their for our, their in pairs)
    print(f"an epoch at batch 64: {ours:.1f} s, the usual loop {theirs:.1f} s, ratio {ratio:.2f}")


def print_to_99(root: Path) -> None:
    """Time our quickest training to 99.0 %, its tests included, and the usual loop to its best, without."""
    epochs = _our_epochs(_mnist(root), QUICKEST)
    for epoch in epochs:
        print(f"  ours, epoch {epoch.number}: {epoch.seconds:.1f} s, {epoch.held_out}", flush=True)
    there = [epoch.number for epoch in epochs if epoch.held_out.accuracy >= 99]
    if not there:
        print("to 99.0 %: not reached")
        return
    ours = sum(epoch.seconds for epoch in epochs[: there[0]])
    usual = []
    for seconds, score in itertools.islice(_usual_epochs(root), CLASSIC.schedule.epochs):
        print(f"  the usual loop, after {seconds:.1f} s: {score}", flush=True)
        usual.append((seconds, score))
    theirs, score = max(usual, key=lambda epoch: epoch[1].correct)
    print(
        f"to 99.0 %: {ours:.1f} s; the usual loop to its best, {score.accuracy:.2f} %: {theirs:.1f} s, ",
        end="",
    )
    print(f"ratio {ours / theirs:.2f}")


def _mnist(root: Path) -> training_data.TrainingData:
    """All training images of MNIST; its test images stand where others are held out, and choose nothing."""
    learnt, tested = (mnist.load(root, train=train) for train in (True, False))
    return training_data.TrainingData(
        samples.of_images(learnt.images, learnt.labels),
        {"MNIST test": samples.of_images(tested.images, tested.labels)},
        [],
    )


def _our_epochs(prepared: training_data.TrainingData, config: TrainConfig) -> list[Epoch]:
    epochs: list[Epoch] = []
    loop.fit(prepared, config, epochs.append)
    return epochs


def _usual_epochs(root: Path) -> Iterator[tuple[float, Score]]:
    """The seconds of all epochs so far, and the score then."""
    torch.manual_seed(0)
    form = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    learnt, tested = (datasets.MNIST(str(root), train=train, transform=form) for train in (True, False))
    network = _usual_network()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    seconds = 0.0
    while True:
        start = time.perf_counter()
        for images, labels in DataLoader(learnt, batch_size=64, shuffle=True):
            optimiser.zero_grad()
            F.cross_entropy(network(images), labels).backward()
            optimiser.step()
        seconds += time.perf_counter() - start
        yield seconds, _tested(network, DataLoader(tested, batch_size=1000))


@torch.no_grad()
def _tested(network: nn.Module, batches: DataLoader[tuple[torch.Tensor, torch.Tensor]]) -> Score:
    correct = sum(int((network(images).argmax(1) == labels).sum()) for images, labels in batches)
    return Score(correct, 10_000)


def _usual_network() -> nn.Sequential:
    convolutions = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
    convolutions += [nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    full = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, *full)


if __name__ == "__main__":
    main()
