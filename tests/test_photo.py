"""Photos: the same digit gives the same ink, whatever the file, mode, light and polarity.

The HEIC files in fixtures/ show `_page()`. They were written once by pillow-heif 1.8.1 at quality 50, because
pi-heif only decodes. seven_turned_6 and seven_turned_7 carry an EXIF orientation and the transformation
properties (irot, imir) that match it; in seven_exif_6 only the EXIF tag says 6, which HEIF calls informative.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, TiffImagePlugin, features

from lenet.errors import InputError
from lenet.ink import decoding, photo
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import ink_box, thickened, to_mnist
from lenet.ink.strokes import draw

FIXTURES = Path(__file__).parent / "fixtures"
HEIC = sorted(path.name for path in FIXTURES.glob("*.heic"))

SEVEN = draw([[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]])


def _page(ink: np.ndarray = SEVEN, paper: float = 0.9, pen: float = 0.15, margin: int = 40) -> np.ndarray:
    """Grey image (h, w) in [0, 1] of dark ink on light paper, enlarged three times."""
    canvas = np.pad(np.kron(ink, np.ones((3, 3), np.float32)), margin)
    return (paper + (pen - paper) * canvas).astype(np.float32)


def _same_digit(picture: decoding.ImageSource) -> bool:
    found = to_mnist(photo.page(picture).ink)
    return found is not None and np.corrcoef(found.ravel(), to_mnist(SEVEN).ravel())[0, 1] > 0.9


def _eight_bit(grey: np.ndarray) -> np.ndarray:
    return np.round(grey * 255).astype(np.uint8)


@pytest.mark.parametrize("polarity", ["dark on light", "light on dark"])
@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32", "float64", "RGB", "one channel"])
def test_arrays_of_every_type_are_read(kind: str, polarity: str) -> None:
    grey = _page() if polarity == "dark on light" else 1 - _page()
    kinds = {
        "uint8": _eight_bit(grey),
        "uint16": (grey * 65535).astype(np.uint16),
        "float32": grey,
        "float64": grey.astype(np.float64),
        "RGB": np.stack([_eight_bit(grey)] * 3, axis=-1),
        "one channel": grey[:, :, None],
    }
    assert _same_digit(kinds[kind])


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64])
def test_a_binary_mask_is_read_whatever_its_type(dtype: type) -> None:
    assert _same_digit((_page() < 0.5).astype(dtype))


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I;16", "I", "F"]
)
def test_pil_images_of_every_mode_are_read(mode: str) -> None:
    grey = Image.fromarray(_eight_bit(_page()))
    wide = (_page() * 65535).astype(np.uint16)
    special = {
        "I;16": lambda: Image.fromarray(wide),
        "I": lambda: Image.fromarray(wide.astype(np.int32)),
        "F": lambda: Image.fromarray(_page()),
    }
    image = (
        special[mode]() if mode in special else grey.convert("RGB").convert(mode, dither=Image.Dither.NONE)
    )
    assert image.mode == mode
    assert _same_digit(image)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".avif", ".tiff", ".bmp", ".gif"])
def test_files_of_every_format_are_read(tmp_path: Path, suffix: str) -> None:
    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    path = tmp_path / f"seven{suffix}"
    Image.fromarray(_eight_bit(_page())).save(path)
    assert _same_digit(path)
    assert _same_digit(str(path))


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("CMYK", "seven.jpg", {}),
        ("CMYK", "seven.tiff", {}),
        ("1", "seven.tiff", {"compression": "group4"}),
        ("LAB", "seven.tiff", {}),
        ("I;16", "seven.tiff", {}),
        ("P", "seven.png", {"transparency": 0}),
        ("RGB", "seven.jp2", {}),
        ("L", "seven.pgm", {}),
    ],
)
def test_files_of_unusual_modes_are_read(
    tmp_path: Path, mode: str, name: str, options: dict[str, object]
) -> None:
    grey = Image.fromarray(_eight_bit(_page()))
    special = {
        "I;16": lambda: Image.fromarray((_page() * 65535).astype(np.uint16)),
        "LAB": lambda: Image.merge("LAB", (grey, *[Image.new("L", grey.size, 128)] * 2)),
        "P": lambda: Image.fromarray(_eight_bit(1 - _page()) // 128, "P"),
    }
    image = special[mode]() if mode in special else grey.convert("RGB").convert(mode)
    if mode == "P":  # the transparent colour is black; it must become white
        image.putpalette([0, 0, 0, 40, 40, 40])
    image.save(tmp_path / name, **options)
    assert _same_digit(tmp_path / name)


@pytest.mark.parametrize("name", HEIC)
def test_heic_files_are_read_upright(name: str) -> None:
    page = photo.page(FIXTURES / name)
    assert _same_digit(FIXTURES / name)
    assert page.size == _page().shape[::-1] == page.ink.shape[::-1]
    assert page.notes == ()


def test_heic_fixtures_cover_every_kind() -> None:
    turned = {f"seven_{kind}.heic" for kind in ("turned_6", "turned_7", "exif_6")}
    assert set(HEIC) == turned | {"seven.heic", "seven_10_bit.heic", "seven_transparent.heic"}


def test_only_iso_media_files_load_the_heif_decoder(tmp_path: Path) -> None:
    Image.fromarray(_eight_bit(_page())).save(tmp_path / "seven.png")
    command = (
        "import sys; from lenet.ink import photo; photo.page(sys.argv[1]); print('pi_heif' in sys.modules)"
    )
    for path, loads in ((tmp_path / "seven.png", "False"), (FIXTURES / "seven.heic", "True")):
        result = subprocess.run(
            [sys.executable, "-c", command, str(path)], capture_output=True, text=True, check=True
        )
        assert result.stdout.strip() == loads


@pytest.mark.parametrize("name", ["film.gif", "film.webp", "pages.tiff"])
def test_the_first_frame_of_an_animation_is_read(tmp_path: Path, name: str) -> None:
    first = Image.fromarray(_eight_bit(_page()))
    other = Image.new("L", first.size, 255)
    first.save(tmp_path / name, save_all=True, append_images=[other, first])
    assert _same_digit(tmp_path / name)
    assert photo.page(tmp_path / name).notes == (Note(NoteCode.FIRST_FRAME),)


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14, 16])
def test_images_of_every_bit_depth_are_read(tmp_path: Path, bits: int) -> None:
    levels = np.round(_page() * (2**bits - 1))
    if bits < 8:
        image = Image.fromarray(levels.astype(np.uint8), "P" if bits > 1 else "L")
        palette = np.repeat(np.linspace(0, 255, 2**bits).astype(np.uint8), 3)
        if bits > 1:
            image.putpalette(palette.tobytes())
        (image if bits > 1 else image.point(lambda level: 255 * level).convert("1")).save(
            tmp_path / "seven.png", **({"bits": bits} if bits > 1 else {})
        )
    else:
        Image.fromarray(levels.astype(np.uint16)).save(tmp_path / "seven.png")
    assert _same_digit(tmp_path / "seven.png")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tiff", ".lzw.tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_applied(tmp_path: Path, orientation: int, suffix: str) -> None:
    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = Image.fromarray(_eight_bit(_page()))
    if orientation in turns:
        image = image.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(
        tmp_path / f"seven{suffix}", exif=exif, **{"compression": "tiff_lzw"} if "lzw" in suffix else {}
    )
    page = photo.page(tmp_path / f"seven{suffix}")
    assert _same_digit(tmp_path / f"seven{suffix}")
    assert page.size == _page().shape[::-1] == page.ink.shape[::-1]
    expected = np.repeat(_eight_bit(_page())[..., None], 3, axis=2)
    assert np.abs(page.picture.astype(int) - expected).mean() < 3
    assert page.notes == (() if orientation == 1 else (Note(NoteCode.EXIF_ROTATION),))


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_large_image_is_shrunk_and_the_scale_is_returned(tmp_path: Path, suffix: str) -> None:
    small = Image.fromarray(_eight_bit(_page()))
    image = small.resize((4 * small.width, 12 * small.height))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / f"large{suffix}", exif=exif)
    page = photo.page(tmp_path / f"large{suffix}")
    assert page.size == (image.height, image.width)
    assert max(page.ink.shape) == decoding.WORKING_SIDE
    assert page.picture.shape == (*page.ink.shape, 3)
    assert page.ink.shape[1] * page.scale == pytest.approx(image.height, abs=page.scale)
    assert page.ink.shape[0] * page.scale == pytest.approx(image.width, abs=page.scale)
    left, _, width, _ = ink_box(page.ink)
    box_left, _, box_width, _ = ink_box(photo.page(small.transpose(Image.Transpose.ROTATE_270)).ink)
    assert page.scale * left == pytest.approx(12 * box_left, abs=30)
    assert page.scale * width == pytest.approx(12 * box_width, abs=50)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "I;16", "I", "F"])
def test_a_large_image_of_any_mode_is_read(mode: str) -> None:
    page = cv2.resize(_page(), None, fx=12, fy=12)
    assert max(page.shape) > 2 * decoding.WORKING_SIDE
    wide = (page * 65535).astype(np.uint16)
    special = {
        "I;16": lambda: Image.fromarray(wide),
        "I": lambda: Image.fromarray(wide.astype(np.int32)),
        "F": lambda: Image.fromarray(page),
        "PA": lambda: Image.fromarray(_eight_bit(page)).convert("RGBA").convert("PA"),
    }
    grey = Image.fromarray(_eight_bit(page)).convert("RGB")
    image = special[mode]() if mode in special else grey.convert(mode, dither=Image.Dither.NONE)
    assert image.mode == mode
    assert _same_digit(image)


def test_an_image_is_averaged_before_arrays_of_it_are_made() -> None:
    """Of 10 megapixels in floats a copy would take 41 MB."""
    image = Image.new("F", (3200, 3200), 1.0)
    tracemalloc.start()
    decoding.decode(image)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 41e6


def test_the_frames_of_a_file_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TIFF of 9 MB may have 80,000, and counting them took 47 s."""
    first = Image.fromarray(_eight_bit(_page()))
    first.save(tmp_path / "pages.tiff", save_all=True, append_images=[first] * 50)
    visited: list[int] = []
    seek = TiffImagePlugin.TiffImageFile._seek
    monkeypatch.setattr(
        TiffImagePlugin.TiffImageFile,
        "_seek",
        lambda image, frame: visited.append(frame) or seek(image, frame),
    )
    assert _same_digit(tmp_path / "pages.tiff")
    assert len(visited) < 5


