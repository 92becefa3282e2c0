"""The page without a browser: its functions, its server, its limits."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import httpx
import pytest
from conftest import FakeReader, reading_of, serve
from gradio_client import Client, handle_file
from PIL import Image

from lenet.ui import answer, draw, examples, photo

APP = Path(__file__).parents[1] / "app.py"
SEVEN = [[[10, 10], [60, 10], [30, 90]]]
MALFORMED = [
    None,
    "7",
    7,
    {},
    [1, 2],
    [[1, 2]],
    [[["a", "b"]]],
    [[[1, float("nan")]]],
    [[[1, 2, 3]]],
    [[[0, 0]]] * 1001,
]


class BrokenReader:
    """A reader with a fault of its own."""

    def read_strokes(self, drawing: object) -> None:
        """Fails in a way nobody foresaw."""
        raise RuntimeError("secret detail")

    read_image = read_strokes


# --- What the page says ------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (reading_of(7), "7, sure"),
        (reading_of(4, "unsure", 0.6), "4 or 5?"),
        (reading_of(4, "not_a_digit"), "not a digit"),
        (reading_of(None), "nothing to read"),
    ],
)
def test_words(reading, words):
    assert answer.words(reading) == words


def test_words_name_a_third_digit_with_a_real_chance():
    reading = reading_of(4, "unsure", 0.6)
    probabilities = (0.0, 0.16, 0.0, 0.0, 0.5, 0.34, 0.0, 0.0, 0.0, 0.0)
    piece = SimpleNamespace(**{**vars(reading.digits[0]), "probabilities": probabilities})
    piece.digit, piece.alternatives = 4, [(5, 0.34), (1, 0.16), (0, 0.0)]
    assert answer.words(SimpleNamespace(status="unsure", text="4", digits=(piece,))) == "4, 5 or 1?"


def test_describe_has_what_the_page_draws():
    described = answer.describe(reading_of(3))
    assert described["text"] == "3"
    assert described["status"] == "ok"
    assert described["probabilities"][3] == 0.94
    assert len(described["probabilities"]) == 10
    assert len(described["image"]) == 784
    assert (min(described["image"]), max(described["image"])) == (0, 255)
    assert (described["preprocessing_ms"], described["network_ms"]) == (0.4, 0.2)


def test_describe_is_small_enough_to_send_while_the_pen_moves():
    assert len(json.dumps(answer.describe(reading_of(3)))) < 5000


def test_describe_nothing():
    described = answer.describe(reading_of(None))
    assert described["probabilities"] == [0.0] * 10
    assert described["image"] == [0] * 784


# --- Functions of the tabs ---------------------------------------------------


def test_strokes_are_answered():
    assert draw.read_strokes(FakeReader(), SEVEN)["text"] == "6"


@pytest.mark.parametrize("strokes", MALFORMED, ids=lambda strokes: repr(strokes)[:30])
def test_malformed_strokes_get_a_sentence(strokes):
    assert "wanted" in draw.read_strokes(FakeReader(), strokes)["error"]


def test_a_fault_of_ours_shows_no_details():
    error = draw.read_strokes(BrokenReader(), SEVEN)["error"]
    assert error
    assert "secret" not in error


def test_photo_is_answered():
    assert photo.read_photo(FakeReader(), "five.jpg")["text"] == "5"


def test_broken_photo_is_named_as_its_owner_knows_it():
    error = photo.read_photo(FakeReader(), "/srv/cache/0a1b/broken.png")["error"]
    assert error.startswith("broken.png: wanted a picture")


# --- Examples ----------------------------------------------------------------


def test_examples_show_every_digit():
    assert {example.label for example in examples.load()} == set(range(10))


def test_examples_fit_on_the_pad():
    points = [point for example in examples.load() for stroke in example.strokes for point in stroke]
    assert all(0.05 < side < 0.95 for point in points for side in point)


def test_curve_goes_through_its_points_and_keeps_corners():
    controls = [[10, 10], [90, 10], [90, 10], [50, 90]]
    line = examples.curve(controls)
    assert {(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)} <= set(line)
    assert max(x for x, _ in line) == 0.9, "a spline without a corner would swing out"


# --- The server --------------------------------------------------------------


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running page around a fake reader."""
    with serve(FakeReader()) as url:
        yield url


