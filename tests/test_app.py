"""`app.py`: what is wrong at start is one sentence, and it stops quickly and cleanly."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.serving import free_port, wait_for_page
from lenet.network import checkpoint
from lenet.network.record import load_record, shipped_weights

ROOT = Path(__file__).parent.parent

START_WITHIN = 60  # seconds
STOP_WITHIN = 20  # seconds; measured: 2 to 4

on_posix = pytest.mark.skipif(os.name != "posix", reason="no program of this system ends by a signal")


@contextmanager
def _app(**environment: object) -> Iterator[subprocess.Popen[str]]:
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings, **{name: str(value) for name, value in environment.items()}},
    )
    try:
        yield app
    finally:
        app.kill()
        app.communicate()


def _refusal(**environment: object) -> str:
    """What `app.py` says when it does not start: one line."""
    with _app(**environment) as app:
        printed = app.communicate(timeout=START_WITHIN)
    assert app.returncode == 1
    assert printed[0] == ""
    assert len(printed[1].splitlines()) == 1
    return printed[1]


@pytest.mark.parametrize("port", ["abc", "", "0", "-1", "65536", "9" * 5000, "²"])
def test_a_bad_port_is_one_sentence(port: str) -> None:
    wanted = f"app.py: GRADIO_SERVER_PORT: wanted a port from 1 to 65535, got {port!r}; "
    assert _refusal(GRADIO_SERVER_PORT=port).startswith(wanted)


def test_a_port_that_another_program_has_is_one_sentence_and_no_other_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        wanted = f"app.py: 127.0.0.1:{port}: wanted a free port to serve the page at, got: "
        assert _refusal(GRADIO_SERVER_PORT=port).startswith(wanted)


def test_an_address_of_another_machine_is_one_sentence() -> None:
    refusal = _refusal(
        GRADIO_SERVER_NAME="192.0.2.1", GRADIO_SERVER_PORT=free_port()
    )  # for documents: RFC 5737
    assert "wanted a free port to serve the page at" in refusal


@pytest.mark.parametrize("name", ["::1", "[::1]"])
def test_an_address_of_ipv6_is_one_sentence(name: str) -> None:
    assert _refusal(GRADIO_SERVER_NAME=name, GRADIO_SERVER_PORT=free_port()).startswith(f"app.py: {name}:")


def test_uploads_that_cannot_be_stored_are_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.write_bytes(b"")
    refusal = _refusal(GRADIO_SERVER_PORT=free_port(), GRADIO_TEMP_DIR=folder)
    assert refusal.startswith(f"app.py: {folder}: wanted a folder to write to, got: ")
    assert refusal.endswith("uploads go to GRADIO_TEMP_DIR\n")


def test_corrections_that_cannot_be_kept_are_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "corrections"
    folder.write_bytes(b"")
    refusal = _refusal(GRADIO_SERVER_PORT=free_port(), LENET_CORRECTIONS=folder)
    assert refusal.startswith(f"app.py: LENET_CORRECTIONS: {folder}: wanted a folder to write to, got: ")


def test_the_help_says_where_it_serves_and_the_exit_statuses() -> None:
    command = [sys.executable, "app.py", "--help"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in (
        "GRADIO_SERVER_NAME",
        "GRADIO_SERVER_PORT",
        "GRADIO_TEMP_DIR",
        "LENET_CORRECTIONS",
        "Exit status: 0",
    ):
        assert name in " ".join(printed.split())


def _damaged(weights: bytes, kind: str) -> bytes:
    header = 8 + int.from_bytes(weights[:8], "little")
    not_numbers = weights[:header] + b"\xff" * (len(weights) - header)
    return {"empty": b"", "truncated": weights[: len(weights) // 2], "not numbers": not_numbers}[kind]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Run `app.py` in this process, with the weights in `tmp_path`."""
    weights = tmp_path / "lenet5.safetensors"
    monkeypatch.setattr("lenet.reading.reader.shipped_weights", lambda: weights)
    monkeypatch.setattr(sys, "argv", ["app.py"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back what `main` sets
    monkeypatch.setenv("GRADIO_SERVER_NAME", "127.0.0.1")
    monkeypatch.setenv("GRADIO_SERVER_PORT", str(free_port()))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return lambda: runpy.run_path(str(ROOT / "app.py"))["main"]()


@pytest.mark.parametrize("kind", ["missing", "empty", "truncated", "not numbers"])
def test_weights_that_cannot_be_used_are_one_sentence(
    kind: str, tmp_path: Path, start: Callable[[], None]
) -> None:
    shutil.copy(shipped_weights().with_suffix(".json"), tmp_path)
    if kind != "missing":
        weights = _damaged(shipped_weights().read_bytes(), kind)
        (tmp_path / "lenet5.safetensors").write_bytes(weights)
    with pytest.raises(SystemExit, match=r"^app\.py: .*weights"):
        start()


def test_a_network_that_fails_the_self_test_is_not_served(
    tmp_path: Path, start: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.ui.serve", lambda page, port: pytest.fail("served"))
    network = checkpoint.load(shipped_weights())
    network.output.weight.data = network.output.weight.data.flip(0)  # the digits in another order
    checkpoint.save(network, load_record(shipped_weights()), tmp_path / "lenet5.safetensors")
    with pytest.raises(SystemExit, match=r"^app\.py: self-test: wanted 12 known inputs .* got 0 as "):
        start()


def test_a_port_that_is_taken_between_the_check_and_the_start_is_one_sentence(
    tmp_path: Path, start: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in shipped_weights().parent.glob("lenet5.*"):
        shutil.copy(path, tmp_path)
    taken: list[socket.socket] = []

    def take_port(reader: object) -> int:
        taken.append(socket.create_server(("127.0.0.1", int(os.environ["GRADIO_SERVER_PORT"]))))
        return 12

    monkeypatch.setattr("lenet.reading.selftest.run", take_port)
    with pytest.raises(SystemExit, match=r"^app\.py: .*port"):
        start()
    taken[0].close()


@on_posix
@pytest.mark.parametrize("module", ["cv2", "torch", "gradio"])
def test_an_interrupt_at_start_is_no_traceback(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    with _app(PYTHONPATH=path, GRADIO_SERVER_PORT=free_port()) as app:
        assert app.communicate(timeout=START_WITHIN) == ("", "")
    assert app.returncode == -signal.SIGINT


@on_posix
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=lambda stop: stop.name)
def test_it_stops_though_a_client_holds_on_and_deletes_the_uploads(
    stop: signal.Signals, tmp_path: Path
) -> None:
    port = free_port()
    with _app(GRADIO_SERVER_PORT=port, GRADIO_TEMP_DIR=tmp_path, GRADIO_NUM_PORTS="none") as app:
        wait_for_page(f"http://127.0.0.1:{port}/", lambda: app.poll() is None)
        _upload(port, whole=True).close()
        assert _uploads(tmp_path)
        with _upload(port, whole=False):
            app.send_signal(stop)
            assert app.communicate(timeout=STOP_WITHIN)[1] == ""
    assert app.returncode == 0
    assert not _uploads(tmp_path)


_SPY = """
import socket, sys
def spy(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect", "socket.sendto"):
        host = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = host[0] if isinstance(host, tuple) else host
        if str(host) not in ("127.0.0.1", "localhost", "None"):
            print("asked", event, host, file=sys.stderr, flush=True)
sys.addaudithook(spy)
"""
"""Prints with whom else than this computer a program talks."""


def test_it_talks_to_no_other_machine_while_it_starts_and_serves(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_SPY)
    port = free_port()
    path = os.pathsep.join([str(tmp_path), *sys.path])
    unset = {"GRADIO_ANALYTICS_ENABLED": "True", "HF_HUB_OFFLINE": "0"}
    with _app(PYTHONPATH=path, GRADIO_SERVER_PORT=port, **unset) as app:
        wait_for_page(f"http://127.0.0.1:{port}/", lambda: app.poll() is None)
        time.sleep(1)  # what a thread asks for beside the start
        app.terminate()
        assert app.communicate(timeout=STOP_WITHIN)[1] == ""


def _upload(port: int, whole: bool) -> socket.socket:
    """Send a file, or all of it but the end; then the answer would never come."""
    head = '--x\r\nContent-Disposition: form-data; name="files"; filename="seven.png"\r\n\r\n'
    body = f"{head}seven\r\n--x--\r\n".encode()
    connection = socket.create_connection(("127.0.0.1", port), timeout=STOP_WITHIN)
    connection.sendall(
        b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    connection.sendall(body if whole else body[:-9])
    if whole:
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
    return connection


def _uploads(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.png") if path.is_file()]
