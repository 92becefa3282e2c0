"""What the page shows under "What spoke for 7 rather than 1": does it point at the ink that matters?

    python -m benchmarks.saliency --data DIR [--count 200]

On images of MNIST's test part, whose two likeliest outputs are compared:

- Ink is taken away in the order of each method, the strongest first. Printed is the difference of the two
  logits, mean over 0 to 40 % of the ink: the lower, the better the method knows what spoke for the answer.
- A bar is planted on each 1 that turns it into a 7. Printed is how often the ink of the bar speaks more for 7
  rather than 1 than the other ink does, and how much of the strongest fifth of the ink lies in it.
- All weights are shuffled within their layers. Printed is the rank correlation with the map before, on ink
  only (Adebayo et al.: "Sanity Checks for Saliency Maps", NeurIPS 2018): near 0 if the map depends on what
  was learnt.

PyTorch computes here; tests/test_inside.py shows that the page's scripts give the same numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from lenet.datasets import mnist
from lenet.network import checkpoint
from lenet.network.classifiers import use_one_thread
from lenet.network.model import LeNet
from lenet.network.record import shipped_weights

STEPS = 32
"""Of the path from blank paper to the drawing, as in scripts/gradients.js."""

SHARES = np.linspace(0, 0.4, 9)
"""Shares of the ink that are taken away."""

SEED = 1998

Method = Callable[[LeNet, np.ndarray, int, int], np.ndarray]
"""From a network, an image (28, 28) and two outputs to a map (28, 28)."""


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description="Measure the maps of what spoke for a digit.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--count", type=int, default=200, help="images (default: 200)")
    options = parser.parse_args()
    use_one_thread("torch")
    network = checkpoint.load(shipped_weights())
    images, labels = held_out(options.data)
    chosen = np.random.default_rng(SEED).permutation(len(images))
    some = images[chosen[: options.count]]
    print(f"{len(some)} images of MNIST's test part, seed {SEED}")
    for name, method in METHODS.items():
        print(f"difference while ink is taken away, {name}: {removal(network, some, method):.2f}")
    ones = images[chosen[labels[chosen] == 1][: options.count]]
    found, share, ink, count = planted(network, ones)
    print(f"planted bar, {count} of {len(ones)} ones that became a 7: it speaks most in {100 * found:.1f} %;")
    print(f"  {100 * share:.0f} % of the strongest fifth of the ink lies in it, of all ink {100 * ink:.0f} %")
    correlations = randomised(network, some)
    print(
        f"weights shuffled: rank correlation on ink {np.mean(correlations):.2f}, mean of the absolute "
        f"{np.mean(np.abs(correlations)):.2f}"
    )


def held_out(root: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images float32 (N, 28, 28) in [0, 1] and labels (N,) of MNIST's test part."""
    test = mnist.load(root, train=False)
    return np.asarray(test.images, np.float32) / 255, np.asarray(test.labels)


# --- Methods -------------------------------------------------------------------


def logits_of(network: LeNet, images: np.ndarray | torch.Tensor) -> torch.Tensor:
    """The logits (N, K) of images (N, 28, 28), those of "none" included."""
    return network.architecture.complete(network(torch.as_tensor(images)))


def integrated_gradients(network: LeNet, image: np.ndarray, wanted: int, other: int) -> np.ndarray:
    """As the page computes them: the mean gradient on the path from blank paper, times the ink."""
    shares = (torch.arange(STEPS, dtype=torch.float32) + 0.5) / STEPS
    path = (shares[:, None, None] * torch.from_numpy(image)).requires_grad_()
    return _gradient(network, path, wanted, other).mean(0) * image


def gradient_times_ink(network: LeNet, image: np.ndarray, wanted: int, other: int) -> np.ndarray:
    """The gradient at the image itself, times the ink."""
    itself = torch.from_numpy(image[None]).requires_grad_()
    return _gradient(network, itself, wanted, other)[0] * image


def _gradient(network: LeNet, images: torch.Tensor, wanted: int, other: int) -> np.ndarray:
    logits = logits_of(network, images)
    (gradient,) = torch.autograd.grad((logits[:, wanted] - logits[:, other]).sum(), images)
    return gradient.numpy()


