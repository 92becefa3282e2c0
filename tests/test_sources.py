"""Download and checksums of data sets, on files and a server of this machine."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lenet.datasets.sources import download, sha256, verify
from tests.data_files import put


def test_download_returns_what_an_address_gives(tmp_path: Path):
    path = put(tmp_path / "a file", b"content")
    assert download(path.as_uri()) == b"content"
    with pytest.raises(OSError, match=r"No such file"):
        download((tmp_path / "missing").as_uri())


def test_a_download_that_breaks_off_is_an_error():
    class BreaksOff(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"not a thousand bytes")

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(OSError, match="the answer broke off"):
            download(f"http://127.0.0.1:{server.server_port}/")
        thread.join()


def test_a_checksum_of_any_algorithm_is_verified() -> None:
    for wanted in ("md5:9a0364b9e99bb480dd25e1f0284c8555", sha256(b"content")):
        verify("a file", b"content", wanted)
        with pytest.raises(OSError, match=rf"^a file is broken: wanted {wanted}, got \w+:\w+; do this$"):
            verify("a file", b"other", wanted, "; do this")
