"""Visitors' corrections: is what was acknowledged there, does a flood harm, what is learnt from them?

    python -m benchmarks.corrections --data data [--only kills|flood|learning] [--flood 100000]

Everything runs on 127.0.0.1 and ends by itself.

- kills: 20 clients give 50 corrections each to two copies of the page with one folder, and withdraw one in
  ten. Each copy is killed once (SIGKILL) and started again. A client that gets no answer asks the other copy,
  with the same receipt. Then it is counted what lies in the folder.
- flood: so many corrections by addresses that change, while another client draws, which `benchmarks.abuse`
  measures. Wanted are a 95th percentile of at most 250 ms, and a bounded folder.
- learning: 200 drawings of a style that the shipped network confuses (`benchmarks.made_style`). 100 are given
  to the page by 20 sessions and kept, `train.py --corrections` learns them, and the other 100 are read before
  and after. It takes 6 minutes of one core.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import abuse, made_style, serving
from lenet.datasets import corrections
from lenet.datasets.corrections import VARIABLE
from lenet.network.record import shipped_weights
from lenet.reading.reader import Reader
from lenet.synthesis.drawings import to_image
from lenet.ui.corrections import ADDRESS

ROOT = Path(__file__).parent.parent
SEED = 24

CLIENTS = 20
EACH = 50

TRIES = 600
"""Times that a client asks for one change, half a second apart: longer than a copy takes to start."""

FLOOD_SECONDS = 600
"""Seconds after which a flood ends, whatever is left of it."""


def main() -> None:
    """Run all parts, or one."""
    parser = argparse.ArgumentParser(description="Give corrections to the page, and learn them.")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="folder of the data sets (default: data)"
    )
    parser.add_argument("--only", choices=("kills", "flood", "learning"), help="this part alone")
    parser.add_argument(
        "--flood", type=int, default=100_000, help="corrections of the flood (default: 100000)"
    )
    options = parser.parse_args()
    parts = {
        "kills": kills,
        "flood": lambda: flood(options.flood),
        "learning": lambda: learning(options.data),
    }
    for name, part in parts.items():
        if options.only in (None, name):
            part()


def correction(number: int) -> dict[str, Any]:
    """What a page sends: another number is another picture."""
    noise = np.random.default_rng(number)
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 9:19] = noise.integers(0, 256, (20, 10))
    return {
        "receipt": noise.bytes(16).hex(),
        "session": f"{SEED:08x}{number % CLIENTS:024x}",
        "image": base64.b64encode(image.tobytes()).decode(),
        "label": str(number % 10),
        "answer": "none",
        "weights": hashlib.sha256(shipped_weights().read_bytes()).hexdigest(),
    }


# --- Killed twice ---------------------------------------------------------------


def kills() -> None:
    """Give corrections to two copies that are killed, and count what is there."""
    with tempfile.TemporaryDirectory() as name:
        copies = _Copies(Path(name))
        start = time.monotonic()
        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                clients = [_Client(number, copies) for number in range(CLIENTS)]
                done = [pool.submit(client.run) for client in clients]
                for copy, part in ((0, 0.3), (1, 0.6)):
                    _wait(
                        lambda part=part: sum(len(c.acknowledged) for c in clients) >= part * CLIENTS * EACH
                    )
                    copies.kill_and_start(copy)
                for one in done:
                    one.result()
        finally:
            copies.stop()
        _count(Path(name), clients, time.monotonic() - start)


class _Copies:
    """Two copies of the page with one folder."""

    def __init__(self, folder: Path) -> None:
        self.ports = [serving.free_port(), serving.free_port()]
        self._folder = folder
        self._apps = [self._start(port) for port in self.ports]
        for port in self.ports:
            serving.wait_for_page(f"http://127.0.0.1:{port}/", lambda: True)

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        settings = {
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_SERVER_PORT": str(port),
            VARIABLE: str(self._folder),
        }
        environment = {**os.environ, **settings}
        return subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )

    def kill_and_start(self, copy: int) -> None:
        """Kill a copy and start it again; returns at once."""
        self._apps[copy].kill()
        self._apps[copy].wait()
        self._apps[copy] = self._start(self.ports[copy])

    def stop(self) -> None:
        """End both."""
        for app in self._apps:
            app.kill()
            app.wait()


class _Client:
    """Gives corrections one after the other, and withdraws each tenth."""

    def __init__(self, number: int, copies: _Copies) -> None:
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.withdrawn: set[str] = set()
        self.retries = 0
        self._numbers = range(number * EACH, (number + 1) * EACH)
        self._address = f"198.51.100.{number + 1}"
        self._copies = copies
        self._copy = number % 2

    def run(self) -> None:
        """Give all."""
        for number in self._numbers:
            given = correction(number)
            receipt = given["receipt"]
            assert self._ask("POST", ADDRESS, given) == 201
            self.acknowledged[receipt] = given
            if number % 10 == 3:
                assert self._ask("DELETE", f"{ADDRESS}/{receipt}") == 204
                self.withdrawn.add(receipt)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        """Ask until there is an answer, after a failure the other copy."""
        for _ in range(TRIES):
            with suppress(OSError, http.client.HTTPException):
                status = _request(self._copies.ports[self._copy], method, path, body, self._address)
                if status < 429:
                    return status
            self.retries += 1
            self._copy = 1 - self._copy
            time.sleep(0.5)
        raise RuntimeError(f"{method} {path}: wanted an answer, got none")


def _request(port: int, method: str, path: str, body: dict[str, Any] | None, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"X-Forwarded-For": address, "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _wait(is_done: Any, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not is_done() and time.monotonic() < end:
        time.sleep(0.05)


def _count(folder: Path, clients: Sequence[_Client], seconds: float) -> None:
    acknowledged = {receipt: given for client in clients for receipt, given in client.acknowledged.items()}
    withdrawn = set().union(*(client.withdrawn for client in clients))
    wanted = {corrections.id_of(receipt) for receipt in acknowledged.keys() - withdrawn}
    found = Counter(one.id for one in corrections.load(folder))
    files = list(folder.glob("*.jsonl"))
    raw = b"".join(path.read_bytes() for path in files)
    lines = sum(b'"image"' in line for line in raw.splitlines())
    left = sum(acknowledged[receipt]["image"].encode() in raw for receipt in withdrawn)
    print(f"{CLIENTS} clients, two copies, each killed once, {seconds:.0f} s:")
    retries = sum(client.retries for client in clients)
    print(f"  acknowledged {len(acknowledged)}, of which withdrawn {len(withdrawn)}; retries {retries}")
    print(
        f"  to be there {len(wanted)}, there {len(found)}, missing {len(wanted - found.keys())}, "
        f"more than once {sum(count > 1 for count in found.values())}, besides {len(found.keys() - wanted)}"
    )
    print(f"  withdrawn ones whose picture is still in a file: {left}; lines in {len(files)} files: {lines}")


# --- A flood --------------------------------------------------------------------


def flood(count: int) -> None:
    """Send corrections from ever new addresses while another client draws; print what it met."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as uploads:
        os.environ[VARIABLE] = name
        with abuse.page(ROOT / "app.py", Path(uploads)) as target:
            print(f"flood of {count:,}:")
            quiet = _drawn(target, lambda: time.sleep(20))
            print(f"  others' pads before it: {quiet}")
            answers: Counter[int] = Counter()
            start = time.monotonic()
            waits = _drawn(target, lambda: answers.update(_flood(target.port, count)))
            print(f"  others' pads meanwhile: {waits}")
            memory = serving.megabytes(target.process)
        del os.environ[VARIABLE]
        size = sum(path.stat().st_size for path in Path(name).iterdir())
        told = ", ".join(f"{status}: {number:,}" for status, number in sorted(answers.items()))
        print(f"  answers by status: {told}; {time.monotonic() - start:.0f} s")
        print(f"  the folder has {size / 1e6:.1f} MB, the process {memory:.0f} MB")


