"""The LeNet family: LeNet-5 after the paper, and its usual variants.

LeCun, Bottou, Bengio, Haffner: "Gradient-Based Learning Applied to Document
Recognition", Proceedings of the IEEE 86 (11), 1998, section II.B. The paper's network has 60,000
trained parameters, this one 61,706, and with signs 765 more. It departs from
the paper (`Architecture` says where others do):

- s2 and s4 average 2×2 pixels and have no parameters; the paper's also scale and shift
  each map by two trained numbers.
- c3 sees all six maps of s2; the paper leaves out 36 of the 96 connections (table I).
- c5 is written as a full connection, which on maps of 5×5 pixels is the paper's
  convolution with 5×5 kernels.
- The activation is x · sigmoid(x) (SiLU), not 1.7159 tanh(2x/3).
- `output` is linear and gives logits for softmax and cross-entropy; the paper's is
  84 Gaussian units a digit, compared with drawn 7×12 pictures of the digits.
- A second layer on f6, `signs`, gives the logits of nine signs; the paper's network knows digits only.
- The class "none", of all else, has a fixed logit of 0 (`with_no_digit`), so each of the others says how
  much likelier its digit or sign is than "none".
- Pixels are normalised by MNIST's mean and deviation inside the network; the paper
  feeds -0.1 for paper and 1.175 for ink.
- Batch normalisation (Ioffe, Szegedy 2015) and weights that are products of larger factors
  (Guo, Alvarez, Salzmann: "ExpandNets", NeurIPS 2020) help while training; `folded` multiplies
  both into the weights, and the network that is shipped has neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from lenet.network.record import DIGITS, NONE, SIGNS

MNIST_MEAN, MNIST_DEVIATION = 0.1307, 0.3081
"""Mean and standard deviation of all pixels of MNIST's 60,000 training images, in [0, 1]."""

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": F.silu,
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
_POOLINGS = {"average": nn.AvgPool2d, "max": nn.MaxPool2d}


@dataclass(frozen=True)
class Architecture:
    """Where the members of the LeNet family differ; by default the network that is shipped.

    All have two convolutions of 6 and 16 maps with 5×5 kernels, each followed by pooling of 2×2
    pixels, then layers of 120 and 84 outputs and one output per digit.

    Attributes:
        border: how 28×28 pixels become the paper's 32×32. "paper" puts two pixels of white paper around
            them; "zeros" puts two zeros around the normalised pixels, as `Conv2d(padding=2)` does, which
            is grey where the mean is not 0; "resized" enlarges the image; "none" leaves 28×28.
        activation: of the layers.
        pooling: of s2 and s4.
        c5: the paper's convolution with 5×5 kernels, or a full connection; on maps of 5×5 pixels both
            compute the same.
        active_head: whether c5 and f6 have the activation too, or are linear.
        mean: subtracted from the pixels.
        deviation: by which they are divided then.
        no_digit: whether the logits compete with a fixed one for "none" (`with_no_digit`), or with each
            other only.
        signs: whether there are outputs for signs beside those for digits.

    Raises:
        ValueError: a name that is none of these, or layers that do not fit.
    """

    border: Literal["paper", "zeros", "resized", "none"] = "paper"
    activation: Literal["silu", "relu", "tanh", "sigmoid"] = "silu"
    pooling: Literal["average", "max"] = "average"
    c5: Literal["full", "convolution"] = "full"
    active_head: bool = True
    mean: float = MNIST_MEAN
    deviation: float = MNIST_DEVIATION
    no_digit: bool = True
    signs: bool = True

    def __post_init__(self) -> None:
        check_choices(self)
        if self.c5 == "convolution" and self.border == "none":
            raise ValueError(
                "c5: wanted a full connection where there is no border, got a convolution, whose 5×5 kernels "
                "do not fit on 4×4 pixels; choose another border"
            )

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The alphabet of the record of such a network."""
        return (*DIGITS, *(SIGNS if self.signs else ()), NONE)

    def complete(self, logits: Tensor) -> Tensor:
        """Complete the logits of a network, (N, L), to those of all classes that it knows."""
        return with_no_digit(logits) if self.no_digit else logits


def check_choices(settings: object) -> None:
    """Check the attributes of a dataclass that are typed as a choice of names, as "step" or "cosine".

    Raises:
        ValueError: one is none of its names.
    """
    for name, kind in get_type_hints(type(settings)).items():
        wanted, got = get_args(kind), getattr(settings, name)
        if get_origin(kind) is Literal and got not in wanted:
            raise ValueError(f"{name}: wanted one of {', '.join(wanted)}, got {got}; choose one of them")


LENET5 = Architecture()
"""The network that is shipped."""


class LeNet(nn.Module):
    """A network of the LeNet family, by default LeNet-5 as it is shipped.

    Args:
        architecture: which member.
        batch_norm: normalise after each layer but the last, for training.
        expansion: width of the factors whose product the weights of each layer but the last are, relative
            to the layer, for training; 0 learns the weights themselves.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self, architecture: Architecture = LENET5, batch_norm: bool = False, expansion: int = 0
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.register_buffer("mean", torch.tensor(architecture.mean))
        self.register_buffer("deviation", torch.tensor(architecture.deviation))
        pooling = _POOLINGS[architecture.pooling]
        side = 4 if architecture.border == "none" else 5  # of the maps of s4
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = pooling(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = pooling(2)
        convolution = architecture.c5 == "convolution"
        self.c5 = nn.Conv2d(16, 120, 5) if convolution else nn.Linear(16 * side * side, 120)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, len(DIGITS))
        if architecture.signs:
            self.signs = nn.Linear(84, len(SIGNS))
        self.norm = nn.ModuleDict(
            {
                "c1": nn.BatchNorm2d(6),
                "c3": nn.BatchNorm2d(16),
                "c5": nn.BatchNorm2d(120) if convolution else nn.BatchNorm1d(120),
                "f6": nn.BatchNorm1d(84),
            }
            if batch_norm
            else {}
        )
        for layer in (self.c1, self.c3, self.c5, self.f6) if expansion else ():
            parametrize.register_parametrization(layer, "weight", _Product(expansion))

    def forward(self, images: Tensor) -> Tensor:
        """Compute the logits of the ten digits and of the signs.

        Args:
            images: float (N, 28, 28) in [0, 1], 1 = ink, in the form of MNIST.

        Returns:
            float (N, 10), or (N, 19) with signs; `Architecture.complete` and softmax make them probabilities.
        """
        x = self._with_border(images.unsqueeze(1))  # (N, 1, 32, 32)
        x = self.s2(self._layer("c1", x))  # (N, 6, 14, 14)
        x = self.s4(self._layer("c3", x))  # (N, 16, 5, 5)
        if self.architecture.c5 == "full":
            x = x.flatten(1)  # (N, 400)
        x = self._layer("c5", x).flatten(1)  # (N, 120)
        x = self._layer("f6", x)  # (N, 84)
        if self.architecture.signs:
            return torch.cat([self.output(x), self.signs(x)], dim=1)
        return self.output(x)

    def _with_border(self, x: Tensor) -> Tensor:
        """Normalised pixels (N, 1, 32, 32), or (N, 1, 28, 28) without a border, of images (N, 1, 28, 28)."""
        border = self.architecture.border
        if border == "paper":  # so that c1 sees a stroke's edge at the image's border
            x = F.pad(x, (2, 2, 2, 2))
        elif border == "resized":
            x = F.interpolate(x, size=(32, 32), mode="bilinear", align_corners=False)
        x = (x - self.mean) / self.deviation
        return F.pad(x, (2, 2, 2, 2)) if border == "zeros" else x

    def _layer(self, name: str, x: Tensor) -> Tensor:
        x = getattr(self, name)(x)
        if name in self.norm:
            x = self.norm[name](x)
        active = name in ("c1", "c3") or self.architecture.active_head
        return _ACTIVATIONS[self.architecture.activation](x) if active else x

    @torch.no_grad()
    def folded(self) -> LeNet:
        """Make the same function without batch normalisation, and with plain weights.

        Returns:
            A new network in evaluation mode, on the CPU, whose logits equal this one's in
            evaluation mode up to rounding.
        """
        plain = LeNet(self.architecture)
        outputs = ("output", "signs") if self.architecture.signs else ("output",)
        for name in ("c1", "c3", "c5", "f6", *outputs):
            layer, learnt = getattr(plain, name), getattr(self, name)
            layer.weight.copy_(learnt.weight)
            layer.bias.copy_(learnt.bias)
        for name, norm in self.norm.items():
            _fold(getattr(plain, name), norm)
        return plain.eval()


