"""The page without a browser: its functions, its server, its limits."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import httpx
import numpy as np
import pytest
from conftest import FakeReader
from gradio_client import Client, handle_file
from PIL import Image

import lenet
from benchmarks import example_photos
from benchmarks.serving import reading_of, serve
from lenet.errors import InputError
from lenet.ink.photo import Page
from lenet.network.record import DIGITS, SIGNS, Record
from lenet.reading.marks import MARKS
from lenet.reading.result import Digit, Reading, status_of
from lenet.ui import answer, draw, examples, limits, photo, sentences

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


class PageReader(FakeReader):
    """Reads every page as two lines, after a turn to the right."""

    def read_page(self, page: Page) -> Reading:
        """1 and 2 on a line, 3 below them."""
        return Reading("12\n3", 0.98, "ok", (piece(1), piece(2), piece(3)), 0.4, 0.2, 90, page.notes)

    def read_image(self, source: object, digits: object = None) -> Reading:
        """The same, unless the name says that it is broken."""
        super().read_image(source)
        return Reading("12\n3", 0.98, "ok", (piece(1), piece(2), piece(3)), 0.4, 0.2)


class BrokenReader:
    """A reader with a defect."""

    record = Record()

    def read_strokes(self, drawing: object, digits: object = None) -> None:
        """Fail with an unforeseen error."""
        raise ValueError("secret detail")

    read_image = read_page = read_strokes


def piece(digit: int, status: str = "ok", confidence: float = 0.999) -> Digit:
    """One piece; the next digit up is the runner-up."""
    return reading_of(digit, status, confidence).digits[0]


def sign(symbol: str, status: str = "ok", **shares: float) -> Digit:
    """One piece read as a sign; `none` and the digits, as `d1`, have these probabilities."""
    image = piece(0).image
    digits = {digit: shares.get(f"d{digit}", 0.0) for digit in DIGITS}
    known = {} if symbol in MARKS else {symbol: 1 - sum(shares.values())}
    return Digit(symbol, digits | known, status, (0.0, 0.0, 9.0, 20.0), image)


def number(text: str, *pieces: Digit, confidence: float | None = None) -> Reading:
    """A reading of several pieces, unsure if one of them is, unless its confidence is given."""
    if confidence is None:
        confidence = 0.7 if any(one.status == "unsure" for one in pieces) else 0.98
    return Reading(text, confidence if text else 0.0, status_of(pieces, confidence), pieces, 0.4, 0.2)


# --- What the page says ------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (reading_of(7), "sure"),
        (reading_of(4, "unsure", 0.6), "4 or 5?"),
        (reading_of(4, "not_a_digit"), "not a digit"),
        (reading_of(None), "nothing to read"),
        (number("26", piece(2), piece(6)), "sure"),
        (number("1 2", piece(1), piece(2)), "sure"),
        (number("26", piece(2), piece(6, "unsure", 0.6)), "a 6 or a 7?"),
        (number("28", piece(2), piece(8, "unsure", 0.6)), "an 8 or a 9?"),
        (number("28", piece(2, "unsure", 0.6), piece(8, "unsure", 0.6)), "2 not sure"),
        (number("26", piece(2), piece(4, "not_a_digit"), piece(6)), "sure (one mark left out)"),
        (number("2", *[piece(4, "not_a_digit")] * 2, piece(2)), "sure (2 marks left out)"),
        (number("", *[piece(4, "not_a_digit")] * 2), "no digits"),
        (number("1" * 30, *[piece(1)] * 30), "30 digits, sure"),
        (number("1\n1", *[piece(1)] * 2), "2 digits, sure"),
        (number("1\n1", piece(1), piece(1, "unsure", 0.6)), "2 digits, a 1 or a 2?"),
        (number("1" * 8, *[piece(1, confidence=0.94)] * 8, confidence=0.61), "fairly sure"),
        (number("11", piece(1), piece(1), confidence=0.3), "not sure"),
        (number("27", piece(2, "unsure", 0.89), piece(7), confidence=0.9), "sure"),
        (number("1/2", piece(1), sign("/"), piece(2)), "sure"),
        (number("-7", sign("-"), piece(7)), "sure"),
        (
            number("(1) 1-1", *map(sign, "("), piece(1), sign(")"), piece(1), sign("-"), piece(1)),
            "sure",
        ),
        (number("1/2", piece(1), sign("/", "unsure", d1=0.4), piece(2)), "a slash or a 1?"),
        (number("3x4", piece(3), sign("x", "unsure", none=0.3), piece(4)), "a times sign, or no sign?"),
        (number("12,5" * 4, *[piece(1), piece(2), sign(","), piece(5)] * 4), "12 digits, sure"),
    ],
)
def test_the_status_is_told_in_words(reading, expected):
    assert sentences.status_sentence(reading) == expected


def test_layout_puts_pieces_for_digits_and_keeps_separators():
    non_digit = piece(4, "not_a_digit")
    reading = number("12 3\n4", non_digit, piece(1), piece(2), non_digit, piece(3), piece(4), non_digit)
    assert sentences.layout(reading) == [0, 1, 2, " ", 3, 4, "\n", 5, 6]


def test_signs_are_pieces_of_the_layout():
    reading = number("-1 2.", sign("-"), piece(1), piece(4, "not_a_digit"), piece(2), sign("."))
    assert sentences.layout(reading) == [0, 1, " ", 2, 3, 4]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({4: 0.5, 5: 0.34, 1: 0.16}, "4, 5 or 1?"),
        ({4: 0.7}, "4, or no digit?"),
        ({4: 0.3, 9: 0.02}, "4, or no digit?"),
        ({4: 0.5, 9: 0.3}, "4 or 9, or no digit?"),
        ({4: 0.88, 9: 0.07}, "4 or 9?"),
        ({4: 0.6, "(": 0.39}, "4 or an opening bracket?"),
    ],
)
def test_the_status_names_each_likely_alternative(shares, expected):
    doubtful = piece(4, "unsure")
    probabilities = {str(symbol): share for symbol, share in shares.items()}
    reading = number("4", replace(doubtful, probabilities=probabilities))
    assert sentences.status_sentence(reading) == expected


def test_describe_has_what_the_page_draws():
    described = answer.describe(reading_of(3))
    assert described["text"] == "3"
    assert described["status"] == "ok"
    (digit,) = described["digits"]
    assert (digit["text"], digit["digit"], digit["confidence"]) == ("3", 3, 0.94)
    assert digit["probabilities"]["3"] == 0.94
    assert list(digit["probabilities"]) == [*DIGITS, *SIGNS]
    assert list(base64.b64decode(digit["image"])) == np.rint(np.linspace(0, 255, 784)).astype(int).tolist()
    assert (described["preprocessing_ms"], described["network_ms"]) == (0.4, 0.2)


def test_describe_is_small_enough_to_send_while_the_pen_moves():
    assert len(json.dumps(answer.describe(reading_of(3)))) < 5000


def test_describe_names_the_least_sure_digit():
    doubts = piece(1), piece(2, "unsure", 0.7), piece(3, "unsure", 0.6), piece(4, "not_a_digit", 0.2)
    assert answer.describe(number("123", *doubts))["doubtful"] == 2
    assert answer.describe(reading_of(1))["doubtful"] is None


def test_describe_nothing():
    described = answer.describe(reading_of(None))
    assert (described["digits"], described["layout"], described["doubtful"]) == ([], [], None)


# --- Functions of the tabs ---------------------------------------------------


def test_strokes_are_answered():
    assert draw.read_strokes(FakeReader(), SEVEN)["text"] == "6"


@pytest.mark.parametrize("strokes", MALFORMED, ids=lambda strokes: repr(strokes)[:30])
def test_malformed_strokes_get_a_sentence(strokes):
    assert "wanted" in draw.read_strokes(FakeReader(), strokes)["error"]


def test_an_internal_error_shows_no_details():
    error = draw.read_strokes(BrokenReader(), SEVEN)["error"]
    assert error
    assert "secret" not in error


@pytest.fixture
def wide(tmp_path) -> Path:
    """A picture twice as wide as high, black at its left."""
    picture = Image.new("L", (400, 200), 255)
    picture.paste(0, (0, 0, 100, 200))
    picture.save(tmp_path / "wide.png")
    return tmp_path / "wide.png"


def test_photo_is_answered_and_shown_as_it_was_read(wide):
    answered = photo.read_photo(PageReader(), wide)
    assert answered["text"] == "12\n3"
    assert list(answered["size"]) == [200, 400]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(answered["preview"]))).convert("L"))
    assert shown.shape == (400, 200)
    assert shown[:90].max() < 30, "the left of the picture is on top when it is turned to the right"
    assert shown[110:].min() > 225


def test_preview_of_a_large_photo_is_small(tmp_path):
    Image.new("L", (4000, 3000), 255).save(tmp_path / "large.png")
    shown = base64.b64decode(photo.read_photo(PageReader(), tmp_path / "large.png")["preview"])
    assert max(Image.open(io.BytesIO(shown)).size) == 1280


def test_broken_photo_is_named_as_its_owner_knows_it(tmp_path):
    (tmp_path / "broken.png").write_text("no image")
    error = photo.read_photo(PageReader(), tmp_path / "broken.png")["error"]
    assert error.startswith("broken.png: wanted a picture")


def test_an_error_gives_the_name_of_an_upload_but_not_its_path(wide):
    class Picky(PageReader):
        def read_image(self, source: object, digits: object = None) -> Reading:
            raise InputError(f"{source}: too wide", "picture.too_large", name=source, limit=1, got="2")

    with pytest.raises(InputError, match=r"^wide\.png: too wide$") as caught:
        photo.read_upload(Picky(), str(wide))
    assert (caught.value.code, caught.value.values["name"]) == ("picture.too_large", "wide.png")


def test_an_internal_error_in_reading_a_photo_shows_no_details(wide):
    assert "secret" not in photo.read_photo(BrokenReader(), wide)["error"]


# --- Examples ----------------------------------------------------------------


def test_no_hard_example_is_read_wrong_without_a_doubt(reader):
    readings = [
        (example.label, reader.read_strokes(example.strokes)) for example in examples.load(examples.HARD)
    ]
    for label, reading in readings:
        assert reading.status != "ok" or reading.text == str(label)
    assert {reading.status for _, reading in readings} == {"ok", "unsure", "not_a_digit"}


def test_examples_show_every_digit():
    assert {example.label for example in examples.load()} == {int(digit) for digit in DIGITS}


@pytest.mark.parametrize("file", [examples.EASY, examples.HARD])
def test_examples_fit_on_the_pad(file):
    points = [point for example in examples.load(file) for stroke in example.strokes for point in stroke]
    assert all(0.05 < side < 0.95 for point in points for side in point)


def test_curve_goes_through_its_points_and_keeps_corners():
    controls = [[10, 10], [90, 10], [90, 10], [50, 90]]
    line = examples.curve(controls)
    assert {(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)} <= set(line)
    assert max(x for x, _ in line) == 0.9, "a spline without a corner would swing out"


PHOTOS = {
    "a_slip_of_paper_held_sideways": "415\n7203\n968",
    "a_year_on_lined_paper": "2026",
    "chalk_on_a_board": "1998\n60",
    "pencil_on_squared_paper": "31 145\n27 806",
}


@pytest.mark.parametrize("path", photo.examples(), ids=lambda path: path.stem)
def test_example_photos_are_read_as_meant(reader, path):
    assert photo.read_photo(reader, path)["text"] == PHOTOS[path.stem]


def test_example_photos_are_small_and_can_be_made_again(tmp_path):
    example_photos.main(tmp_path)
    assert {path.stem for path in photo.examples()} == set(PHOTOS)
    for path in photo.examples():
        assert path.stat().st_size < 60_000
        made, kept = (np.asarray(Image.open(one), int) for one in (tmp_path / path.name, path))
        assert np.abs(made - kept).mean() < 1


# --- The server --------------------------------------------------------------


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running page around a fake reader."""
    with serve(PageReader(), tested=12) as url:
        yield url


