"""A larger network, from whose answers LeNet-5 learns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lenet.network.model import MNIST_DEVIATION, MNIST_MEAN

_DROPOUT = 0.4


class Teacher(nn.Module):
    """Five convolutions and one full layer, 101,306 parameters, 50 times the arithmetic of LeNet-5."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_block(1, 16, 5),
            nn.AvgPool2d(2),
            *_block(16, 32),
            *_block(32, 32),
            nn.AvgPool2d(2),
            *_block(32, 64),
            *_block(64, 64),
            nn.Flatten(),
            nn.Dropout(_DROPOUT),
            nn.Linear(64 * 7 * 7, 10),
        )
        self.to(memory_format=torch.channels_last)  # a third quicker on a CPU

    def forward(self, images: Tensor) -> Tensor:
        """Compute the logits (N, 10) of images (N, 28, 28), as `LeNet` does."""
        x = (images.unsqueeze(1) - MNIST_MEAN) / MNIST_DEVIATION
        logits: Tensor = self.layers(x.contiguous(memory_format=torch.channels_last))
        return logits


def _block(inputs: int, outputs: int, kernel: int = 3) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.SiLU(inplace=True)]
