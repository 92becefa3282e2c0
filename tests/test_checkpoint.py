"""Weights on disk: what is saved is what is loaded, whole or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint
from lenet.network.model import Architecture, LeNet
from lenet.network.record import load_record, shipped_weights


def test_weights_and_record_are_loaded_as_saved(tmp_path: Path) -> None:
    network = LeNet().eval()
    path = tmp_path / "new" / "weights.safetensors"
    checkpoint.save(network, {"epochs": 3}, path)
    images = torch.rand(8, 28, 28)
    assert torch.equal(checkpoint.load(path)(images), network(images))
    assert load_record(path) == {"epochs": 3}
    assert not checkpoint.load(path).training


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_architecture_is_kept_with_the_weights(tmp_path: Path, recipe: str) -> None:
    network = LeNet(RECIPES[recipe].config.architecture).eval()
    path = tmp_path / "weights.safetensors"
    checkpoint.save(network, {}, path)
    loaded = checkpoint.load(path)
    images = torch.rand(8, 28, 28)
    assert loaded.architecture == network.architecture
    assert torch.equal(loaded(images), network(images))


def test_the_architecture_in_weights_of_version_0_1_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    network = LeNet(Architecture(border="zeros", signs=False))
    save_file(network.state_dict(), path, {"architecture": '{"rim": "zeros"}'})
    assert checkpoint.load(path).architecture == network.architecture


def test_an_architecture_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(LeNet().state_dict(), path, {"architecture": '{"border": "mirrored"}'})
    with pytest.raises(ValueError, match="border: wanted one of paper, zeros, resized, none, got mirrored"):
        checkpoint.load(path)


@pytest.mark.parametrize("written", ["[]", "null", "7", '{"signs": true, "mean": "dark"}', "[" * 100_000])
def test_an_architecture_that_is_none_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(LeNet().state_dict(), path, {"architecture": written})
    with pytest.raises(ValueError, match="wanted the weights of a LeNet, got something else") as raised:
        checkpoint.load(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, number: float) -> None:
    path = tmp_path / "weights.safetensors"
    network = LeNet()
    network.f6.weight.data[0, 0] = number
    checkpoint.save(network, {}, path)
    with pytest.raises(ValueError, match=r"got something else \(f6.weight has numbers that are not finite\)"):
        checkpoint.load(path)


def test_a_failure_leaves_the_old_files_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    checkpoint.save(LeNet(), {"epochs": 3}, path)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        checkpoint.save(LeNet(), {"not": object()}, path)
    assert path.read_bytes() == before
    assert load_record(path) == {"epochs": 3}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["weights.json", "weights.safetensors"]


def test_missing_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none.safetensors: no such weights; run `python train.py`"):
        checkpoint.load(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", ["junk", "other network", "normalised network"])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.safetensors"
    if content == "junk":
        path.write_bytes(b"junk")
    else:
        network = LeNet(batch_norm=True) if "normalised" in content else torch.nn.Linear(2, 2)
        save_file(network.state_dict(), path)
    with pytest.raises(ValueError, match="wanted the weights of a LeNet, got something else") as raised:
        checkpoint.load(path)
    assert "\n" not in str(raised.value)


def test_the_shipped_weights_have_a_record() -> None:
    path = shipped_weights()
    assert sum(p.numel() for p in checkpoint.load(path).parameters()) == 62_471
    record = load_record(path)
    assert json.dumps(record)
    for source in record["data"]:
        assert source["count"] > 0
        assert source["checksums"]
    for figures in record["test"].values():
        assert figures["accuracy"] == pytest.approx(100 * figures["correct"] / figures["total"], abs=0.001)