class _Product(nn.Module):
    """The weights of a layer as the product of the weights of several linear layers in a row.

    A kernel (O, I, k, k) is a product of 1×1, k×k and 1×1 kernels, the weights (O, I) of a full connection
    one of two matrices. The product can represent no more than the
    weights, but gradient descent takes another path, to another minimum.

    Args:
        expansion: number of channels between the factors, relative to those of the layer.
    """

    def __init__(self, expansion: int) -> None:
        super().__init__()
        self._expansion = expansion

    def forward(self, last: Tensor, middle: Tensor, first: Tensor | None = None) -> Tensor:
        """Multiply the factors: (O, P), (P, Q, …) and (Q, I), or (O, P) and (P, I)."""
        product = torch.einsum("op,p...->o...", last, middle)
        return product if first is None else torch.einsum("oq...,qi->oi...", product, first)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, ...]:
        """Random factors for weights (O, I, …) that are not learnt yet, of variance 1 / (I · k · k)."""
        outputs, inputs, *kernel = weight.shape
        wide = self._expansion * outputs
        if not kernel:
            return _random(outputs, wide), _random(wide, inputs)
        between = self._expansion * inputs
        return _random(outputs, wide), _random(wide, between, *kernel), _random(between, inputs)


def _random(outputs: int, *inputs: int) -> Tensor:
    """Normal weights (outputs, *inputs) that keep the variance of what they are multiplied with."""
    return torch.randn(outputs, *inputs) / math.sqrt(math.prod(inputs))


_BATCH = 128
"""Images per forward pass. At 32 they take a quarter longer, at 512 a fifth less but four times the
memory."""


@torch.inference_mode()
def predict(network: nn.Module, images: Tensor) -> Tensor:
    """Logits (N, L) of images (N, 28, 28), in batches, so that any number fits into memory."""
    return torch.cat([network(batch) for batch in torch.split(images, _BATCH)])


def with_no_digit(logits: Tensor) -> Tensor:
    """Add the logit of "none", which is 0.

    Args:
        logits: float (N, L) of the digits, and of the signs if there are any.

    Returns:
        float (N, L + 1); softmax gives the probabilities of these and, last, of "none".
    """
    return F.pad(logits, (0, 1))


def _fold(layer: Any, norm: Any) -> None:
    """Scale and shift `layer` as `norm` does after it, by its running statistics."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).cpu()
    layer.weight *= scale.view(-1, *[1] * (layer.weight.dim() - 1))
    layer.bias.copy_((layer.bias - norm.running_mean.cpu()) * scale + norm.bias.cpu())
