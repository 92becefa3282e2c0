"""Networks as classifiers: functions from images to probabilities, by PyTorch or by ONNX Runtime.

`lenet.reading` knows the network as such a function only. Each library is imported where its classifier is
loaded, so that reading by one does not need the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from lenet.network.record import Record

if TYPE_CHECKING:
    from lenet.network.model import LeNet

Classifier = Callable[[np.ndarray], np.ndarray]
"""From images, float32 (N, 28, 28) in [0, 1], 1 = ink, in the form of MNIST, to probabilities, float32 (N, K)
over the K symbols of a record's alphabet."""

Backend = Literal["torch", "onnx"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)
"""What computes the network; the first is the default."""


def load(weights: Path, record: Record, backend: Backend = "torch") -> Classifier:
    """Load a network as a classifier.

    Args:
        weights: path of the weights, `….safetensors`; ONNX Runtime takes the file `….onnx` beside them.
        record: what the record beside the weights says.
        backend: what computes.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: the packages of the backend are not installed.
        ValueError: the file is not one of a LeNet, or the export of other weights; or there is no such
            backend.
    """
    check_files(weights, backend)
    return _load_torch(weights, record) if backend == "torch" else _load_onnx(weights, record)


def check_files(weights: Path, backend: Backend) -> None:
    """Check that the file is there that a backend loads; arguments and errors as for `load`."""
    if backend not in BACKENDS:
        raise ValueError(f"backend: wanted one of {', '.join(BACKENDS)}, got {backend}; choose one of them")
    if backend == "torch" and not weights.is_file():
        raise FileNotFoundError(f"{weights}: no such weights; run `python train.py` to make them")
    exported = weights.with_suffix(".onnx")
    if backend == "onnx" and not exported.is_file():
        raise FileNotFoundError(
            f"{exported}: no such file; "
            f"run `python -m lenet export {exported} --weights {weights}` to make it"
        )


def _load_torch(weights: Path, record: Record) -> Classifier:
    try:
        from lenet.network import checkpoint
    except ImportError as error:
        raise ImportError(
            f"torch and safetensors: wanted for the backend torch, not installed ({error}); "
            "pip install torch safetensors, or take the backend onnx"
        ) from error
    return of_network(checkpoint.load(weights), record)


def of_network(network: LeNet, record: Record) -> Classifier:
    """Make a classifier of a PyTorch network.

    Args:
        network: in evaluation mode, on the CPU.
        record: what its outputs mean. A network that cannot refuse has no output for "none", the last symbol
            of the alphabet; its probability is 0.
    """
    import torch

    from lenet.network.model import predict

    network = network.to(memory_format=torch.channels_last)  # takes a fifth less time
    architecture = network.architecture

    def classify(images: np.ndarray) -> np.ndarray:
        logits = architecture.complete(predict(network, torch.from_numpy(images)) / record.temperature)
        probabilities: np.ndarray = torch.softmax(logits, dim=1).numpy()
        return probabilities if architecture.no_digit else np.pad(probabilities, ((0, 0), (0, 1)))

    return classify


def _load_onnx(weights: Path, record: Record) -> Classifier:
    path, weights = weights.with_suffix(".onnx"), weights.with_suffix(".safetensors")
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(
            f"onnxruntime: wanted for the backend onnx, not installed ({error}); pip install onnxruntime"
        ) from error

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see `use_one_thread`
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # of several kinds, none of which onnxruntime documents
        reason, *_ = str(error).splitlines()
        raise ValueError(
            f"{path}: wanted a LeNet as ONNX, got something else ({reason}); "
            f"run `python -m lenet export {path} --weights {weights}` to make it"
        ) from error
    exported_from = session.get_modelmeta().custom_metadata_map.get(WEIGHTS_CHECKSUM)
    if weights.is_file() and exported_from != checksum(weights):
        raise ValueError(
            f"{path}: wanted the export of {weights.name} beside it, got one of other weights; "
            f"run `python -m lenet export {path} --weights {weights}`"
        )

    def classify(images: np.ndarray) -> np.ndarray:
        if len(images) == 0:
            return np.empty((0, len(record.alphabet)), np.float32)
        (logits,) = session.run(["logits"], {"images": images})
        return _softmax(logits / np.float32(record.temperature))

    return classify


WEIGHTS_CHECKSUM = "weights_sha256"
"""Key in the metadata of an ONNX file: the checksum of the weights that it was exported from."""


def use_one_thread(backend: Backend) -> None:
    """Let the backend compute with one thread in this process; concurrent calls still share the cores.

    One digit is too little work to divide: on a busy machine two threads that wait for each other took
    twenty times as long as one. A session of ONNX Runtime has one thread from the start.
    """
    if backend == "torch":
        import torch

        torch.set_num_threads(1)


def checksum(weights: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: np.ndarray = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities
