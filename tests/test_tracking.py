"""The tracker: trackio has the figures of every epoch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = """
from lenet.learning.epochs import Epoch, Score
from lenet.learning.recipes import DEFAULT
from lenet.learning.tracking import Tracker

tracker = Tracker(DEFAULT)
for number in (1, 2):
    tracker.on_epoch(Epoch(number, 1 / number, {"MNIST": Score(98 + number, 100)}, 2 / number, 0.5))
tracker.close()
"""


def _run(folder: Path, *words: str | Path) -> str:
    # trackio takes its folder from the environment when it is imported, hence processes of their own.
    environment = {**os.environ, "TRACKIO_DIR": str(folder), "HF_HUB_OFFLINE": "1"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout


def _trackio(folder: Path, *words: str) -> dict[str, Any]:
    """What the command line of trackio prints."""
    command = Path(sys.executable).with_name("trackio")
    return json.loads(_run(folder, command, *words, "--project", "lenet", "--json"))


def test_every_epoch_is_kept_on_this_machine(tmp_path: Path) -> None:
    _run(tmp_path, sys.executable, "-c", PROGRAM)
    (run,) = _trackio(tmp_path, "list", "runs")["runs"]
    for metric, wanted in {
        "loss": [1, 0.5],
        "held out/loss": [2, 1],
        "seconds": [0.5, 0.5],
        "held out/MNIST": [99, 100],
    }.items():
        values = _trackio(tmp_path, "get", "metric", "--run", run, "--metric", metric)["values"]
        assert [(value["step"], value["value"]) for value in values] == list(zip((1, 2), wanted, strict=True))
    assert _trackio(tmp_path, "get", "run", "--run", run)["config"]["seed"] == 0