@pytest.mark.parametrize("suffix", [".webp", ".jp2"])
def test_formats_whose_decoders_take_much_memory_have_a_lower_limit(tmp_path: Path, suffix: str) -> None:
    Image.new("L", (6000, 5000)).save(tmp_path / f"large{suffix}")
    with pytest.raises(InputError, match="got 6000×5000; make the picture smaller"):
        decoding.decode(tmp_path / f"large{suffix}")


@pytest.mark.parametrize("behind", [0, 255])
def test_transparent_pixels_become_white(behind: int) -> None:
    opacity = _eight_bit(1 - _page(paper=1, pen=0))
    colour = np.where(opacity > 0, 0, behind).astype(np.uint8)
    image = Image.fromarray(np.stack([colour] * 3 + [opacity], axis=-1), "RGBA")
    assert _same_digit(image)
    assert (photo.page(image).picture[opacity == 0] == 255).all()
    assert _same_digit(np.stack([colour, opacity], axis=-1))


@pytest.mark.parametrize("level", [243, 255])
def test_a_white_pen_on_transparent_ground_is_read(level: int) -> None:
    opacity = _eight_bit(1 - _page(paper=1, pen=0))
    colour = np.full_like(opacity, level)
    image = Image.fromarray(np.stack([colour] * 3 + [opacity], axis=-1), "RGBA")
    assert _same_digit(image)
    assert _same_digit(np.stack([colour, opacity], axis=-1))


