"""paper.find_ink: it finds the strokes of a page and nothing else, whatever the light, colours and lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.ink.notes import Note, NoteCode
from lenet.ink.paper import find_ink
from lenet.ink.strokes import draw

HEIGHT, WIDTH = 600, 800
WHITE, BLUE = (0.93, 0.92, 0.88), (0.15, 0.2, 0.5)

DIGITS = [
    [[[30, 10], [30, 80]]],
    [[[10, 20], [40, 10], [60, 30], [10, 80], [65, 80]]],
    [[[40, 10], [10, 50], [70, 50]], [[50, 30], [50, 85]]],
    [[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]],
]


def _strokes(count: int = 12) -> np.ndarray:
    """Ink (HEIGHT, WIDTH) of digits 60 pixels high in four columns."""
    ink = np.zeros((HEIGHT, WIDTH), np.float32)
    for index in range(count):
        digit = draw(DIGITS[index % len(DIGITS)])
        digit = cv2.resize(digit, None, fx=60 / digit.shape[0], fy=60 / digit.shape[0])
        top, left = 110 + 160 * (index // 4), 120 + 170 * (index % 4)
        ink[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return ink


def _picture(
    ink: np.ndarray,
    paper: tuple[float, ...] = WHITE,
    pen: tuple[float, ...] = BLUE,
    lines: np.ndarray | None = None,
    light: np.ndarray | float = 1.0,
) -> np.ndarray:
    """uint8 (h, w, 3): pen on paper with lines of a third of its contrast, light and noise."""
    colours = np.float32(paper) * np.ones((*ink.shape, 1), np.float32)
    for layer, strength in ((lines, 0.35), (ink, 1.0)):
        if layer is not None:
            colours += strength * layer[..., None] * (np.float32(pen) - colours)
    colours *= np.broadcast_to(light, ink.shape)[..., None]
    colours += np.random.default_rng(0).normal(0, 0.008, (*ink.shape, 1))
    return np.round(255 * np.clip(colours, 0, 1)).astype(np.uint8)


def _recall_and_stray(picture: np.ndarray, ink: np.ndarray) -> tuple[float, float]:
    """Fractions of the strokes that are found, and of the found ink that lies beside them."""
    found, truth = find_ink(picture)[0] > 0.5, ink > 0.5
    near = cv2.dilate(truth.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return float((found & truth).sum() / truth.sum()), float((found & ~near).sum() / max(found.sum(), 1))


def _assert_found(picture: np.ndarray, ink: np.ndarray, recall: float = 0.93) -> None:
    found, stray = _recall_and_stray(picture, ink)
    assert found > recall
    assert stray < 0.01


def _ruled(angle: float, squared: bool) -> np.ndarray:
    lines = np.zeros((HEIGHT, WIDTH), np.float32)
    slope = np.tan(np.radians(angle))
    for row in range(31, HEIGHT, 40):
        cv2.line(lines, (0, row), (WIDTH, int(row + slope * WIDTH)), 1, 1, cv2.LINE_AA)
    for column in range(23, WIDTH if squared else 0, 40):
        cv2.line(lines, (column, 0), (int(column - slope * HEIGHT), HEIGHT), 1, 1, cv2.LINE_AA)
    return lines


def test_ink_is_float32_and_exactly_zero_on_the_paper() -> None:
    ink, notes = find_ink(_picture(_strokes()))
    assert ink.dtype == np.float32
    assert ink.shape == (HEIGHT, WIDTH)
    assert ink.max() == 1
    assert np.median(ink) == 0 == ink.min()
    assert notes == ()


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize(
    ("paper", "pen"),
    [
        (WHITE, BLUE),
        ((0.1, 0.25, 0.15), (0.9, 0.9, 0.85)),  # chalk on a board
        ((0.35, 0.62, 0.35), (0.85, 0.38, 0.3)),  # red on green of the same brightness
        ((1.0, 0.95, 0.5), (0.2, 0.3, 0.8)),
        ((0.9, 0.9, 0.88), (0.74, 0.74, 0.73)),  # faint pencil
    ],
)
def test_ink_of_any_colour_is_found(paper: tuple[float, ...], pen: tuple[float, ...], count: int) -> None:
    ink = _strokes(count)
    _assert_found(_picture(ink, paper, pen), ink, recall=0.88)


def test_light_on_dark_is_noted() -> None:
    assert Note(NoteCode.LIGHT_ON_DARK) in find_ink(_picture(_strokes(), (0.1, 0.1, 0.1), WHITE))[1]


def test_a_gradient_of_light_and_the_sharp_edge_of_a_shadow_are_not_ink() -> None:
    rows, columns = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    light = (1 - 0.35 * columns) * np.where(rows > 0.45 + 0.2 * columns, 0.6, 1)
    ink = _strokes()
    _assert_found(_picture(ink, light=light), ink)
    assert Note(NoteCode.SHADOW_EVENED) in find_ink(_picture(ink, light=light))[1]


@pytest.mark.parametrize("corner", ["top", "bottom"])
def test_a_wedge_of_light_beside_a_sharp_shadow_is_not_ink(corner: str) -> None:
    """The brightest part is less than half of the image, and larger than all strokes together."""
    ink = np.zeros((240, 600), np.float32)
    digit = draw(DIGITS[1])
    ink[95 : 95 + digit.shape[0], 250 : 250 + digit.shape[1]] = digit
    y, x = np.mgrid[0:240, 0:600]
    lit = 1 / (1 + np.exp((y - 100 * x / 600) / 1.5))
    if corner == "bottom":
        lit = lit[::-1]
    picture = _picture(ink, light=0.5 + 0.5 * lit)
    assert Note(NoteCode.LIGHT_ON_DARK) not in find_ink(picture)[1]
    _assert_found(picture, ink)


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("angle", [0, 0.7, 2, -3, 5, -7])
def test_printed_lines_are_removed_and_strokes_that_cross_them_are_kept(angle: float, squared: bool) -> None:
    ink = _strokes()
    picture = _picture(ink, lines=_ruled(angle, squared))
    _assert_found(picture, ink, recall=0.9)
    assert Note(NoteCode.LINES_REMOVED) in find_ink(picture)[1]


@pytest.mark.parametrize("squared", [False, True])
def test_faint_lines_interrupted_by_noise_are_removed(squared: bool) -> None:
    """The lines have nearly the contrast of the pencil, and noise hides parts of them."""
    ink, noise = _strokes(), np.random.default_rng(1).normal(0, 0.05, (HEIGHT, WIDTH))
    picture = _picture(0.5 * ink, lines=0.8 * _ruled(0, squared), light=1 + noise)
    _assert_found(picture, ink)


def test_the_residue_of_faint_lines_does_not_outweigh_a_digit() -> None:
    ink, noise = _strokes(1), np.random.default_rng(1).normal(0, 0.03, (HEIGHT, WIDTH))
    _assert_found(_picture(0.5 * ink, lines=0.5 * _ruled(0, True), light=1 + noise), ink)


@pytest.mark.parametrize("hidden", [np.s_[:300], np.s_[150:400]])
def test_a_half_hidden_line_is_inferred_from_its_neighbours(hidden: slice) -> None:
    ink, lines, noise = _strokes(), _ruled(0, True), np.random.default_rng(1).normal(0, 0.05, (HEIGHT, WIDTH))
    lines[hidden, 341:346] = 0  # one of the upright lines
    _assert_found(_picture(0.5 * ink, lines=lines, light=1 + noise), ink)


def test_an_empty_ruled_page_has_no_ink() -> None:
    assert not find_ink(_picture(np.zeros((HEIGHT, WIDTH), np.float32), lines=_ruled(1, False)))[0].any()


def test_the_frame_of_a_form_is_not_ink() -> None:
    ink, box = _strokes(), np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.rectangle(box, (30, 40), (WIDTH - 30, HEIGHT - 40), 1, 3)
    _assert_found(_picture(np.maximum(ink, box)), ink)


@pytest.mark.parametrize("angle", [0, 1.5])
def test_boxes_around_each_digit_are_not_ink(angle: float) -> None:
    ink, boxes = _strokes(), np.zeros((HEIGHT, WIDTH), np.float32)
    count, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    for left, top, wide, high, _ in stats[1:count].tolist():
        corners = cv2.boxPoints(((left + wide / 2, top + high / 2), (70, 86), angle))
        cv2.polylines(boxes, [np.round(corners).astype(np.int32)], True, 1, 2)
    _assert_found(_picture(np.maximum(ink, boxes)), ink)


def test_squared_paper_on_a_desk_leaves_only_the_strokes() -> None:
    ink = _strokes()
    inside = np.s_[50 : HEIGHT - 60, 60 : WIDTH - 70]
    picture = np.full((HEIGHT, WIDTH, 3), (70, 55, 45), np.uint8)
    picture[inside] = _picture(ink, lines=_ruled(1, True))[inside]
    _assert_found(picture, ink, recall=0.9)


def test_a_line_that_digits_stand_on_is_not_ink() -> None:
    ink, line = _strokes(), np.zeros((HEIGHT, WIDTH), np.float32)
    feet = int(np.flatnonzero(ink.any(axis=1))[-1])
    line[feet - 1 : feet + 2, 150 : WIDTH - 150] = 1
    _assert_found(_picture(np.maximum(ink, line)), ink)


def test_a_striped_background_leaves_no_gaps_in_a_stroke() -> None:
    ink = np.pad(cv2.resize(draw(DIGITS[1]), None, fx=1.2, fy=1.2), ((40, 40), (80, 120)))
    rows, columns = np.indices(ink.shape)
    stripes = (rows + 0.1 * columns) % 10 < 5
    pressure = np.linspace(0.35, 0.21, ink.shape[1], dtype=np.float32)
    picture = cv2.GaussianBlur(_picture(pressure * ink, light=1 - 0.2 * stripes), (0, 0), 1.6)
    found = find_ink(picture)[0] > 0.25
    assert found[ink > 0.5].mean() > 0.9
    assert cv2.connectedComponents(found.astype(np.uint8))[0] == 2


def test_a_stroke_that_fades_before_the_border_is_not_a_line() -> None:
    ink = np.zeros((224, 224), np.float32)
    cv2.polylines(ink, [np.int32([[45, 60], [80, 25], [110, 50], [60, 175]])], False, 1, 12)
    cv2.line(ink, (0, 178), (200, 172), 1, 12)
    tail = np.zeros_like(ink)
    cv2.line(tail, (200, 172), (224, 171), 1, 12)
    picture = cv2.GaussianBlur(_picture(0.4 * ink, lines=0.25 * tail), (0, 0), 3)
    found, _ = _recall_and_stray(picture, ink)
    assert found > 0.93


def test_the_desk_around_the_sheet_is_not_ink() -> None:
    ink = _strokes()
    corners = np.float32([[90, 60], [720, 80], [700, 550], [70, 530]])
    whole = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    turn = cv2.getPerspectiveTransform(whole, corners)
    sheet = cv2.warpPerspective(_picture(ink), turn, (WIDTH, HEIGHT), borderValue=(70, 55, 45))
    _assert_found(sheet, cv2.warpPerspective(ink, turn, (WIDTH, HEIGHT)))


@pytest.mark.parametrize("border", [np.s_[:40, :], np.s_[-40:, :], np.s_[:, :40], np.s_[:, -40:]])
def test_a_dark_border_is_not_ink(border: tuple[slice, ...]) -> None:
    ink = _strokes()
    picture = _picture(ink)
    picture[border] //= 5
    _assert_found(picture, ink)


def test_a_stroke_cut_off_by_the_border_near_a_corner_is_kept() -> None:
    """The upper left end of a 3 without its top is near the left border but touches the upper one only."""
    ink = np.zeros((200, 200), np.float32)
    cv2.polylines(ink, [np.int32([[110, 0], [105, 60], [70, 90], [120, 140], [60, 185]])], False, 1, 14)
    end = np.zeros_like(ink)
    cv2.line(end, (28, 0), (26, 60), 1, 12)
    found, _ = _recall_and_stray(_picture(np.maximum(ink, end)), end)
    assert found > 0.9


def test_an_l_shaped_corner_of_a_grid_is_not_ink() -> None:
    picture, ink = _one(DIGITS[2])
    picture[:9] = picture[:, :11] = 60
    _assert_found(picture, ink)


def test_the_residue_of_an_erased_digit_is_not_ink() -> None:
    picture, ink = _one(DIGITS[2])
    residue = np.roll(ink, (0, -70), axis=(0, 1))
    picture = (picture * (1 - 0.12 * residue[..., None])).astype(np.uint8)
    _assert_found(picture, ink)


@pytest.mark.parametrize("strokes", DIGITS)
def test_a_digit_that_fills_the_image_is_not_a_line(strokes: list[list[list[float]]]) -> None:
    picture, ink = _one(strokes, margin=12)
    _assert_found(picture, ink)


def _one(strokes: list[list[list[float]]], margin: int = 70) -> tuple[np.ndarray, np.ndarray]:
    digit = cv2.resize(draw(strokes), None, fx=2, fy=2)
    ink = np.pad(digit, margin)
    return _picture(ink), ink


@pytest.mark.parametrize("colours", [WHITE, (0.5, 0.5, 0.5), (0.0, 0.0, 0.0)])
def test_an_empty_page_has_no_ink(colours: tuple[float, ...]) -> None:
    _, columns = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    nothing = np.zeros((HEIGHT, WIDTH), np.float32)
    assert not find_ink(_picture(nothing, paper=colours, light=1 - 0.4 * columns))[0].any()


def test_ink_that_fills_most_of_its_surroundings_is_found() -> None:
    """Where strokes cross densely, they fill more than half of any window that suits the rest."""
    page = np.full((500, 900, 3), 235, np.uint8)
    for left in range(60, 840, 130):
        cv2.circle(page, (left + 40, 250), 45, (40, 40, 60), 14)
    for step in (0, 30):
        cv2.line(page, (278, 200 + step), (322, 200 + step), (40, 40, 60), 14)
        cv2.line(page, (278 + step, 200), (278 + step, 244), (40, 40, 60), 14)
    ink, _ = find_ink(page)
    dark = page[..., 0] < 100
    assert ink[dark].min() > 0.5
    assert ink[~dark].max() == 0


def test_strokes_that_cross_densely_in_the_middle_of_an_image_are_found() -> None:
    page = np.full((180, 190, 3), 235, np.uint8)
    pen = (40, 40, 60)
    cv2.circle(page, (55, 70), 28, pen, 15)
    for column in (80, 98, 116):
        cv2.line(page, (column, 45), (190 - column, 135), pen, 15)
    cv2.line(page, (140, 45), (135, 140), pen, 15)
    ink, _ = find_ink(page)
    dark = page[..., 0] < 100
    assert ink[dark].min() > 0.5
    assert ink[~dark].max() == 0


@pytest.mark.parametrize("side", [28, 60, 400])
@pytest.mark.parametrize("thickness", [76, 84])
def test_thick_strokes_whose_soft_edges_cover_the_image_are_found(side: int, thickness: int) -> None:
    page = np.full((400, 400, 3), 255, np.uint8)
    cv2.ellipse(page, (200, 200), (115, 145), 0, 0, 360, (0, 0, 0), thickness)
    page = cv2.resize(cv2.GaussianBlur(page, (0, 0), 16), (side, side), interpolation=cv2.INTER_AREA)
    ink, _ = find_ink(page)
    grey = page[..., 0]
    assert ink[grey < 64].min() > 0.25
    assert ink[grey > 240].max() == 0


@pytest.mark.parametrize("block", [4, 8, 20])
def test_a_texture_of_many_levels_has_no_ink(block: int) -> None:
    levels = np.random.default_rng(block).integers(0, 256, (320 // block, 400 // block), np.uint8)
    page = cv2.resize(levels, (400, 320), interpolation=cv2.INTER_NEAREST)
    assert not find_ink(cv2.merge([page] * 3))[0].any()


def test_specks_alone_are_not_ink() -> None:
    page = np.full((300, 500, 3), 230, np.uint8)
    for row, column in ((40, 50), (90, 310), (200, 120), (260, 440)):
        page[row : row + 3, column : column + 4] = 120
    assert not find_ink(page)[0].any()
    page[100:160, 200:206] = 120
    assert find_ink(page)[0][100:160, 200:206].all()


def test_the_residue_of_lines_alone_is_not_ink() -> None:
    """A ruled page with a part of another line, which looks like a 1 but is as wide and dark as the lines."""
    page = np.full((400, 600, 3), 225, np.uint8)
    for row in range(20, 400, 60):
        page[row : row + 3] = 150
    page[120:260, 300:303] = 150
    assert not find_ink(page)[0].any()
    page[120:260, 300:309] = 60
    assert find_ink(page)[0][150:200, 304].all()


def test_ones_far_from_the_lines_of_a_form_are_ink() -> None:
    """They are as straight, wide and dark as the lines, but lean and have a flag."""
    page = np.full((200, 100, 3), 250, np.uint8)
    page[5:8] = page[:, 93:96] = 150
    for left in (35, 46):
        one = np.array([(left, 65), (left + 5, 60), (left + 3, 80)])
        cv2.polylines(page, [one], False, (150, 150, 150), 2, cv2.LINE_AA)
    ink = find_ink(page)[0]
    assert np.flatnonzero(ink.any(axis=1)).min() >= 55
    assert cv2.connectedComponents((ink > 0.5).astype(np.uint8))[0] == 1 + 2


def test_the_edge_of_a_shadow_alone_is_not_ink() -> None:
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:300, :500]
    lit = (columns - 180) ** 2 + (rows - 330) ** 2 > 190**2
    page = np.where(lit, 225, 110)[..., None] + random.normal(0, 3, (300, 500, 3))
    assert not find_ink(page.clip(0, 255).astype(np.uint8))[0].any()
