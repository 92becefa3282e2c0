"""Signs to learn from, and what is neither sign nor digit: of UNIPEN, MathNote and BHMSDS, and made ones.

Labels that many people write as others write a digit are left out: bars, brackets, commas, points, < and >.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor
from pathlib import Path

import numpy as np

from lenet.datasets import bhmsds, mathnote, unipen_texts
from lenet.ink.preprocessing import ink_box, thickened, to_mnist
from lenet.learning.config import TrainConfig
from lenet.learning.parts import SEED, Part, last_of_each, last_writers
from lenet.network.record import ALPHABET, DIGITS, NONE, SIGNS
from lenet.synthesis import samples, signs
from lenet.synthesis.samples import Samples

_UNIPEN = {sign: sign for sign in SIGNS} | dict.fromkeys('&@*?~"^{}-_:', NONE)
"""The symbol that each of UNIPEN's signs is learnt as; dashes and colons are told by their place."""

_MATHNOTE_NONE = """
- H_cap M_cap W_cap R_cap K_cap E_cap A_cap F_cap w m k h f e prod Pi_up pi sum Sigma_up sqrt infty nabla
rightarrow leftarrow forall Omega_up Psi_up Delta_cap lambda lbrace rbrace
"""
_MATHNOTE = {sign: sign for sign in SIGNS}
_MATHNOTE |= {"slash": "/", "times": "x", "X_cap": "x"} | dict.fromkeys(_MATHNOTE_NONE.split(), NONE)
"""The symbol that each of MathNote's signs and letters is learnt as."""

_BHMSDS = {"plus": "+", "slash": "/", "x": "x"} | dict.fromkeys(("w", "minus", "dot"), NONE)
"""The symbol that each of BHMSDS's signs and letters is learnt as; y and z look like a 4 or 9 and a 2."""

_UPRIGHT = 0.3
"""Width of a slash, relative to its height, below which it is left out: alone, it is a 1. Set by hand."""


def of_unipen(root: Path, config: TrainConfig, pool: Executor) -> Part:
    """UNIPEN's signs by persons for training; the last persons are for validation."""
    texts, source = unipen_texts.load(root, "signs")
    known = [text for text in texts if text.label in _UNIPEN and text.person not in unipen_texts.HELD_OUT]
    labels = _indices([_UNIPEN[text.label] for text in known])
    strokes = [text.strokes for text in known]
    drawn = samples.of_drawings(strokes, labels, config.data.drawing_variants, 0, SEED, pool)
    held = last_writers(np.array([text.person for text in known]), config.data.validation_share)
    source = dataclasses.replace(source, count=len(known))
    training = _without_upright_slashes(drawn.subset(~held))
    return Part([training] * config.data.sign_repeats, {"signs": drawn.subset(held)}, [source])


def of_mathnote(root: Path, config: TrainConfig, pool: Executor) -> Part:
    """MathNote's signs, shown half as often as UNIPEN's, for they are by one hand."""
    symbols, source = mathnote.load(root, "symbols")
    known = [symbol for symbol in symbols if symbol.label in _MATHNOTE]
    labels = _indices([_MATHNOTE[symbol.label] for symbol in known])
    strokes = [symbol.strokes for symbol in known]
    drawn = samples.of_drawings(strokes, labels, config.data.drawing_variants, 0, SEED, pool)
    source = dataclasses.replace(source, count=len(known))
    return Part([_without_upright_slashes(drawn)] * (config.data.sign_repeats // 2), {}, [source])


def of_bhmsds(root: Path, config: TrainConfig, digits: bool) -> Part:
    """BHMSDS's digits, or its signs and what is neither; the last of each label are for validation."""
    symbols = bhmsds.load(root)
    learnt = {digit: digit for digit in DIGITS} if digits else _BHMSDS
    chosen = np.isin(symbols.labels, list(learnt))
    names = symbols.labels[chosen]
    images = np.stack([_in_mnist_form(image) for image in symbols.images[chosen]])
    every = samples.of_images(images, _indices([learnt[name] for name in names]))
    held = last_of_each(names, config.data.validation_share)
    contents = "digits" if digits else "signs"
    source = dataclasses.replace(symbols.source, name=f"BHMSDS, {contents}", count=len(every))
    training = _without_upright_slashes(every.subset(~held))
    return Part([training] * config.data.sheet_repeats, {f"BHMSDS {contents}": every.subset(held)}, [source])


def made(config: TrainConfig, pool: Executor) -> Part:
    """Signs drawn by code, as many of each."""
    random = np.random.default_rng(SEED)
    drawings = [drawing for sign in SIGNS for drawing in signs.make(sign, config.data.signs, random)]
    labels = np.repeat(_indices(list(SIGNS)), config.data.signs)
    return Part([samples.of_drawings(drawings, labels, 1, 0, SEED, pool)], {}, [])


def _indices(symbols: list[str]) -> np.ndarray:
    """The labels int64 (N,) of symbols of the alphabet."""
    return np.array([ALPHABET.index(symbol) for symbol in symbols], np.int64)


def _in_mnist_form(image: np.ndarray) -> np.ndarray:
    """A cell of a sheet, uint8 (28, 28), in MNIST's form, as a page's ink is shown to the network."""
    form = to_mnist(thickened(image.astype(np.float32) / 255))
    if form is None:
        raise ValueError("BHMSDS: wanted ink in every cell, got none; leave the cell out of labels.csv")
    return np.round(form * 255).astype(np.uint8)


def _without_upright_slashes(every: Samples) -> Samples:
    slashes = every.labels.numpy() == ALPHABET.index("/")
    upright = np.zeros(len(every), bool)
    for index in np.flatnonzero(slashes):
        box = ink_box(every.images[every.first[index]].numpy())
        upright[index] = box is not None and box[2] < _UPRIGHT * box[3]
    return every.subset(~upright)