@pytest.mark.parametrize("opacity", [0, 255])
def test_a_blank_page_without_corners_has_no_ink(opacity: int) -> None:
    page = np.full((200, 300, 4), 255, np.uint8)
    page[:12, :12, 3] = page[-12:, -12:, 3] = opacity
    assert not photo.page(page).ink.any()


def test_coloured_ink_on_coloured_paper_is_read() -> None:
    grey = _page(paper=1, pen=0)[:, :, None]
    blue, yellow = np.float32([0.2, 0.3, 0.8]), np.float32([1.0, 0.95, 0.6])
    assert _same_digit(blue + (yellow - blue) * grey)


@pytest.mark.parametrize("pen", [0.15, 0.6])
def test_a_shadow_and_noise_are_not_ink(pen: float) -> None:
    page = _page(pen=pen)
    rows, columns = np.mgrid[0 : 1 : page.shape[0] * 1j, 0 : 1 : page.shape[1] * 1j]
    light = 1 - 0.45 * columns - 0.1 * rows
    noise = np.random.default_rng(0).normal(0, 0.01, page.shape)
    assert _same_digit(np.clip(page * light + noise, 0, 1))


@pytest.mark.parametrize("border", [np.s_[:6], np.s_[-6:], np.s_[:, :6], np.s_[:, -6:]])
def test_a_line_along_the_border_is_not_ink(border: tuple[slice, ...]) -> None:
    page = _page()
    page[border] = 0.2
    assert _same_digit(page)


def test_specks_are_not_ink() -> None:
    page = _page()
    page[5:8, 5:8] = page[-9:-6, 20:22] = 0.2
    assert _same_digit(page)


def test_the_strokes_of_a_thin_pen_are_thickened() -> None:
    thin = draw([[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]], pen=0.4)
    found = to_mnist(thickened(photo.page(_page(thin)).ink))
    assert found.max() > 0.9
    assert 1.2 < found[found.shape[0] - 8].sum() < 3


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_an_empty_page_has_no_ink(grey: float) -> None:
    page = np.full((200, 150), grey)
    assert not photo.page(page).ink.any()
    noise = np.random.default_rng(0).normal(0, 0.008, page.shape)
    assert not photo.page(np.clip(page + noise, 0, 1)).ink.any()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (1, 300), (300, 1), (20, 20)])
