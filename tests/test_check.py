"""`python -m lenet check URL`: a good page passes every check, and each fault is told."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

import lenet
from benchmarks.serving import free_port, serve
from lenet import check
from lenet.__main__ import main
from lenet.reading.reader import Reader

CHECKS = ["page", "headers", "foot", "drawing", "picture"]


@pytest.fixture(scope="module")
def address(reader: Reader) -> Iterator[str]:
    """A running page that was tested when it started."""
    with serve(reader, tested=12) as url:
        yield url


def _failed(address: str) -> dict[str, str]:
    """The sentences of the checks that failed, by their names."""
    results = list(check.run(address))
    assert [result.sentence.partition(":")[0] for result in results] == CHECKS
    return dict(result.sentence.split(": ", 1) for result in results if not result.is_good)


def test_a_good_page_passes(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", address]) == 0
    printed, complaints = capsys.readouterr()
    assert [line.split(":")[:2] for line in printed.splitlines()] == [["ok", f" {name}"] for name in CHECKS]
    assert f"version {lenet.__version__}, 12 known inputs" in printed
    assert complaints == ""


def test_a_slash_at_the_end_makes_no_difference(address: str) -> None:
    assert _failed(address.rstrip("/")) == {}


def test_a_network_that_reads_wrong_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_TEXT", "7203")
    monkeypatch.setattr(check.selftest, "strokes", lambda text: [[[0, 0], [0, 12]]])
    failed = _failed(address)
    assert failed.keys() == {"drawing", "picture"}
    assert failed["drawing"].startswith("wanted 7203 read, got '1' (ok)")


def test_a_header_that_lacks_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(check.HEADERS, "x-none", "such")
    assert _failed(address)["headers"].startswith("wanted x-none: such (got none)")


def test_where_nobody_listens_every_check_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"http://127.0.0.1:{free_port()}"]) == 1
    printed, complaints = capsys.readouterr()
    assert printed == ""
    assert [line.split(":")[:2] for line in complaints.splitlines()] == [
        ["failed", f" {name}"] for name in CHECKS
    ]


def test_a_server_that_never_ends_its_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECK_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_trickle, args=[server], daemon=True).start()
        start = time.monotonic()
        failed = _failed(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert time.monotonic() - start < 5
    assert list(failed) == CHECKS
    assert failed["page"].startswith("wanted an answer within 0.3 s")


def _trickle(server: socket.socket) -> None:
    """Answer the first client with a header that gets longer and longer."""
    connection, _ = server.accept()
    with connection, suppress(OSError):  # the client hangs up
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(40):
            connection.sendall(b"x")
            time.sleep(0.05)


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:7860", "ftp://127.0.0.1", "http://", "http://a:port", "page"]
)
def test_what_is_no_address_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", address]) == 1
    assert f"lenet: {address}: wanted the address of a page" in capsys.readouterr().err


def test_a_missing_package_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    assert main(["check", "http://127.0.0.1"]) == 1
    assert "pip install httpx" in capsys.readouterr().err
