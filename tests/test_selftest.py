"""The self-test passes with the shipped weights, and fails with any that do not read."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.network.record import Record
from lenet.reading import selftest
from lenet.reading.reader import Reader


def test_the_shipped_weights_pass(reader: Reader) -> None:
    assert selftest.run(reader) == len(selftest.DRAWINGS) + 1


def test_by_onnx_they_pass_too() -> None:
    pytest.importorskip("onnxruntime")
    assert selftest.run(Reader.load(backend="onnx")) == len(selftest.DRAWINGS) + 1


def test_a_network_that_reads_wrong_fails_with_one_sentence() -> None:
    record = Record()

    def always_three(images: np.ndarray) -> np.ndarray:
        return np.eye(len(record.alphabet))[np.full(len(images), 3)]

    with pytest.raises(ValueError, match=r"^self-test: wanted .* got 0 as 3 \(ok\), 1 as 3") as failed:
        selftest.run(Reader(always_three, record))
    assert "\n" not in str(failed.value)


def test_a_network_that_is_unsure_fails(reader: Reader) -> None:
    def unsure(images: np.ndarray) -> np.ndarray:
        answers = reader._classify(images)
        return answers * 0.6 + 0.4 / answers.shape[1]

    with pytest.raises(ValueError, match="unsure"):
        selftest.run(Reader(unsure, reader.record))


def test_every_digit_is_among_the_drawings() -> None:
    assert set("0123456789") <= set(selftest.DRAWINGS)