def test_images_of_any_size_are_read(shape: tuple[int, int]) -> None:
    picture = np.full(shape, 200, np.uint8)
    picture[0, 0] = 10
    page = photo.page(picture)
    assert page.size == shape[::-1]
    assert page.ink.shape == page.picture.shape[:2] == (2 * shape[0], 2 * shape[1])
    assert page.scale == 0.5


def test_a_long_narrow_image_is_not_enlarged_beyond_the_working_side() -> None:
    page = photo.page(np.full((30, 1000), 200, np.uint8))
    assert page.ink.shape == (48, decoding.WORKING_SIDE)
    assert page.scale == 1000 / decoding.WORKING_SIDE


def _bytes(kind: str) -> bytes:
    if kind == "HEIF":
        return (FIXTURES / "seven.heic").read_bytes()
    stream = io.BytesIO()
    Image.fromarray(_eight_bit(_page())).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF"])
def test_damaged_files_raise_an_input_error(tmp_path: Path, kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    whole = np.frombuffer(_bytes(kind), np.uint8)
    random = np.random.default_rng(0)
    refused = 0
    for attempt in range(26):
        path = tmp_path / f"damaged.{('png', 'jpg', 'heic')[attempt % 3]}"  # most have a wrong suffix
        data = whole.copy()
        data[random.integers(0, len(data), 30 * (attempt % 4 > 0))] = random.integers(0, 256)
        path.write_bytes(data[: int(len(data) * random.choice([1, 1, 0.9, 0.5, 0.1]))].tobytes())
        error = _error(path)
        assert error is None or str(error).startswith(f"{path}: wanted ")
        assert error is None or error.code in ("picture.unreadable", "picture.too_large")
        refused += error is not None
    assert refused >= 3


def _error(path: Path) -> InputError | None:
    """The error that a file causes; None if it can be read in spite of its damage."""
    try:
        photo.page(path)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_a_file_that_is_not_an_image_raises_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"file.png: wanted a picture .*could not read this file") as caught:
        photo.page(path)
    assert (caught.value.code, caught.value.values) == ("picture.unreadable", {"name": str(path)})


def test_a_float_image_with_values_above_one_raises_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file.tiff"
    Image.fromarray(2 * _page()).save(path)
    with pytest.raises(InputError, match=r"file.tiff: wanted floats in \[0, 1\]") as caught:
        photo.page(path)
    assert (caught.value.code, caught.value.values) == ("picture.unreadable", {"name": str(path)})


def test_a_missing_file_and_a_folder_raise_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.png: no such file; check the path"):
        photo.page(tmp_path / "nothing.png")
    with pytest.raises(InputError, match=r"wanted a picture file, could not open it \(Is a directory\)"):
        photo.page(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match=r"pipe.png: wanted a picture file, got a pipe or a device"):
        photo.page(tmp_path / "pipe.png")


@pytest.mark.parametrize("source", [None, 7, [[0.0]], b"photo.jpg"])
def test_a_source_of_the_wrong_type_raises_an_error(source: Any) -> None:
    with pytest.raises(InputError, match="image: wanted a path, a PIL image or an array, got "):
        photo.page(source)


@pytest.mark.parametrize(("side", "got"), [(12_000, "12000×12000"), (20_000, "many times as many")])
def test_the_number_of_pixels_is_checked_before_decoding(tmp_path: Path, side: int, got: str) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (side, side)).save(path)
    with pytest.raises(
        InputError, match=rf"bomb.png: wanted 1 to 50,000,000 pixels, got {got}; make"
    ) as caught:
        photo.page(path)
    assert caught.value.code == "picture.too_large"
    assert caught.value.values == {"name": str(path), "limit": decoding.MAX_PIXELS, "got": got}


def test_the_image_of_a_caller_is_not_changed(tmp_path: Path) -> None:
    Image.fromarray(_eight_bit(_page())).resize((3000, 4000)).save(tmp_path / "large.jpg")
    with Image.open(tmp_path / "large.jpg") as image:
        assert photo.page(image).size == (3000, 4000)
        assert image.size == (3000, 4000)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(5), r"wanted an array \(height, width\) .*got shape \(5,\)"),
        (np.zeros((5, 5, 5)), r"got shape \(5, 5, 5\)"),
        (np.zeros((0, 5)), r"wanted 1 to 50,000,000 pixels, got 5×0"),
        (np.full((5, 5), 1.5), r"wanted floats in \[0, 1\] or unsigned integers, got float64 from 1.5"),
        (np.full((5, 5), np.nan), r"wanted floats in \[0, 1\]"),
        (np.full((5, 5), "a"), "wanted numbers"),
        (np.full((5, 5), None), "wanted numbers"),
    ],
)
def test_an_array_that_is_not_an_image_raises_an_error(array: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        photo.page(array)