@pytest.fixture(scope="module")
def client(address) -> Client:
    """A program that uses the page's API."""
    return Client(address, verbose=False)


def component_with(address: str, name: str) -> dict:
    """The component that has a server function of this name."""
    config = httpx.get(f"{address}config").json()
    (found,) = (part for part in config["components"] if name in part["props"].get("server_fns", []))
    return found


def call(address: str, name: str, data: object) -> httpx.Response:
    """Call a server function as the page's scripts do."""
    component = component_with(address, name)["id"]
    body = {"data": data, "component_id": component, "session_hash": "test", "fn_name": name}
    return httpx.post(f"{address}gradio_api/component_server/", content=json.dumps(body), timeout=30)


def pad_answer(address: str, strokes: object) -> httpx.Response:
    return call(address, "read_strokes", strokes)


def uploaded(address: str, path: Path) -> str:
    """Upload a file; return where it lies on the server."""
    return httpx.post(f"{address}gradio_api/upload", files={"files": path.open("rb")}).json()[0]


def test_an_upload_is_answered(address, wide):
    assert call(address, "read_uploaded", uploaded(address, wide)).json()["text"] == "12\n3"


def test_an_upload_that_is_no_picture_gets_a_sentence(address, tmp_path):
    (tmp_path / "notes.jpg").write_text("no image")
    answered = call(address, "read_uploaded", uploaded(address, tmp_path / "notes.jpg")).json()
    assert answered["error"].startswith("notes.jpg: wanted a picture")


