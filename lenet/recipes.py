"""Named ways to train: what `train.py --recipe NAME` stands for."""

from __future__ import annotations

from lenet.augmentation import Warp
from lenet.training import TrainConfig

DEFAULT = TrainConfig(
    epochs=60,
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
