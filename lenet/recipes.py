"""Named ways to train: what `train.py --recipe NAME` stands for."""

from __future__ import annotations

import dataclasses

from lenet.augmentation import Warp
from lenet.training import TrainConfig

_LABELS_ONLY = TrainConfig(
    epochs=50,
    batch_size=256,
    learning_rate=4e-3,
    weight_decay=0.05,
    label_smoothing=0.1,
    averaging=0.9995,
    warp=Warp(),
    drawing_variants=12,
    drawing_repeats=2,
    strokes_lost=0.1,
    letter_repeats=4,
    scribbles=4000,
    cuts=12000,
    turned=4000,
    validation_share=0.05,
)
_TEACHER = dataclasses.replace(
    _LABELS_ONLY,
    epochs=26,
    label_smoothing=0.05,
    warp=Warp(degrees=9, scale=0.105, shear=0.135, shift=1.05, elastic=0.75),
)
DEFAULT = dataclasses.replace(_LABELS_ONLY, teacher=_TEACHER, teacher_share=0.7, temperature=2.0)