@pytest.mark.parametrize("path", [str(photo.examples()[0]), "/etc/passwd", "", None, 7, {}, []])
def test_only_uploads_are_read(address, path):
    assert "uploaded" in call(address, "read_uploaded", path).json()["error"]


def test_examples_are_asked_for_by_name(address):
    assert call(address, "read_example", photo.examples()[0].name).json()["text"] == "12\n3"


@pytest.mark.parametrize("name", [str(photo.examples()[0]), "../photos/x.jpg", None, [], {}])
def test_other_files_are_no_examples(address, name):
    assert "error" in call(address, "read_example", name).json()


def test_the_page_knows_the_limit_of_the_server(address):
    most = limits.MAX_UPLOAD_MEGABYTES
    assert component_with(address, "read_uploaded")["props"]["props"]["max_megabytes"] == most
    assert httpx.get(f"{address}config").json()["max_file_size"] == most * 2**20


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
    for hint in (1, [1, 3]):
        assert client.predict(SEVEN, digits=hint, api_name="/read_strokes") == expected
    with pytest.raises(Exception, match="digits: wanted a whole number from 1"):
        client.predict(SEVEN, digits=0, api_name="/read_strokes")


def test_api_explains_malformed_strokes(client):
    with pytest.raises(Exception, match="wanted a list of strokes"):
        client.predict("seven", api_name="/read_strokes")


