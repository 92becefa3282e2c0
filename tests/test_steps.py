"""The steps from the pen or the photo to the network: the very arrays, and true numbers."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lenet.errors import InputError
from lenet.ink import photo as photos
from lenet.ink import strokes as pen
from lenet.ink.preprocessing import (
    MIN_STROKE_WIDTH,
    centre_of_mass,
    ink_box,
    placed,
    steps_to_mnist,
    stroke_width,
    thickened,
    to_mnist,
)
from lenet.ink.squeezing import CANVAS, canvas, darkness, squeezed
from lenet.ui import examples, photo, steps
from lenet.ui.answer import describe
from lenet.ui.texts import text

RECIPES = Path(__file__).parents[1] / "docs" / "recipes.txt"


def drawing(label: int, left: float = 0.0, top: float = 0.0, size: float = 1.0) -> list[list[list[float]]]:
    """An example drawing on a pad of 400 pixels, where and as large as wanted, in sides of the pad."""
    (strokes,) = [example.strokes for example in examples.load() if example.name == NAMES[label]]
    return [[[400 * (left + size * x), 400 * (top + size * y)] for x, y in stroke] for stroke in strokes]


NAMES = {2: "looped_2", 5: "small_5", 6: "plain_6", 7: "crossed_7"}

NUMBER = [
    stroke
    for place, digit in enumerate([2, 6, 7])
    for stroke in drawing(digit, 0.05 + 0.28 * place, 0.3, 0.3)
]

PAD = {"side": 400, "pen": 17}


def shown(reader, strokes, piece: int = 0) -> dict:
    found = steps.of_drawing(reader, {"strokes": strokes, **PAD, "piece": piece})
    assert "error" not in found, found
    return found


def ink_of(picture: dict) -> np.ndarray:
    """The bytes of a picture, uint8 (height, width)."""
    width, height = picture["size"]
    return np.frombuffer(base64.b64decode(picture["ink"]), np.uint8).reshape(height, width)


def as_bytes(ink: np.ndarray) -> np.ndarray:
    return np.rint(ink * 255).astype(np.uint8)


# --- The arrays ---------------------------------------------------------------


def inks(mnist_images) -> list[np.ndarray]:
    """Ink of many kinds: of MNIST, of strokes, thin, small, and at an edge."""
    thin = np.zeros((300, 200), np.float32)
    thin[20:280, 90:93] = 1
    small = np.zeros((9, 9), np.float32)
    small[2:7, 3:5] = 0.5
    faint_with_dark_edge = np.full((200, 200), 0.01, np.float32)
    faint_with_dark_edge[:, :4] = 1
    return [*mnist_images[:40], *map(pen.draw, [NUMBER, drawing(5)]), thin, small, faint_with_dark_edge]


def test_each_step_follows_from_the_one_before(mnist_images):
    for ink in inks(mnist_images):
        found = steps_to_mnist(thickened(ink), ink)
        assert found.found is ink
        np.testing.assert_array_equal(found.thick, thickened(found.found))
        assert found.box == ink_box(found.thick)
        left, top, width, height = found.box
        alone = steps_to_mnist(found.thick[top : top + height, left : left + width])
        np.testing.assert_array_equal(found.scaled, alone.scaled)
        assert max(found.scaled.shape) == 20
        np.testing.assert_array_equal(found.image, placed(found.scaled, found.corner))
        np.testing.assert_array_equal(found.image, to_mnist(thickened(ink)))


def test_strokes_that_are_wide_enough_are_the_ink_itself(mnist_images):
    wide, thin = np.zeros((2, 100, 100), np.float32)
    wide[:, 40:60] = 1
    thin[:, 40:42] = 1
    assert steps_to_mnist(thickened(wide), wide).thick is wide
    assert steps_to_mnist(thickened(thin), thin).thick is not thin


def test_the_last_step_is_what_the_network_was_shown(reader):
    readings = [reader.read_strokes(NUMBER), reader.read_strokes(drawing(5))]
    readings += [reader.read_page(photos.page(path)) for path in photo.examples()]
    for reading in readings:
        assert reading.digits
        for piece in reading.digits:
            np.testing.assert_array_equal(piece.part.steps().image, piece.image)


def test_a_piece_of_a_photo_begins_with_its_own_ink(reader):
    page = photos.page(photo.examples()[1])
    reading = reader.read_page(page)
    for piece in reading.digits:
        left, top, width, height = piece.part.box
        there = page.ink[top : top + height, left : left + width]
        found = piece.part.steps().found
        assert found.shape == there.shape
        np.testing.assert_array_equal(found[found > 0], there[found > 0])


# --- The pictures and their words ---------------------------------------------


def test_the_pictures_of_a_drawing_are_these_arrays(reader):
    for number, piece in enumerate(reader.read_strokes(NUMBER).digits):
        found = piece.part.steps()
        drawn, redrawn, scaled, centred = shown(reader, NUMBER, number)["steps"]
        assert drawn["picture"]["size"] == (160, 160)
        np.testing.assert_array_equal(ink_of(redrawn["picture"]), as_bytes(found.found))
        np.testing.assert_array_equal(ink_of(scaled["picture"]), as_bytes(found.scaled))
        np.testing.assert_array_equal(ink_of(centred["picture"]), as_bytes(found.image))


def test_the_last_picture_is_the_one_beside_the_answer(reader):
    answer = describe(reader.read_strokes(NUMBER))
    for number, piece in enumerate(answer["digits"]):
        found = shown(reader, NUMBER, number)
        assert found["steps"][-1]["picture"]["ink"] == piece["image"]
        assert found["prepared"]["picture"]["ink"] == piece["image"]


def test_ink_lies_in_its_box(reader):
    drawn, redrawn, *_ = shown(reader, drawing(7, 0.5, 0.4, 0.4))["steps"]
    for step, slack in [(drawn, 2), (redrawn, 0)]:
        assert step["view"][0] >= step["picture"]["size"][0]
        left, top, width, height = (
            side * step["picture"]["size"][0] / step["view"][0] for side in step["box"]
        )
        x, y, across, down = ink_box(ink_of(step["picture"]))
        assert (x, y, x + across, y + down) == pytest.approx(
            (left, top, left + width, top + height), abs=slack
        )


@pytest.mark.parametrize("label", NAMES)
def test_the_shift_leads_from_the_middle_to_the_image(reader, label):
    *_, scaled, centred = shown(reader, drawing(label))["steps"]
    before, after = centred["before"], centred["frame"]
    assert before == scaled["frame"]
    right, down = after[0] - before[0], after[1] - before[1]
    left, top, *_ = scaled["place"]
    moved = placed(ink_of(scaled["picture"]) / 255, (left + right, top + down))
    np.testing.assert_array_equal(as_bytes(moved), ink_of(centred["picture"]))
    assert np.subtract(centred["mass"], scaled["mass"]) == pytest.approx((right, down))
    assert np.subtract(centred["mass"], 0.5) == pytest.approx(
        centre_of_mass(ink_of(centred["picture"])), abs=0.05
    )
    for way, pixels in [("right", right), ("left", -right), ("down", down), ("up", -down)]:
        told = re.search(rf"(\d+)\s{way}\b", centred["words"])
        assert (int(told[1]) if told else 0) == max(0, pixels)


def test_the_stroke_width_is_that_of_the_scaled_strokes(reader):
    words = shown(reader, drawing(2))["steps"][1]["words"]
    width, of_mnist = (float(width) for width in re.findall(r"\d\.\d", words))
    assert width == pytest.approx(pen.PEN, abs=0.2)
    assert of_mnist == pytest.approx(pen.PEN, abs=0.2)
    dot = shown(reader, [[[100, 100]]])["steps"]
    assert dot[1]["words"].startswith("A dot has no size")
    assert "81\u00a0×\u00a081" in dot[1]["words"]


def test_the_scale_is_that_of_the_ink(reader):
    _, redrawn, scaled, _ = shown(reader, drawing(7))["steps"]
    factor = float(re.search(r"×\s([\d.]+)", scaled["words"])[1])
    assert max(redrawn["box"][2:]) * factor == pytest.approx(20, rel=0.05)


def test_the_words_name_the_piece_among_several_only(reader):
    assert "Piece 2 of 3" in shown(reader, NUMBER, 1)["steps"][0]["words"]
    assert "Piece" not in shown(reader, drawing(5))["steps"][0]["words"]


@pytest.mark.parametrize(
    ("shift", "mass", "words"),
    [
        ((0, 0), (14.2, 13.9), "lies at (14, 14) already"),
        ((3, 0), (14.2, 13.9), "Moved by 3 right, so that the centre of mass lies at (14, 14)"),
        ((-1, -2), (14.4, 14.5), "Moved by 1 left and 2 up, so that"),
        (
            (-4, 0),
            (11.2, 14.0),
            "Moved by 4 left. The centre of mass lies at (11, 14), as near to (14, 14) as fits",
        ),
    ],
)
def test_the_shift_in_words(shift, mass, words):
    assert words in steps._words_of_shift(*shift, *mass).replace("\u00a0", " ")


# --- Photos -------------------------------------------------------------------


@pytest.mark.parametrize("name", [path.name for path in photo.examples()])
def test_a_photo_has_its_steps(reader, name):
    found = steps.of_photo(reader, photo._page_of, {"example": name, "piece": 1})
    page = photos.page(next(path for path in photo.examples() if path.name == name))
    piece = reader.read_page(page).digits[1]
    assert [step["name"] for step in found["steps"]] == list(steps.OF_PHOTOS)
    crop, ink, thick, scaled, centred = found["steps"]
    arrays = piece.part.steps()
    np.testing.assert_array_equal(ink_of(scaled["picture"]), as_bytes(arrays.scaled))
    np.testing.assert_array_equal(ink_of(centred["picture"]), as_bytes(piece.image))
    assert ink["view"] == [*arrays.found.shape[::-1]]
    assert thick["view"] == [*arrays.thick.shape[::-1]]
    # The piece stands upright in its box on the photo, however that was turned.
    with Image.open(io.BytesIO(base64.b64decode(crop["picture"]["jpeg"]))) as picture:
        grey = np.asarray(picture.convert("L").resize(crop["view"]), float)
    left, top, width, height = (round(side) for side in crop["box"])
    there = grey[top : top + height, left : left + width]
    drawn = np.asarray(Image.fromarray(as_bytes(arrays.found)).resize(there.shape[::-1]), float)
    assert abs(np.corrcoef(there.ravel(), drawn.ravel())[0, 1]) > 0.5


def thin_line(path: Path, width: int) -> Path:
    picture = Image.new("RGB", (500, 700), "white")
    ImageDraw.Draw(picture).line([(150, 150), (350, 150), (250, 550)], "black", width, joint="curve")
    picture.save(path)
    return path


def test_strokes_are_told_to_be_thickened_where_they_are(reader, tmp_path):
    def of(width: int) -> dict:
        path = thin_line(tmp_path / f"{width}.png", width)
        found = steps.of_photo(reader, lambda asked: photos.page(path), {"piece": 0})
        return found["steps"][2]

    thin, wide = of(4), of(60)
    before, after = (float(width) for width in re.findall(r"\d\.\d", thin["words"]))
    assert before < MIN_STROKE_WIDTH
    assert before < after
    assert after == pytest.approx(MIN_STROKE_WIDTH, abs=0.3)
    assert len(re.findall(r"\d\.\d", wide["words"])) == 1


def test_a_large_photo_is_told_to_be_reduced(reader, tmp_path):
    with Image.open(thin_line(tmp_path / "line.png", 40)) as picture:
        picture.resize((3000, 4200)).save(tmp_path / "large.png")
    for name, is_told in [("line.png", False), ("large.png", True)]:
        page = photos.page(tmp_path / name)
        found = steps.of_photo(reader, lambda asked, page=page: page, {"piece": 0})
        words = found["steps"][1]["words"]
        assert ("The photo is scaled by" in words) == is_told == (page.scale != 1)
        assert not is_told or f"{1 / page.scale:.2g} first" in words


def test_pictures_are_small(reader, tmp_path):
    path = thin_line(tmp_path / "line.png", 40)
    found = steps.of_photo(reader, lambda asked: photos.page(path), {"piece": 0})
    for step in found["steps"]:
        assert max(step["picture"]["size"]) <= max(
            steps.MAX_SIDE, max(step["view"]) * ("jpeg" in step["picture"])
        )
    jpeg = base64.b64decode(found["steps"][0]["picture"]["jpeg"])
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert max(picture.size) <= steps.MAX_SIDE


# --- Squeezed -----------------------------------------------------------------


def test_a_squeezed_canvas_has_all_where_it_was():
    dot = squeezed(canvas([np.array([[390.0, 10.0]])], 400, 17))
    assert dot.shape == (28, 28)
    assert dot[:3, 25:].sum() == pytest.approx(dot.sum())
    assert dot.max() > 0.5
    line = canvas([np.array([[0.0, 200.0], [400.0, 200.0]])], 400, 40)
    assert stroke_width(line) == pytest.approx(CANVAS / 10, rel=0.15)


def test_points_off_the_canvas_stay_off_it():
    far = np.array([[1e100, 1e100], [-1e100, 1e100]])
    assert canvas([far], 400, 17).sum() == 0


@pytest.mark.parametrize(
    "size", [(0, 1), (-1, 1), (400, 0), (400, 401), (np.nan, 1), (np.inf, 1), (400, np.nan)]
)
def test_what_is_no_canvas_is_refused(size):
    with pytest.raises(InputError, match="canvas: wanted a side"):
        canvas([np.array([[1.0, 1.0]])], *size)


def test_what_stands_out_is_ink():
    picture = np.full((40, 30, 3), 230, np.uint8)
    picture[10:20, 10:20] = 30
    for one in (picture, 255 - picture):
        ink = darkness(one)
        assert ink[15, 15] > 0.8
        assert ink[0, 0] < 0.2
        assert squeezed(ink).shape == (28, 28)


def test_both_answers_are_of_the_same_network(reader):
    found = shown(reader, drawing(5, 0.6, 0.05, 0.35))
    assert found["prepared"]["words"] == "5, 100\u00a0%"
    assert found["squeezed"]["words"] != found["prepared"]["words"]
    image = ink_of(found["squeezed"]["picture"]).astype(np.float32) / 255
    shares = reader.probabilities(image)
    none = 1 - sum(shares.values())
    told = int(re.search(r"(\d+)\s%", found["squeezed"]["words"])[1])
    assert told == pytest.approx(100 * max(none, *shares.values()), abs=1.5)


@pytest.mark.parametrize(
    ("probabilities", "likeliest", "words"),
    [
        ({"7": 0.9}, "7", "7, 90 %"),
        ({"7": 0.2}, "", "no digit, 80 %"),
        ({"7": 0.2, "/": 0.7}, "/", "a slash, 70 %"),
    ],
)
def test_what_is_likeliest_in_words(probabilities, likeliest, words):
    assert steps._likeliest(probabilities) == likeliest
    assert steps._answer(likeliest, probabilities).replace("\u00a0", " ") == words


def test_what_its_place_tells_has_no_probability():
    assert steps._answer(".", {"7": 0.2}) == text("answer.by_place", sign=text("sign.."))


def test_a_squeezed_canvas_that_is_read_too_is_remarked_on(reader):
    assert shown(reader, drawing(2))["remark"]
    assert not shown(reader, drawing(5, 0.6, 0.05, 0.35))["remark"]


def test_the_figures_are_those_of_the_benchmark():
    rows = [line.split("|")[1:-1] for line in RECIPES.read_text("utf-8").splitlines() if "±" in line]
    *_, inverted, prepared = zip(*rows, strict=True)

    def between(cells: tuple[str, ...]) -> tuple[int, int]:
        shares = [float(cell.split("±")[0]) for cell in cells]
        return round(min(shares)), round(max(shares))

    told = re.findall(r"(\d+) to (\d+)\s%", text("steps.squeezed.figures"))
    assert [tuple(map(int, pair)) for pair in told] == [between(inverted), between(prepared)]


# --- What a browser may send ---------------------------------------------------

GOOD = {"strokes": drawing(7), **PAD, "piece": 0}


@pytest.mark.parametrize("asked", [None, 7, "7", [], [GOOD], True])
def test_what_is_no_question_is_answered_by_a_sentence(reader, asked):
    assert steps.of_drawing(reader, asked) == {"error": text("steps.malformed")}
    assert steps.of_photo(reader, photo._page_of, asked) == {"error": text("steps.malformed")}


@pytest.mark.parametrize("piece", [None, -1, 1, 10**9, 0.0, "0", True, [0], {}])
def test_a_piece_that_is_not_there_is_answered_by_a_sentence(reader, piece):
    no_piece = {"error": text("steps.no_piece")}
    assert steps.of_drawing(reader, {**GOOD, "piece": piece}) == no_piece
    example = photo.examples()[0].name
    asked = {"example": example, "piece": piece if piece != 1 else 99}
    assert steps.of_photo(reader, photo._page_of, asked) == no_piece


@pytest.mark.parametrize(
    "change",
    [
        *({"side": side} for side in (None, "400", [], 0, -1, float("nan"), float("inf"), 1e-300, 10**400)),
        *({"pen": pen} for pen in (None, "17", {}, 0, -1, float("nan"), 1e9)),
        *({"strokes": strokes} for strokes in (None, {}, "7", [[["a", "b"]]], [[[1, float("nan")]]])),
        *({"strokes": strokes} for strokes in ([], [[]], [[[0, 0]]] * 1001)),
    ],
)
def test_what_is_no_drawing_is_answered_by_a_sentence(reader, change):
    answer = steps.of_drawing(reader, {**GOOD, **change})
    assert answer.keys() == {"error"}
    assert answer["error"] != text("error.internal")


@pytest.mark.parametrize(
    "source", [{}, {"upload": "/etc/passwd"}, {"upload": 7}, {"example": ["x"]}, {"example": ".."}]
)
def test_a_photo_that_is_gone_is_answered_by_a_sentence(reader, source):
    assert steps.of_photo(reader, photo._page_of, {**source, "piece": 0}) == {"error": text("steps.gone")}


def test_a_photo_that_is_deleted_just_now_is_answered_by_the_same(reader, monkeypatch, tmp_path):
    monkeypatch.setattr(photo, "is_upload", lambda path: True)
    asked = {"upload": str(tmp_path / "deleted.png"), "piece": 0}
    assert steps.of_photo(reader, photo._page_of, asked) == {"error": text("steps.gone")}
    (tmp_path / "broken.png").write_bytes(b"no picture")
    error = steps.of_photo(reader, photo._page_of, {**asked, "upload": str(tmp_path / "broken.png")})["error"]
    assert "broken.png" in error
    assert str(tmp_path) not in error
