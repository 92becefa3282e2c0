"""The address for corrections: what it takes, what it refuses, and what it does not tell."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import FakeReader
from giving import given, picture_of, strokes_of

from benchmarks.serving import serve
from lenet.datasets import corrections
from lenet.datasets.corrections import VARIABLE
from lenet.files import folder_in
from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import draw
from lenet.ui.corrections import parse
from lenet.ui.refusals import Refusal


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the running page."""
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture(scope="module")
def address(kept: Path) -> Iterator[str]:
    """Where a running page takes corrections."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, str(kept))
        with serve(FakeReader()) as url:
            yield f"{url}lenet/corrections"


def _posted(address: str, client: str = "198.51.100.1", **changes: Any) -> httpx.Response:
    return httpx.post(address, json=given(**changes), headers={"X-Forwarded-For": client}, timeout=20)


def test_a_correction_is_kept_and_withdrawn(address, kept) -> None:
    answer = _posted(address, seed=1, receipt="a-receipt-of-mine")
    assert answer.status_code == 201
    assert answer.json() == {"receipt": "a-receipt-of-mine"}
    (one,) = [found for found in corrections.load(kept) if found.id == corrections.id_of("a-receipt-of-mine")]
    assert np.array_equal(one.image, picture_of(1))
    assert (one.label, one.answer, one.session) == ("7", "1", given()["session"])
    for _ in range(2):
        withdrawn = httpx.delete(f"{address}/a-receipt-of-mine", timeout=20)
        assert (withdrawn.status_code, withdrawn.content) == (204, b"")
    assert one.id not in {found.id for found in corrections.load(kept)}
    assert _posted(address, seed=1, receipt="a-receipt-of-mine").status_code == 409


def test_nothing_of_the_visitor_is_stored(address, kept) -> None:
    headers = {
        "X-Forwarded-For": "198.51.100.77",
        "User-Agent": "Tellable/1.0",
        "Referer": "http://from.where/",
    }
    entries = given(seed=2, label="none", note="and my name is Tell")
    assert httpx.post(address, json=entries, headers=headers, timeout=20).status_code == 201
    stored = b"".join(path.read_bytes() for path in kept.iterdir())
    for telling in (b"198.51", b"Tell", b"from.where", entries["receipt"].encode()):
        assert telling not in stored
    line = next(line for line in stored.splitlines() if b'"none"' in line)
    wanted = {"id", "session", "time", "image", "strokes", "label", "answer", "weights"}
    assert json.loads(line).keys() == wanted


def test_the_kept_strokes_draw_the_same_ink() -> None:
    far = [[[1e6 + 3 * x, 3 * y - 40] for x, y in stroke] for stroke in strokes_of(3)]
    dense = np.linspace([0, 0], [40, 90], 3000).tolist()
    for strokes in (far, [dense]):
        body = json.dumps(given(strokes=strokes)).encode()
        kept = parse(body)[1].strokes
        assert 0 <= min(stroke.min() for stroke in kept) <= max(stroke.max() for stroke in kept) == 1000
        before, after = (to_mnist(draw(drawing)) for drawing in (strokes, kept))
        assert np.abs(before - after).max() < 0.1
        assert sum(map(len, kept)) < 250


def test_a_dot_and_no_strokes_can_be_given() -> None:
    assert [
        stroke.tolist() for stroke in parse(json.dumps(given(strokes=[[[5, 5]]])).encode())[1].strokes
    ] == [[[0, 0]]]
    without = given()
    del without["strokes"], without["answer"]
    one = parse(json.dumps(without).encode())[1]
    assert one.strokes == []
    assert one.answer == "none"


def _coded(value: int, size: int = 784) -> str:
    return base64.b64encode(bytes([value]) * size).decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"receipt": "short"}, "receipt: wanted"),
        ({"receipt": None}, "receipt: wanted"),
        ({"receipt": "../../../../etc/passwd"}, "receipt: wanted"),
        ({"session": "x" * 65}, "session: wanted"),
        ({"session": ["a-session-in-a-list"]}, "session: wanted"),
        ({"image": _coded(0)}, "image: wanted 10 to 400 pixels of ink, got 0"),
        ({"image": _coded(255)}, "image: wanted 10 to 400 pixels of ink, got 784"),
        ({"image": _coded(9, 783)}, "image: wanted 784 bytes, got 783"),
        ({"image": "no base64!"}, "image: wanted base64"),
        ({"image": None}, "image: wanted a text"),
        ({"image": "\N{EM DASH}" * 784}, "image: wanted base64"),
        ({"label": "seven"}, "label: wanted one of 0 1 2"),
        ({"label": 7}, "label: wanted one of 0 1 2"),
        ({"label": ["7"]}, "label: wanted one of 0 1 2"),
        ({"answer": "<b>"}, "answer: wanted one of"),
        ({"weights": "the newest"}, "weights: wanted"),
        ({"strokes": "a line"}, "strokes: wanted a list of strokes"),
        ({"strokes": [[[0, None]]]}, "strokes[0]: wanted a list of [x, y] points"),
        ({"strokes": [[[0, 1e200]]]}, "strokes[0]: wanted numbers of at most"),
        ({"strokes": [[[0, 0], [0, 5e-324]]]}, "strokes: wanted points that differ"),
        ({"strokes": [[[0, 0]]] * 1001}, "strokes: wanted at most 1,000 strokes"),
    ],
)
def test_nonsense_is_refused_with_what_was_wanted(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(json.dumps(given(**changes)).encode())
    assert refused.value.status == 400
    assert sentence in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"a":1}', b"\xff", b'{"receipt":NaN}'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal, match="This correction is not understood here"):
        parse(body)


def test_a_drawing_of_too_many_points_is_refused() -> None:
    scribble = np.random.default_rng(1).uniform(0, 100, (3000, 2)).tolist()
    with pytest.raises(Refusal, match="too long") as refused:
        parse(json.dumps(given(strokes=[scribble])).encode())
    assert refused.value.status == 413


def test_refusals_are_sentences(address, kept) -> None:
    size = sum(path.stat().st_size for path in kept.iterdir())
    answers = {
        "broken": httpx.post(address, json=given(label="eleven"), timeout=20),
        "form": httpx.post(
            address, content=json.dumps(given(seed=4)), headers={"content-type": "text/plain"}, timeout=20
        ),
        "large": httpx.post(address, json=given(session="x" * 300_000), timeout=20),
        "unknown": httpx.delete(f"{address}/nobody-has-such-a-one", timeout=20),
    }
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {"broken": 400, "form": 415, "large": 413, "unknown": 404}
    assert all(answer.json()["error"].endswith((".", "else")) for answer in answers.values())
    assert sum(path.stat().st_size for path in kept.iterdir()) == size


def test_other_ways_to_the_address_are_closed(address) -> None:
    for method, url in (("GET", address), ("PUT", address), ("OPTIONS", address), ("DELETE", address)):
        assert httpx.request(method, url, timeout=20).status_code == 404
    assert httpx.get(f"{address}/a-receipt-of-mine", timeout=20).status_code == 404
    assert httpx.delete(f"{address}/a/b", timeout=20).status_code == 404


def test_a_client_gives_so_many_and_others_go_on(address) -> None:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 500:
        statuses.append(_posted(address, "203.0.113.9", seed=5).status_code)
    assert len(statuses) > 60
    assert statuses.index(429) == len(statuses) - 1
    assert set(statuses[:-1]) == {201, 409}  # the first, and the same picture again
    assert _posted(address, "203.0.113.10", seed=6).status_code == 201


def test_without_a_folder_none_are_taken(monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert folder_in(VARIABLE) is None
    with serve(FakeReader()) as url:
        assert httpx.post(f"{url}lenet/corrections", json=given(), timeout=20).status_code == 404


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "below"))
    with pytest.raises(
        OSError, match=f"{VARIABLE}: .*below: wanted a folder to write to, got: Not a directory"
    ):
        folder_in(VARIABLE)
