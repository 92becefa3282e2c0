"""The sheet of paper in a picture of more: on a desk, or beside the bed of a scanner."""

import numpy as np
import pytest

from lenet.ink.sheet import cropped, find_sheet

SIDES = [np.s_[:60], np.s_[-60:], np.s_[:, :60], np.s_[:, -60:]]


def _paper(level: int = 240) -> np.ndarray:
    grey = np.random.default_rng(1).normal(level, 2, (300, 400))
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("bed", [5, 20, 80])
def test_a_dark_band_along_a_side_is_no_sheet(side: tuple[slice, ...], bed: int) -> None:
    picture = _paper()
    picture[side] = bed
    sheet = find_sheet(picture)
    assert sheet is not None
    assert not sheet[side].any()
    assert sheet.mean() > 0.7


def test_a_dark_band_on_all_sides_is_no_sheet() -> None:
    picture = np.full((300, 400, 3), 10, np.uint8)
    picture[30:-20, 50:-30] = _paper()[30:-20, 50:-30]
    sheet = find_sheet(picture)
    assert sheet is not None
    assert sheet[34:-24, 54:-34].all()
    assert not sheet[:30].any()


@pytest.mark.parametrize("side", SIDES)
def test_a_shadow_with_ink_in_it_is_paper(side: tuple[slice, ...]) -> None:
    picture = _paper()
    picture[side] //= 4
    picture[side][20:40, 20:40] = 8
    assert find_sheet(picture) is None


@pytest.mark.parametrize("side", [0, 1])
def test_a_soft_shadow_is_paper(side: int) -> None:
    rows = np.linspace(-6, 6, _paper().shape[side])
    light = 1 - 0.9 / (1 + np.exp(-rows))
    assert (
        find_sheet((_paper() * light.reshape((-1, 1, 1) if side == 0 else (1, -1, 1))).astype(np.uint8))
        is None
    )


def test_an_empty_page_and_a_printed_box_are_no_sheets() -> None:
    assert find_sheet(_paper()) is None
    picture = _paper()
    picture[40:260, 40:360] = 60
    picture[50:250, 50:350] = _paper()[50:250, 50:350]
    assert find_sheet(picture) is None


def test_the_shade_on_a_sheet_goes_on_around_it() -> None:
    picture = np.full((300, 400, 3), 20, np.uint8)
    shade = np.linspace(150, 250, 400).astype(np.uint8)
    rows, columns = np.mgrid[:300, :400]
    inside = np.abs(columns - 200 + 0.2 * (rows - 150)) < 150
    inside &= np.abs(rows - 150 - 0.2 * (columns - 200)) < 90
    picture[inside] = np.broadcast_to(shade[None, :, None], picture.shape)[inside]
    sheet = find_sheet(picture)
    assert sheet is not None
    paper, window = cropped(picture, picture, sheet)
    expected = np.broadcast_to(shade[None, :, None], picture.shape)[window]
    assert np.abs(paper.astype(int) - expected).max() < 60
    assert paper.min() > 140
