"""The page's own files: served from memory, kept by the browser until they change."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from lenet.ui.assets import Asset, Assets
from lenet.ui.guard import Guard

SCRIPT = Asset(b"export const one = 1;\n", "text/javascript")
NOISE = Asset(random.Random(0).randbytes(3000), "application/octet-stream")


def served(files: Mapping[str, Asset] | None = None) -> ASGIApp:
    """The files behind the guard, as the page has them; behind them is nothing."""
    files = {"one.js": SCRIPT, "noise.bin": NOISE} if files is None else files
    return GZipMiddleware(Guard().around(Assets(Starlette(), files)), minimum_size=1000)


def ask(path: str, method: str = "GET", app: ASGIApp | None = None, **headers: str) -> httpx.Response:
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app or served())
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())


def test_a_file_is_served_with_its_kind():
    answer = ask("/lenet/one.js")
    assert (answer.status_code, answer.content) == (200, SCRIPT.content)
    assert answer.headers["content-type"].startswith(SCRIPT.kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_of_bytes_arrives_as_it_is_also_compressed():
    plain = ask("/lenet/noise.bin", **{"accept-encoding": "identity"})
    assert plain.content == NOISE.content
    packed = ask("/lenet/noise.bin", **{"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == NOISE.content  # httpx has unpacked it


@pytest.mark.parametrize(
    "path", ["/lenet/two.js", "/lenet/", "/lenet/../one.js", "/lenet/x/one.js", "/lenet"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_not_there_is_not_found(path, method):
    assert ask(path, method).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_file_can_only_be_fetched(method):
    assert ask("/lenet/one.js", method).status_code == 404


def test_the_head_of_a_file_tells_its_length_and_has_no_body():
    answer = ask("/lenet/one.js", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(SCRIPT.content))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("known", ["{tag}", '"other", {tag}'])
def test_a_file_that_the_browser_has_is_not_sent_again(method, known):
    first = ask("/lenet/one.js")
    assert first.headers["cache-control"] == "no-cache"
    headers = {"if-none-match": known.format(tag=first.headers["etag"])}
    again = ask("/lenet/one.js", method, **headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_file_that_has_changed_is_sent_again():
    old = ask("/lenet/one.js").headers["etag"]
    new = served({"one.js": Asset(b"export const one = 2;\n", "text/javascript")})
    answer = ask("/lenet/one.js", app=new, **{"if-none-match": old})
    assert answer.status_code == 200
    assert answer.headers["etag"] != old
