"""The timeline of the training: packed faithfully, and in the browser the same answers as by PyTorch."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file
from test_scripts import node  # noqa: F401  # the fixture
from visiting import DRAWINGS

from lenet.learning.timeline import load_into, timeline
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import Record, load_record, shipped_weights
from lenet.network.timeline import Timeline, in_order, path_beside, quantised, restored
from lenet.ui import timeline as panel

TOLERANCE = 1e-4
"""Largest difference of a probability between node and PyTorch."""

MOST_BYTES = 2_000_000
"""What the panel may fetch in all."""


@pytest.fixture(scope="module")
def shipped() -> Timeline:
    return Timeline.load(path_beside(shipped_weights()))


@pytest.fixture(scope="module")
def tensors() -> dict[str, np.ndarray]:
    return load_file(shipped_weights())


def test_each_moment_answers_in_the_browser_as_by_pytorch(
    shipped,
    tensors,
    reader,
    mnist_images,
    node,  # noqa: F811
    tmp_path,
):
    drawn = [reader.read_strokes(example.strokes).digits[0].image for example in DRAWINGS]
    images = np.concatenate([drawn, mnist_images[:8]]).astype("<f4")
    (tmp_path / "images").write_bytes(images.tobytes())
    paths = [tmp_path / f"{moment}.bin" for moment in range(len(shipped.steps))]
    for moment, path in enumerate(paths):
        path.write_bytes(panel.network(shipped, moment))
    temperature = Record.load(shipped_weights()).temperature
    program = Path(__file__).parent / "js" / "answers_of.mjs"
    subprocess.run(
        [node, program, tmp_path / "images", str(temperature), tmp_path / "shares", *paths], check=True
    )
    found = np.frombuffer((tmp_path / "shares").read_bytes(), "<f8").reshape(len(paths), len(images), -1)
    network = checkpoint.load(shipped_weights())
    for moment in range(len(paths)):
        packed = (shipped.weights[moment], shipped.scales[moment], shipped.biases[moment])
        load_into(network, restored(*packed, tensors))
        with torch.no_grad():
            logits = network.architecture.complete(network(torch.from_numpy(images)))
        expected = torch.softmax(logits.double() / temperature, 1).numpy()
        assert np.abs(found[moment] - expected).max() <= TOLERANCE, shipped.steps[moment]


def test_the_last_moment_is_the_shipped_network(shipped, tensors):
    weights, scales, biases = quantised(tensors)
    assert np.array_equal(shipped.weights[-1], weights)
    assert np.array_equal(shipped.scales[-1], scales)
    assert np.array_equal(shipped.biases[-1], biases)


def test_it_was_measured_on_what_the_record_calls_held_out(shipped):
    steps, total = shipped.steps, int(shipped.answers[0].sum())
    record = load_record(shipped_weights())
    assert (shipped.answers.sum(1) == total).all()
    steps_per_epoch = steps[-1] / len(record["epochs"])
    for step, right in zip(steps, shipped.right, strict=True):
        done = round(step / steps_per_epoch)
        if done >= 5:  # before, an epoch changes more than 8 bits do
            assert 100 * right / total == pytest.approx(record["epochs"][done - 1]["MNIST"], abs=0.3)


def test_what_the_documentation_says_of_it_is_what_it_holds(shipped):
    root, total = Path(__file__).parents[1], int(shipped.answers[0].sum())
    printed = re.findall(
        r"^ *(\d+) +([\d.]+) +([\d.]+)% +\S+ +([\d.]+)% +\d+$",
        (root / "docs" / "timeline.txt").read_text("utf-8"),
        flags=re.MULTILINE,
    )
    columns = (
        shipped.steps,
        shipped.losses,
        100 * shipped.right / total,
        100 * shipped.answers.max(1) / total,
    )
    assert np.allclose(np.array(printed, float).T, columns, rtol=0, atol=0.0051)
    story = " ".join((root / "README.md").read_text("utf-8").split())
    (moments, known) = re.findall(
        r"at (\d+) moments of its training .* it reads (\d+) % of them right", story
    )[0]
    assert int(moments) == len(shipped.steps)
    assert int(known) == int(100 * shipped.right[shipped.steps == 129][0] / total)  # of 256 images each


def test_rounding_is_off_by_at_most_half_a_step_and_forgives_an_output_of_zeros(tensors):
    random = np.random.default_rng(0)
    some = {name: random.normal(0, 1, part.shape).astype(np.float32) for name, part in tensors.items()}
    some["f6.weight"][3] = 0
    weights, scales, biases = quantised(some)
    assert np.abs(weights).max() == 127
    back = restored(weights, scales, biases, some)
    for (one, bias), (other, same) in zip(in_order(some), in_order(back), strict=True):
        steps = np.abs(one).max(1, keepdims=True) / 127
        assert (np.abs(one - other) <= 0.501 * steps).all()
        assert np.array_equal(bias, same)


def test_all_that_the_panel_fetches_is_small_enough():
    assert sum(len(file.content) for file in panel.files().values()) <= MOST_BYTES


def test_the_index_tells_of_each_moment_and_has_an_example_that_is_read(shipped, reader):
    index = json.loads(panel.files()["timeline.json"].content)
    moments = index["moments"]
    assert len(moments) == len(shipped.steps)
    assert [moments[0][name] for name in ("images", "epoch")] == [256, 1]
    assert moments[-1]["epoch"] == index["epochs"] == 50
    assert [moment["images"] for moment in moments] == sorted(moment["images"] for moment in moments)
    assert index["largest"] == pytest.approx(
        max(np.abs(shipped.scales[:, :6]).max(1) * 127), rel=1e-6
    )  # the largest weight of an output is rounded to 127
    image = np.frombuffer(base64.b64decode(index["example"]), np.uint8).reshape(28, 28) / 255
    assert reader.probabilities(image.astype(np.float32))["8"] > 0.9


@pytest.fixture
def kept(tmp_path) -> Path:
    """Networks kept at the steps 1 and 20, in half precision, and beside them the weights at the end."""
    for step in (1, 20):
        torch.manual_seed(step)
        halves = {name: part.half() for name, part in LeNet().state_dict().items()}
        save_file(halves, tmp_path / f"step_{step:06}.safetensors")
    torch.manual_seed(20)
    checkpoint.save(LeNet(), {}, tmp_path / "weights.safetensors")
    return tmp_path


def test_a_timeline_is_made_of_what_was_kept_and_read_back_as_it_was_written(kept, mnist):
    images, labels = mnist
    made = timeline(kept, kept / "weights.safetensors", images, labels)
    assert made.steps.tolist() == [1, 20]
    end = quantised(load_file(kept / "weights.safetensors"))
    assert np.array_equal(made.weights[1], end[0])
    network = checkpoint.load(kept / "weights.safetensors")
    logits = network(torch.from_numpy(images)).detach()
    assert made.losses[1] == pytest.approx(
        float(
            torch.nn.functional.cross_entropy(network.architecture.complete(logits), torch.from_numpy(labels))
        ),
        abs=0.01,
    )
    assert abs(made.right[1] - int((logits.argmax(1) == torch.from_numpy(labels)).sum())) <= 4
    assert (made.answers.sum(1) == len(labels)).all()
    made.save(kept / "some.timeline.safetensors")
    again = Timeline.load(kept / "some.timeline.safetensors")
    assert all(np.array_equal(getattr(made, part.name), getattr(again, part.name)) for part in fields(made))


def test_a_folder_without_networks_and_a_file_that_is_no_timeline_are_named(kept, mnist, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FileNotFoundError, match=r"empty: wanted files step_.*--snapshots"):
        timeline(empty, kept / "weights.safetensors", *mnist)
    for path in (kept / "weights.safetensors", kept / "weights.json"):
        with pytest.raises(ValueError, match=r"wanted a timeline, got .*benchmarks\.timeline pack"):
            Timeline.load(path)
