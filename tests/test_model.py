"""LeNet: the paper's layers, and a folded network that computes the same."""

from __future__ import annotations

import pytest
import torch

from lenet.model import LeNet

PARAMETERS = {"c1": 156, "c3": 2416, "c5": 48120, "f6": 10164, "output": 850}


def test_parameters_are_those_of_the_paper_layer_by_layer() -> None:
    network = LeNet()
    counted = {name: sum(p.numel() for p in layer.parameters()) for name, layer in network.named_children()}
    assert {name: count for name, count in counted.items() if count} == PARAMETERS
    assert sum(p.numel() for p in network.parameters()) == 61_706


@pytest.mark.parametrize("batch_norm", [False, True])
def test_shapes(batch_norm: bool) -> None:
    network = LeNet(batch_norm).eval()
    assert network(torch.rand(3, 28, 28)).shape == (3, 10)
    assert network(torch.rand(0, 28, 28)).shape == (0, 10)


def _trained_a_little() -> LeNet:
    torch.manual_seed(0)
    network = LeNet(batch_norm=True).train()
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    for _ in range(5):
        loss = torch.nn.functional.cross_entropy(network(torch.rand(32, 28, 28)), torch.randint(10, (32,)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network.eval()


def test_folding_changes_nothing_but_the_layers() -> None:
    network = _trained_a_little()
    folded = network.folded()
    images = torch.rand(64, 28, 28)
    torch.testing.assert_close(folded(images), network(images), atol=1e-4, rtol=1e-4)
    assert not any(name.startswith("norm.") for name in folded.state_dict())


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