def _drawn(target: abuse.Target, meanwhile: Any) -> str:
    """Milliseconds that a client waits who draws every 0.1 s, while something else goes on."""
    ours, theirs = multiprocessing.Pipe()
    visitor = multiprocessing.get_context("spawn").Process(
        target=abuse.visit, args=(target.port, target.pad, theirs), daemon=True
    )
    visitor.start()
    ours.recv()  # it is ready
    meanwhile()
    ours.send("stop")
    waits, lost = ours.recv()
    visitor.join()
    p50, p95 = np.percentile(waits, (50, 95))
    return f"p50 {p50:.0f}, p95 {p95:.0f}, max {max(waits):.0f} ms, {lost} of {len(waits)} lost"


def _flood(port: int, count: int) -> Counter[int]:
    """Send from a process of its own, by 16 connections; 0 counts what was not answered."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return Counter(pool.apply(_send_all, (port, count)))


def _send_all(port: int, count: int) -> dict[int, int]:
    return asyncio.run(_send(port, iter(range(count)), time.monotonic() + FLOOD_SECONDS))


async def _send(port: int, numbers: Iterator[int], end: float) -> dict[int, int]:
    answers: Counter[int] = Counter()

    async def send() -> None:
        for number in numbers:
            if time.monotonic() > end:
                return
            body = json.dumps(correction(number)).encode()
            address = ".".join(map(str, random.Random(number // 100).randbytes(4)))
            head = abuse.head(ADDRESS, len(body)).replace(abuse.ATTACKER.encode(), address.encode())
            answers[(await abuse.ask(port, head + body))[0]] += 1

    await asyncio.gather(*(send() for _ in range(16)))
    return dict(answers)


# --- What is learnt -------------------------------------------------------------


def learning(data: Path) -> None:
    """Give half of the drawings to the page, train, and read the other half."""
    every = made_style.drawings(200, SEED)
    taught, others = every[:100], every[100:]
    with tempfile.TemporaryDirectory() as name:
        folder, weights = Path(name) / "kept", Path(name) / "learnt.safetensors"
        before = _errors(Reader.load(), others)
        statuses = _give(folder, taught, Reader.load())
        given = corrections.load(folder)
        corrections.decide(folder, {one.id: "keep" for one in given})
        print(
            f"learning: {len(given)} of {len(taught)} drawings given and kept, by status {dict(statuses)}",
            flush=True,
        )
        command = [sys.executable, "train.py", "--corrections", folder, "--data", data, "--output", weights]
        start = time.monotonic()
        trained = subprocess.run(
            list(map(str, command)), cwd=ROOT, text=True, capture_output=True, check=False
        )
        print(
            f"  train.py ended with {trained.returncode} after {(time.monotonic() - start) / 60:.0f} minutes:"
        )
        for line in (trained.stdout + trained.stderr).splitlines():
            print(f"    {line.replace(name, '…')}")
        if weights.exists():
            after = _errors(Reader.load(weights), others)
            print(f"  errors on the other {len(others)}: {before} before, {after} after")


def _give(folder: Path, taught: Sequence[tuple[made_style.Drawing, int]], reader: Reader) -> Counter[int]:
    """Give drawings to a page by 20 sessions, as its script does; returns the statuses."""
    statuses: Counter[int] = Counter()
    with serving.app(**{VARIABLE: str(folder)}) as page:
        for number, (drawing, label) in enumerate(taught):
            image = np.round(to_image(drawing) * 255).astype(np.uint8)
            body = correction(number) | {
                "session": f"{SEED:08x}{number // 5:024x}",
                "image": base64.b64encode(image.tobytes()).decode(),
                "strokes": [(100 * stroke).tolist() for stroke in drawing],
                "label": str(label),
                "answer": reader.read_strokes(drawing).digits[0].text or "none",  # each has a piece at least
            }
            statuses[_request(page.port, "POST", ADDRESS, body, "127.0.0.1")] += 1
    return statuses


def _errors(reader: Reader, drawings: Sequence[tuple[made_style.Drawing, int]]) -> int:
    return sum(reader.read_strokes(drawing).text != str(label) for drawing, label in drawings)


if __name__ == "__main__":
    main()