def test_api_reads_an_image(client, tmp_path):
    Image.new("L", (40, 40)).save(tmp_path / "five.png")
    assert client.predict(handle_file(tmp_path / "five.png"), api_name="/read_image")["text"] == "12\n3"


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
    response = httpx.post(f"{address}gradio_api/call/read_strokes", content=b"1" * 9_000_000)
    assert response.status_code == 413
    assert "too large" in response.json()["error"]


def test_large_bodies_of_unstated_length_are_refused(address):
    pieces = (b"1" * 1_000_000 for _ in range(9))
    response = httpx.post(f"{address}gradio_api/call/read_strokes", content=pieces)
    assert response.status_code == 413


def test_only_the_upload_itself_may_be_larger(address):
    body = b"1" * 9_000_000
    assert httpx.post(f"{address}gradio_api/call/upload", content=body).status_code == 413


@pytest.mark.parametrize("field", ['name="text"', 'name="files"; filename="a.bin"'])
def test_an_upload_is_cut_short_when_it_brings_too_much(address, field):
    head = f"\r\n--x\r\nContent-Disposition: form-data; {field}\r\n\r\n".encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        while sent < 200:
            yield (b"" if sent % 10 else head) + bytes(2**20)
            sent += 1

    try:
        response = httpx.post(f"{address}gradio_api/upload", content=body(), headers=kind)
    except httpx.WriteError:  # the server has answered and hung up
        pass
    else:
        assert response.status_code in (400, 413)
    assert sent < 200


def test_the_largest_drawing_passes(address):
    points = [[x + 1 / 3, x + 2 / 3] for x in range(9_900)]
    assert pad_answer(address, [points]).json()["status"] == "ok"


def test_the_foot_tells_the_version_and_the_self_test(address):
    values = (part["props"].get("value") for part in httpx.get(f"{address}config").json()["components"])
    (foot,) = (value for value in values if "<footer" in str(value))
    assert f"Version {lenet.__version__}. Self-test: 12 of 12 read right." in foot


def test_the_page_is_compressed_and_answers_of_the_pad_are_not(address):
    page = httpx.get(address)
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < len(page.content) / 2
    assert "content-encoding" not in pad_answer(address, SEVEN).headers


def test_a_client_that_does_not_ask_for_it_gets_no_compressed_page(address):
    page = httpx.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in page.headers


def test_event_streams_are_not_compressed(address):
    """Compressed ones would be held back until there is enough to compress."""
    call = httpx.post(f"{address}gradio_api/call/read_strokes", json={"data": [SEVEN * 300, None]}).json()
    with httpx.stream("GET", f"{address}gradio_api/call/read_strokes/{call['event_id']}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        assert "event: complete" in stream.read().decode()


def test_page_asks_for_nothing_from_elsewhere(address):
    asked = re.findall(r"""(?:src|href)=["']?(?:https?:)?//([^/"'\s>]+)""", httpx.get(address).text)
    assert set(asked) <= {httpx.URL(address).netloc.decode()}


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
