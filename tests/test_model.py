"""LeNet: the paper's layers, and a folded network that computes the same."""

from __future__ import annotations

from typing import Literal

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lenet.learning.recipes import RECIPES
from lenet.network.model import Architecture, LeNet

PARAMETERS = {"c1": 156, "c3": 2416, "c5": 48120, "f6": 10164, "output": 850, "signs": 765}


def test_each_layer_has_its_number_of_parameters() -> None:
    network = LeNet()
    counted = {name: sum(p.numel() for p in layer.parameters()) for name, layer in network.named_children()}
    assert {name: count for name, count in counted.items() if count} == PARAMETERS
    assert sum(p.numel() for p in network.parameters()) == 62_471


@pytest.mark.parametrize("batch_norm", [False, True])
def test_any_number_of_images_gives_one_logit_per_digit_and_sign(batch_norm: bool) -> None:
    network = LeNet(batch_norm=batch_norm).eval()
    assert network(torch.rand(3, 28, 28)).shape == (3, 19)
    assert network(torch.rand(0, 28, 28)).shape == (0, 19)


def _trained_a_little(expansion: int = 0) -> LeNet:
    torch.manual_seed(0)
    network = LeNet(batch_norm=True, expansion=expansion).train()
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    for _ in range(5):
        loss = torch.nn.functional.cross_entropy(network(torch.rand(32, 28, 28)), torch.randint(10, (32,)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


@pytest.mark.parametrize("expansion", [0, 2])
def test_folding_changes_nothing_but_the_layers(expansion: int) -> None:
    network = _trained_a_little(expansion)
    folded = network.folded()
    images = torch.rand(64, 28, 28)
    torch.testing.assert_close(folded(images), network(images), atol=1e-4, rtol=1e-4)
    assert folded.state_dict().keys() == LeNet().state_dict().keys()


@pytest.mark.parametrize("c5", ["full", "convolution"])
def test_products_of_factors_begin_as_large_as_plain_weights_should(
    c5: Literal["full", "convolution"],
) -> None:
    """Variance 1 / inputs, so that what goes through a layer keeps its size."""
    torch.manual_seed(0)
    network = LeNet(Architecture(c5=c5), expansion=8)
    for layer in (network.c1, network.c3, network.c5, network.f6):
        inputs = layer.weight[0].numel()
        assert layer.weight.std().item() == pytest.approx(inputs**-0.5, rel=0.3)
        assert sum(p.numel() for p in layer.parameters()) > 2 * layer.weight.numel()


def test_an_image_is_read_the_same_alone_and_in_a_batch() -> None:
    network = LeNet().eval()
    images = torch.rand(16, 28, 28)
    alone = torch.cat([network(image[None]) for image in images])
    torch.testing.assert_close(alone, network(images))


def test_paper_is_put_around_the_image() -> None:
    """White margins inside the image and those that the network adds are the same to it."""
    network = LeNet().eval()
    seen: list[torch.Tensor] = []
    network.c1.register_forward_hook(lambda module, inputs, output: seen.append(output))
    network(torch.zeros(1, 28, 28))
    torch.testing.assert_close(seen[0], seen[0][:, :, :1, :1].expand_as(seen[0]))


def _published(name: str) -> tuple[nn.Sequential, torch.Tensor]:
    """A classic network as its author writes it, and five images as the author feeds them, (5, 1, …)."""
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    if name in ("relu-sgd", "relu-early-stop"):
        return _relu(0, 256), (images - 0.1307) / 0.3081
    if name == "padded-adam":
        return _relu(2, 400), (images - 0.5) / 0.5
    if name == "sigmoid-average":
        return _average(nn.Sigmoid, 2, head=nn.Identity), images
    enlarged = F.interpolate(images, size=(32, 32), mode="bilinear", align_corners=False)
    return _average(nn.Tanh, 0, head=nn.Tanh), (enlarged - 0.1307) / 0.3081


def _relu(padding: int, flat: int) -> nn.Sequential:
    convolutions = [nn.Conv2d(1, 6, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2)]
    convolutions += [nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    full = [nn.Linear(flat, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, *full)


def _average(active: type[nn.Module], padding: int, head: type[nn.Module]) -> nn.Sequential:
    convolutions = [nn.Conv2d(1, 6, 5, padding=padding), active(), nn.AvgPool2d(2)]
    convolutions += [nn.Conv2d(6, 16, 5), active(), nn.AvgPool2d(2), nn.Conv2d(16, 120, 5), head()]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(120, 84), head(), nn.Linear(84, 10))


CLASSICS = [name for name, recipe in RECIPES.items() if not recipe.config.architecture.no_digit]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_network_computes_what_its_authors_does(name: str) -> None:
    published, fed = _published(name)
    network = LeNet(RECIPES[name].config.architecture)
    for ours, theirs in zip(network.parameters(), published.parameters(), strict=True):
        ours.data.copy_(theirs)
    pixels = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0)).squeeze(1)
    torch.testing.assert_close(network(pixels), published(fed))


@pytest.mark.parametrize("name", CLASSICS)
def test_every_member_can_be_folded(name: str) -> None:
    network = LeNet(RECIPES[name].config.architecture, batch_norm=True).train()
    network(torch.rand(16, 28, 28))  # moves the running statistics
    images = torch.rand(4, 28, 28)
    torch.testing.assert_close(network.eval().folded()(images), network(images), atol=1e-4, rtol=1e-4)


def test_a_convolution_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="c5: wanted a full connection where there is no border"):
        Architecture(border="none", c5="convolution")
