"""The angle of lines of writing, and boxes of ink that was rotated."""

import numpy as np
import pytest

from lenet.ink.skew import Frame, rotated, skew_of

Boxes = list[tuple[float, float, float, float]]


def _line(degrees: float, count: int = 6, jitter: float = 0.1) -> Boxes:
    """The boxes of a line of digits of height 20 that falls by an angle, in two rows."""
    random = np.random.default_rng(7)
    turn = np.radians(degrees)
    boxes = []
    for row in range(2):
        for column in range(count):
            x, y = 18.0 * column, 45.0 * row + 20 * jitter * random.standard_normal()
            boxes.append(
                (x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), 12.0, 20.0)
            )
    return boxes


@pytest.mark.parametrize("degrees", [-85, -60, -33, -10, 0, 4, 20, 45, 72])
def test_the_angle_of_lines_is_found(degrees: float) -> None:
    found = skew_of(_line(degrees))
    assert found is not None
    assert abs((found - degrees + 90) % 180 - 90) < 5


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_blobs_have_no_angle(count: int) -> None:
    assert skew_of(_line(30, count)[:count]) is None


def test_a_texture_has_no_angle() -> None:
    random = np.random.default_rng(3)
    places = random.uniform(0, 400, (60, 2))
    assert skew_of([(x, y, 12.0, 20.0) for x, y in places]) is None


@pytest.mark.parametrize("degrees", [-75, -30, 12, 44, 90, 130, 180])
def test_a_box_of_rotated_ink_lies_around_the_ink_as_it_was(degrees: float) -> None:
    ink = np.zeros((120, 200), np.float32)
    ink[30:50, 140:152] = 1
    frame = Frame(ink.shape, degrees, 2.0)
    rows, columns = np.nonzero(rotated(ink, degrees) > 0.5)
    box = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    left, top, width, height = (side / frame.scale for side in frame.box(box))
    before = np.nonzero(np.rot90(ink, -frame.quarters // 90))
    assert left <= before[1].min() + 1.5
    assert left + width >= before[1].max() - 0.5
    assert top <= before[0].min() + 1.5
    assert top + height >= before[0].max() - 0.5
    assert width * height < 5 * 20 * 12