@pytest.fixture(scope="module")
def client(address) -> Client:
    """A program that uses the page's API."""
    return Client(address, verbose=False)


def pad_answer(address: str, strokes: object) -> httpx.Response:
    """Asks as the pad does."""
    config = httpx.get(f"{address}config").json()
    (pad,) = (part for part in config["components"] if "read_strokes" in part["props"].get("server_fns", []))
    body = {"data": strokes, "component_id": pad["id"], "session_hash": "test", "fn_name": "read_strokes"}
    return httpx.post(f"{address}gradio_api/component_server/", content=json.dumps(body))


def test_pad_is_answered(address):
    assert pad_answer(address, SEVEN).json()["text"] == "6"


@pytest.mark.parametrize("strokes", MALFORMED, ids=lambda strokes: repr(strokes)[:30])
def test_pad_gets_a_sentence_and_the_next_visitor_an_answer(address, strokes):
    response = pad_answer(address, strokes)
    assert response.status_code == 200
    assert "wanted" in response.json()["error"]
    assert pad_answer(address, SEVEN).json()["status"] == "ok"


def test_api_reads_strokes(client):
    expected = FakeReader().read_strokes(SEVEN).to_json()
    assert client.predict(SEVEN, api_name="/read_strokes") == expected
    assert client.predict({"strokes": SEVEN, "label": 7}, api_name="/read_strokes") == expected


def test_api_explains_malformed_strokes(client):
    with pytest.raises(Exception, match="wanted a list of strokes"):
        client.predict("seven", api_name="/read_strokes")


def test_api_reads_an_image(client, tmp_path):
    Image.new("L", (40, 40)).save(tmp_path / "five.png")
    assert client.predict(handle_file(tmp_path / "five.png"), api_name="/read_image")["text"] == "5"


def test_api_explains_a_broken_image(client, tmp_path):
    (tmp_path / "broken.png").write_text("no image")
    with pytest.raises(Exception, match=r"broken\.png: wanted a picture"):
        client.predict(handle_file(tmp_path / "broken.png"), api_name="/read_image")


@pytest.mark.parametrize(
    "path", [str(APP), {"path": str(APP)}, {"path": str(APP), "meta": {"_type": "gradio.FileData"}}]
)
def test_api_opens_no_file_of_the_server(address, path):
    answer = httpx.post(f"{address}gradio_api/call/read_image", json={"data": [path]})
    events = httpx.get(f"{address}gradio_api/call/read_image/{answer.json()['event_id']}").text
    assert "event: error" in events
    assert '"text"' not in events


def test_api_is_documented(client):
    described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(described) == {"/read_strokes", "/read_image"}


def test_large_bodies_are_refused(address):
    response = httpx.post(f"{address}gradio_api/call/read_strokes", content=b"[" * 9_000_000)
    assert response.status_code == 413
    assert "too large" in response.json()["error"]


def test_large_bodies_of_unstated_length_are_refused(address):
    pieces = (b"[" * 1_000_000 for _ in range(9))
    response = httpx.post(f"{address}gradio_api/call/read_strokes", content=pieces)
    assert response.status_code == 413


def test_the_largest_drawing_passes(address):
    points = [[x + 1 / 3, x + 2 / 3] for x in range(99_000)]
    assert pad_answer(address, [points]).json()["status"] == "ok"


def test_page_asks_for_nothing_from_elsewhere(address):
    page = httpx.get(address).text
    assert "fonts.googleapis" not in page


# --- app.py ------------------------------------------------------------------


@pytest.fixture
def app() -> ModuleType:
    """`app.py` as a module."""
    spec = importlib.util.spec_from_file_location("app", APP)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_zerogpu_sees_a_function(app, monkeypatch):
    decorated = []
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=decorated.append))
    app.satisfy_zerogpu()
    assert len(decorated) == 1


def test_without_zerogpu_nothing_happens(app, monkeypatch):
    monkeypatch.setitem(sys.modules, "spaces", None)
    app.satisfy_zerogpu()
