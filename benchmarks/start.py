"""Cold start: of `read` by each backend beside RapidOCR, and of the page beside an empty page of Gradio.

    python -m benchmarks.start [IMAGE] [--runs N]

Each run is a new process. The commands take turns, so that a slow moment of the machine meets all of them.
Prints for each command the median seconds, processor seconds and peak memory, and their ratios to RapidOCR's
(extra `peer`), where it is installed. Then likewise for the page: seconds until it is served, and its memory
(of Linux only). The empty page has one function and imports torch.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.example_photos import FOLDER
from benchmarks.serving import free_port, megabytes, wait_for_page

_DEFAULT_IMAGE = FOLDER / "a_year_on_lined_paper.jpg"


class Run(NamedTuple):
    """One process: wall-clock seconds, processor seconds, and the largest resident memory in MB."""

    wall: float
    processor: float
    memory: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time a cold `read` beside RapidOCR.")
    parser.add_argument("image", type=Path, nargs="?", default=_DEFAULT_IMAGE)
    parser.add_argument("--runs", type=int, default=7, help="runs of each command (default: 7)")
    options = parser.parse_args()
    commands = _commands(options.image)
    for command in commands.values():
        _run(command)  # so that files are in the system's cache
    turns = [{name: _run(command) for name, command in commands.items()} for _ in range(options.runs)]
    medians = {name: _median([turn[name] for turn in turns]) for name in commands}
    print(f"{options.image.name}, {options.runs} runs each, {os.cpu_count()} cores; medians")
    for name, median in medians.items():
        print(
            f"{name:20} {median.wall:5.2f} s  {median.processor:5.2f} s of processor  {median.memory:4.0f} MB"
        )
    if "rapidocr" in medians:
        for name in commands.keys() - {"rapidocr"}:
            ratio = statistics.median(turn[name].wall / turn["rapidocr"].wall for turn in turns)
            print(f"{name} / rapidocr: {ratio:.2f} of the time")
    print_pages(options.runs)


def _commands(image: Path) -> dict[str, list[str]]:
    read = [sys.executable, "-m", "lenet", "read", str(image), "--backend"]
    commands = {"read, backend onnx": [*read, "onnx"], "read, backend torch": [*read, "torch"]}
    peer = shutil.which("rapidocr", path=str(Path(sys.executable).parent)) or shutil.which("rapidocr")
    return commands | ({"rapidocr": [peer, "-img", str(image)]} if peer else {})


def _run(command: list[str]) -> Run:
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}: wanted exit status 0, got {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


_EMPTY_PAGE = """
import gradio, torch
with gradio.Blocks(analytics_enabled=False) as page:
    gradio.api(lambda: None, api_name="nothing")
page.launch(quiet=True)
"""

_PAGES = {
    "empty page, torch": ["-c", _EMPTY_PAGE],
    "page, torch": ["app.py"],
    "page, onnx": ["app.py", "--backend", "onnx"],
}


def print_pages(runs: int) -> None:
    """Print seconds until each page is served, its memory then, and the ratios to the empty page."""
    turns = [{name: _served(command) for name, command in _PAGES.items()} for _ in range(runs + 1)][1:]
    medians = {
        name: [statistics.median(figures) for figures in zip(*(turn[name] for turn in turns), strict=True)]
        for name in _PAGES
    }
    seconds_of_empty, memory_of_empty = medians["empty page, torch"]
    for name, (seconds, memory) in medians.items():
        ratios = f"{seconds / seconds_of_empty:.2f} and {memory / memory_of_empty:.2f} of the empty page's"
        print(f"{name:20} {seconds:5.2f} s  {memory:4.0f} MB: {ratios}")


def _served(command: list[str]) -> tuple[float, float]:
    """Seconds from the start of a page until it is served, and its resident memory in MB."""
    port = free_port()
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], env={**os.environ, **settings}, stdout=subprocess.DEVNULL
    )
    try:
        wait_for_page(f"http://127.0.0.1:{port}/", lambda: process.poll() is None)
        return time.perf_counter() - start, megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()


def _median(runs: list[Run]) -> Run:
    return Run(*(statistics.median(figures) for figures in zip(*runs, strict=True)))


if __name__ == "__main__":
    main()
