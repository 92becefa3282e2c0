"""LeNet-5, layer by layer as in the paper, 61,706 parameters.

LeCun, Bottou, Bengio, Haffner: "Gradient-Based Learning Applied to Document
Recognition", Proceedings of the IEEE 86 (11), 1998, section II.B. Where this
network departs from it:

- s2 and s4 average 2×2 pixels and learn nothing; the paper's go on to scale and shift
  with two trained numbers a map.
- c3 sees all six maps of s2; the paper leaves out 36 of the 96 connections (table I).
- c5 is written as a full connection, which on maps of 5×5 pixels is the paper's
  convolution with 5×5 kernels.
- The layers answer with x · sigmoid(x) (SiLU), not with 1.7159 tanh(2x/3).
- `output` is linear and gives logits for softmax and cross-entropy; the paper's is
  84 Gaussian units a digit, compared with drawn 7×12 pictures of the digits.
- What is no digit has a fixed logit of 0 (`with_no_digit`), so the ten others say how much
  more likely their digit is than none; the paper's network knows digits only.
- Pixels are normalised by MNIST's mean and deviation inside the network; the paper
  feeds -0.1 for paper and 1.175 for ink.
- Batch normalisation (Ioffe, Szegedy 2015) helps while training; `folded` moves it
  into the weights, and the network that is shipped has none.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NO_DIGIT = 10
"""The label of what is no digit."""

MNIST_MEAN, MNIST_DEVIATION = 0.1307, 0.3081
"""Of all pixels of MNIST's 60,000 training images, in [0, 1]."""


class LeNet(nn.Module):
    """LeNet-5.

    Args:
        batch_norm: normalise after each layer but the last, for training.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, batch_norm: bool = False) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MNIST_MEAN))
        self.register_buffer("deviation", torch.tensor(MNIST_DEVIATION))
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = nn.AvgPool2d(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = nn.AvgPool2d(2)
        self.c5 = nn.Linear(16 * 5 * 5, 120)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)
        self.norm = nn.ModuleDict(
            {
                "c1": nn.BatchNorm2d(6),
                "c3": nn.BatchNorm2d(16),
                "c5": nn.BatchNorm1d(120),
                "f6": nn.BatchNorm1d(84),
            }
            if batch_norm
            else {}
        )

    def forward(self, images: Tensor) -> Tensor:
        """Compute the logits of the ten digits.

        Args:
            images: float (N, 28, 28) in [0, 1], 1 = ink, in the form of MNIST.

        Returns:
            float (N, 10), one logit a digit; `with_no_digit` and softmax make them probabilities.
        """
        # The paper's 32×32: two pixels of paper around, so that c1 can see edges at the rim.
        x = F.pad(images.unsqueeze(1), (2, 2, 2, 2))  # (N, 1, 32, 32)
        x = (x - self.mean) / self.deviation
        x = self.s2(self._layer("c1", x))  # (N, 6, 14, 14)
        x = self.s4(self._layer("c3", x)).flatten(1)  # (N, 16, 5, 5) -> (N, 400)
        x = self._layer("c5", x)  # (N, 120)
        x = self._layer("f6", x)  # (N, 84)
        return self.output(x)

    def _layer(self, name: str, x: Tensor) -> Tensor:
        x = getattr(self, name)(x)
        if name in self.norm:
            x = self.norm[name](x)
        return F.silu(x)

    @torch.no_grad()
    def folded(self) -> LeNet:
        """Make the same function without batch normalisation.

        Returns:
            A new network in evaluation mode, on the CPU, whose logits equal this one's in
            evaluation mode up to rounding.
        """
        plain = LeNet()
        plain.load_state_dict({k: v for k, v in self.state_dict().items() if k in plain.state_dict()})
        for name, norm in self.norm.items():
            _fold(getattr(plain, name), norm)
        return plain.eval()


_BATCH = 32
"""Images at a time: what lies between the layers then stays in the processor's cache."""


@torch.inference_mode()
def predict(network: nn.Module, images: Tensor) -> Tensor:
    """Logits (N, 10) of images (N, 28, 28), in batches, so that any number is quick and fits into memory."""
    if len(images) == 0:
        return torch.empty(0, 10)
    return torch.cat([network(batch) for batch in torch.split(images, _BATCH)])


def with_no_digit(logits: Tensor) -> Tensor:
    """Add the logit of what is no digit, which is 0.

    Args:
        logits: float (N, 10) of the ten digits.

    Returns:
        float (N, 11); softmax gives the probabilities of the digits and, last, of `NO_DIGIT`.
    """
    return F.pad(logits, (0, 1))


def _fold(layer: Any, norm: Any) -> None:
    """Scale and shift `layer` as `norm` does after it, by its running statistics."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).cpu()
    layer.weight *= scale.view(-1, *[1] * (layer.weight.dim() - 1))
    layer.bias.copy_((layer.bias - norm.running_mean.cpu()) * scale + norm.bias.cpu())
