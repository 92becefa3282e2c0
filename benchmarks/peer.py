"""RapidOCR as a reader, for comparison: `pip install -e ".[peer]"`.

It reads letters too and says nothing of how numbers are divided: of its text the digits count.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from benchmarks.items import Answer, Picture


class Peer:
    """RapidOCR with its default models.

    Args:
        engine: a `rapidocr.RapidOCR`.
        finds: whether it looks for the lines itself.
    """

    def __init__(self, engine: Any, finds: bool) -> None:
        self._engine, self._finds = engine, finds
        self.name = "RapidOCR" if finds else "RapidOCR, line given"

    def read(self, picture: Picture) -> Answer:
        """Read a file or an array; each piece of text found is a line, of which the digits are taken."""
        if isinstance(picture, np.ndarray):
            picture = np.ascontiguousarray(picture[..., ::-1])  # it wants OpenCV's BGR
        # It keeps these for the next call, so each call says them all.
        found = self._engine(picture, use_det=self._finds, use_cls=self._finds, use_rec=True)
        lines = [re.sub("[^0-9]", "", text) for text in found.txts or ()]
        return Answer("\n".join(filter(None, lines)), None)


def load() -> list[Peer]:
    """Load RapidOCR twice: given the line, and finding it.

    Raises:
        SystemExit: it is not installed, or its models are neither in its package nor to be fetched.
    """
    try:
        from rapidocr import RapidOCR

        threads = "EngineConfig.onnxruntime.intra_op_num_threads"
        engine = RapidOCR(params={threads: 1, "Global.log_level": "critical"})
        engine(np.full((48, 320, 3), 255, np.uint8))
    except Exception as error:  # it has its own kinds, of what it cannot import, download or open
        raise SystemExit(f'RapidOCR cannot be used ({error}): pip install -e ".[peer]"') from error
    return [Peer(engine, finds=False), Peer(engine, finds=True)]
