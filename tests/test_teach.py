"""Teaching: what the browser makes of an answer for a hand agrees with what the server would say."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from test_scripts import node  # noqa: F401  # the fixture
from visiting import DRAWINGS, drawing

from lenet.learning import hand
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET, DIGITS, NONE, Record, shipped_weights
from lenet.reading.result import NOT_A_DIGIT, OK, SURE_FROM, UNSURE, Digit, Reading, status_of
from lenet.ui import inside, teach
from lenet.ui.answer import describe
from lenet.ui.texts import catalogue

JS = Path(__file__).parent / "js"

Answer = dict[str, Any]


@pytest.fixture
def run(node, tmp_path) -> Callable[..., list[Answer]]:  # noqa: F811
    """Run a program of tests/js with a task."""

    def run(program: str, *files: bytes, **task: Any) -> list[Answer]:
        paths = [tmp_path / str(number) for number in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        (tmp_path / "task").write_text(json.dumps({**task, "catalogue": catalogue()}), "utf-8")
        command = [node, JS / program, *paths, tmp_path / "task"]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    return run


@pytest.fixture
def taught(run) -> Callable[..., list[Answer]]:
    """Answers as a hand has them after corrections: pairs of a piece and its label."""

    def taught(corrections: list[tuple[Answer, str]], *answers: Answer) -> list[Answer]:
        known = [{"image": piece["image"], "label": label} for piece, label in corrections]
        about = teach.about(Record.load(shipped_weights()))
        files = (inside.weights(), inside.metric())
        return run("personal_of.mjs", *files, about=about, corrections=known, answers=answers)

    return taught


@pytest.fixture
def read(reader) -> Callable[..., Answer]:
    """What the page answers to a number of drawings side by side, placed in sides of the pad."""

    def read(digits: str, step: float = 0.7) -> Answer:
        strokes = [
            [(x + place * step, y) for x, y in stroke]
            for place, digit in enumerate(digits)
            for stroke in drawing(int(digit))
        ]
        return describe(reader.read_strokes(strokes))

    return read


# --- What the pieces read -----------------------------------------------------------------


def test_probabilities_are_those_of_the_adapted_network_at_the_temperature_of_the_record(taught, read):
    network, record = checkpoint.load(shipped_weights()), Record.load(shipped_weights())
    seven, one = read("7"), read("1")
    (answer,) = taught([(seven["digits"][0], "1")], one | {"digits": [*one["digits"], *seven["digits"]]})
    features = _features(network, [piece["image"] for piece in answer["digits"]])
    weights, biases = (
        np.concatenate([getattr(layer, kind).detach().numpy() for layer in (network.output, network.signs)])
        for kind in ("weight", "bias")
    )
    metric = np.frombuffer(inside.metric(), "<f4").reshape(85, 85)
    output = hand.adapted(np.column_stack([weights, biases]), metric, features[1:], np.array([1]))
    logits = np.column_stack([features, np.ones(2)]) @ output.T / record.temperature
    expected = torch.softmax(torch.from_numpy(np.pad(logits, ((0, 0), (0, 1)))), dim=1).numpy()
    for piece, wanted in zip(answer["digits"], expected, strict=True):
        got = [piece["probabilities"][symbol] for symbol in ALPHABET[:-1]]
        assert np.allclose(got, wanted[:-1], rtol=0, atol=1e-3)


def _features(network: LeNet, images: list[str]) -> np.ndarray:
    """Outputs of f6 (N, 84) of pictures in base64."""
    import base64

    pixels = np.array([np.frombuffer(base64.b64decode(image), np.uint8) for image in images]) / 255
    found: list[torch.Tensor] = []
    hook = network.f6.register_forward_hook(lambda _, __, output: found.append(output))
    with torch.no_grad():
        network(torch.from_numpy(pixels.astype(np.float32).reshape(-1, 28, 28)))
    hook.remove()
    return torch.nn.functional.silu(found[0]).numpy()


@pytest.mark.parametrize("label", ["1", "9", NONE])
def test_what_was_taught_is_read_so_and_other_digits_stay_what_they_were(taught, read, label):
    (piece,) = read("7")["digits"]
    wrong, *others = taught([(piece, label)], read("7"), *map(read, "02345689"))
    assert wrong["text"] == label.replace(NONE, "")
    assert wrong["digits"][0]["status"] == ("not_a_digit" if label == NONE else wrong["status"])
    for answer, digit in zip(others, "02345689", strict=True):
        assert answer["text"] == digit
        if digit not in (label, "9", "4"):  # those may look a little like a 7
            assert answer["status"] == read(digit)["status"]


def test_a_hand_is_learnt_not_a_picture(taught, read, reader):
    (piece,) = read("7")["digits"]
    leaning = [[(x + 0.1 * y, y) for x, y in stroke] for stroke in drawing(7)]
    other = describe(reader.read_strokes(leaning))
    assert other["digits"][0]["image"] != piece["image"]
    (answer,) = taught([(piece, "1")], other)
    assert (other["text"], answer["text"]) == ("7", "1")


def test_in_a_number_the_piece_is_replaced_and_its_neighbours_are_not(taught, read):
    number = read("274")
    (answer,) = taught([(number["digits"][1], "1")], number)
    assert (number["text"], answer["text"]) == ("274", "214")
    assert answer["layout"] == [0, 1, 2]
    assert [piece["box"] for piece in answer["digits"]] == [piece["box"] for piece in number["digits"]]


def test_what_is_no_digit_leaves_the_text_and_comes_back(taught, read):
    number = read("274")
    (answer,) = taught([(number["digits"][1], NONE)], number)
    assert (answer["text"], answer["words"]) == ("24", "sure (one mark left out)")
    assert answer["digits"][1]["text"] == ""
    (back,) = taught([(number["digits"][1], "7")], answer)
    assert back["text"] == "274"


def test_without_a_digit_there_is_no_text(taught, read):
    seven = read("7")
    (answer,) = taught([(seven["digits"][0], NONE)], seven)
    assert (answer["text"], answer["status"], answer["confidence"]) == ("", "not_a_digit", 0)
    assert answer["words"] == "not a digit"


def test_an_answer_is_ok_only_where_it_is_sure(taught, reader):
    answers = [describe(reader.read_strokes(example.strokes)) for example in DRAWINGS]
    corrections = [(answer["digits"][0], str(label)) for label, answer in enumerate(answers[:6])]
    personal = taught(corrections, *answers)
    assert personal != answers
    for answer in personal:
        assert (answer["status"] == "ok") == (answer["confidence"] >= SURE_FROM)
        for piece in answer["digits"]:
            sure = piece["probabilities"].get(piece["text"], 0)
            assert piece["status"] == (
                "ok" if sure >= SURE_FROM else "unsure" if piece["text"] else NOT_A_DIGIT
            )


def test_without_corrections_an_answer_is_the_servers(taught, read):
    number = read("274")
    assert taught([], number) == [number]


def test_weights_without_a_metric_teach_nothing_and_it_is_logged(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(inside, "shipped_weights", lambda: tmp_path / "own.safetensors")
    teach._metric.cache_clear()
    assert (teach.about(Record()), teach.files()) == (None, {})
    assert "nothing can be taught" in caplog.text
    teach._metric.cache_clear()


# --- Words and text -----------------------------------------------------------------------


def test_words_text_and_layout_are_those_of_the_server(run):
    """Of readings made at random: several lines and numbers, signs, what is left out, sure and unsure."""
    chance = random.Random(24)
    answers = [describe(_any_reading(chance)) for _ in range(400)]
    composed = run("words_of.mjs", answers=answers)
    for answer, got in zip(answers, composed, strict=True):
        assert got == {name: answer[name] for name in ("text", "layout", "digits", "words")}
    assert len({answer["words"] for answer in answers}) > 100


def _any_reading(chance: random.Random) -> Reading:
    pieces: list[Digit] = []
    lines = []
    for _ in range(chance.choice([1, 1, 2, 3])):
        line = ""
        for place in range(chance.randint(1, 6)):
            pieces.append(_any_piece(chance, after=pieces[-1].text if place else ""))
            line += " " * (chance.random() < 0.2 and place > 0) + pieces[-1].text
        lines.append(" ".join(line.split()))
    text = "\n".join(filter(None, lines))
    confidence = chance.choice([0.95, 0.7, 0.3]) if text else 0.0
    return Reading(text, confidence, status_of(pieces, confidence), tuple(pieces), 0, 0)


def _any_piece(chance: random.Random, after: str) -> Digit:
    """A digit, or what is left out; after a digit perhaps a sign, which stands beside it then."""
    kinds = [*DIGITS, ""] + ["/", "+", "x", ".", "-"] * (after in DIGITS and after != "")
    text = chance.choice(kinds)
    shares = np.random.default_rng(chance.randrange(10**6)).dirichlet([0.2] * len(ALPHABET))
    if text in DIGITS and chance.random() < 0.5:
        shares = 0.05 * shares
        shares[int(text)] += 0.95
    probabilities = {symbol: round(float(share), 4) for symbol, share in zip(ALPHABET, shares, strict=True)}
    probabilities.pop(NONE)
    sure = probabilities.get(text, 1.0)
    status = NOT_A_DIGIT if not text else OK if sure >= SURE_FROM else UNSURE
    return Digit(text, probabilities, status, (0, 0, 9, 9), np.zeros((28, 28), np.float32))