def grad_cam(network: LeNet, image: np.ndarray, wanted: int, other: int) -> np.ndarray:
    """Grad-CAM on the maps of C3 (Selvaraju et al., ICCV 2017)."""
    maps: list[torch.Tensor] = []
    hook = network.s4.register_forward_pre_hook(lambda _, inputs: maps.append(inputs[0]))
    logits = logits_of(network, image[None])[0]
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[wanted] - logits[other], maps[0])
    weighted = (gradient.mean(dim=(2, 3), keepdim=True) * maps[0]).sum(1, keepdim=True).relu()
    enlarged = F.interpolate(weighted.detach(), size=(32, 32), mode="bilinear", align_corners=False)
    return enlarged[0, 0, 2:30, 2:30].numpy()


def random_order(network: LeNet, image: np.ndarray, wanted: int, other: int) -> np.ndarray:
    """No method."""
    return np.random.default_rng(SEED).random(image.shape)


METHODS: dict[str, Method] = {
    "random order": random_order,
    "Grad-CAM on C3": grad_cam,
    "gradient × ink": gradient_times_ink,
    "integrated gradients": integrated_gradients,
}


# --- Measures ------------------------------------------------------------------


def two_likeliest(network: LeNet, image: np.ndarray) -> tuple[int, int]:
    """The outputs with the highest logits."""
    with torch.no_grad():
        first, second = logits_of(network, image[None])[0].topk(2).indices.tolist()
    return first, second


def removal(network: LeNet, images: np.ndarray, method: Method) -> float:
    """The difference of the two highest logits, mean over images and `SHARES` of the ink taken away."""
    differences = []
    for image in images:
        wanted, other = two_likeliest(network, image)
        ink = np.flatnonzero(image)
        order = ink[np.argsort(-method(network, image, wanted, other).ravel()[ink], kind="stable")]
        without = np.repeat(image.reshape(1, -1), len(SHARES), axis=0)
        for row, share in zip(without, SHARES, strict=True):
            row[order[: round(share * len(order))]] = 0
        with torch.no_grad():
            logits = logits_of(network, without.reshape(-1, 28, 28))
        differences.append((logits[:, wanted] - logits[:, other]).mean().item())
    return float(np.mean(differences))


def planted(network: LeNet, ones: np.ndarray) -> tuple[float, float, float, int]:
    """How well a bar is found that turns a 1 into a 7.

    Returns:
        Of the images that are read as 7 with the bar: the share where its ink speaks more for 7 rather than 1
        than the other ink; of the strongest fifth of the ink and of all ink, the share that lies in it; and
        their number.
    """
    found, strongest, all_ink = [], [], []
    for one in ones:
        image, bar = with_bar(one)
        if two_likeliest(network, image)[0] != 7:
            continue
        ink = image > 0
        attributions = integrated_gradients(network, image, 7, 1)
        found.append(attributions[bar & ink].mean() > attributions[~bar & ink].mean())
        threshold = np.quantile(attributions[ink], 0.8)
        strongest.append(bar[ink & (attributions >= threshold)].mean())
        all_ink.append(bar[ink].mean())
    return float(np.mean(found)), float(np.mean(strongest)), float(np.mean(all_ink)), len(found)


def with_bar(one: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A 1 with a bar to the left at its top, and where the bar is: float32 and bool (28, 28)."""
    top = int(np.flatnonzero(one.max(axis=1) > 0.5)[0])
    right = int(np.flatnonzero(one[top] > 0.5)[0])
    bar = np.zeros(one.shape, bool)
    bar[top : top + 2, max(0, right - 9) : right] = True
    return np.where(bar, np.float32(1), one), bar


def randomised(network: LeNet, images: np.ndarray) -> np.ndarray:
    """Spearman's correlation, on ink, of each map with that by shuffled weights."""
    shuffled = with_shuffled_weights(network)
    correlations = []
    for image in images:
        pair = two_likeliest(network, image)
        ink = image > 0
        one, other = (integrated_gradients(each, image, *pair)[ink] for each in (network, shuffled))
        correlations.append(np.corrcoef(_ranks(one), _ranks(other))[0, 1])
    return np.array(correlations)


def with_shuffled_weights(network: LeNet) -> LeNet:
    """A network with the same numbers in each layer, in random places."""
    generator = torch.Generator().manual_seed(SEED)
    shuffled = LeNet(network.architecture)
    shuffled.load_state_dict(
        {
            name: values.flatten()[torch.randperm(values.numel(), generator=generator)].view_as(values)
            for name, values in network.state_dict().items()
        }
    )
    return shuffled.eval()


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


if __name__ == "__main__":
    main()
