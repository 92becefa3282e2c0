"""Picture files: what is made of very many parts is refused at once; what people have is read."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.slow_pictures import PICTURES
from lenet.errors import InputError
from lenet.ink import photo
from lenet.ink.picture_file import PictureFile, TooManyPartsError

MANY_PARTS = [
    *("JPEG of very many segments", "JPEG of 2,000 scans", "PNG of very many chunks"),
    *("GIF, comment of 35,000 blocks", "BMP of very many runs", "PPM in words", "TIFF of very many tags"),
]


@pytest.mark.parametrize("name", MANY_PARTS)
def test_a_picture_of_very_many_parts_is_refused(name, tmp_path):
    path = tmp_path / "picture"
    PICTURES[name](path)
    with pytest.raises(InputError, match="could not read this file") as caught:
        photo.page(path)
    assert caught.value.code == "picture.unreadable"


def drawn() -> Image.Image:
    pixels = np.full((400, 300), 255, np.uint8)
    pixels[50:350, 140:160] = 0
    return Image.fromarray(pixels)


def jpeg(**how: object) -> bytes:
    file = io.BytesIO()
    drawn().convert("RGB").save(file, "JPEG", **how)
    return file.getvalue()


def exif_with(thumbnail: bytes) -> bytes:
    """A segment as a camera writes it: it holds a whole small JPEG, with scans of its own."""
    content = b"Exif\0\0" + thumbnail
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


PEOPLES_JPEGS = {
    "progressive": jpeg(progressive=True),
    "one restart marker a block": jpeg(restart_marker_blocks=1),
    "a thumbnail": jpeg()[:2] + exif_with(jpeg(progressive=True)) + jpeg()[2:],
    "a video behind it": jpeg() + b"\xff\xda" * 1_000,
    "no end": jpeg()[:-2] + b"\0" * 100,
}


@pytest.mark.parametrize("content", PEOPLES_JPEGS.values(), ids=PEOPLES_JPEGS)
def test_jpegs_as_people_have_them_are_read(content, tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    assert photo.page(path).ink.any()


def test_a_gif_of_one_large_image_is_read(tmp_path):
    """It has more blocks than may be read one by one, but a decoder takes them in large pieces."""
    pixels = np.random.default_rng(1).integers(0, 256, (1_500, 1_500), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "picture.gif")
    assert (tmp_path / "picture.gif").stat().st_size > 255 * 10_000
    assert photo.page(tmp_path / "picture.gif").size == (1_500, 1_500)


def test_reading_a_file_again_and_again_ends(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(bytes(1_000))
    with PictureFile(str(path)) as file:
        for _ in range(4):
            file.seek(0)
            assert len(file.read()) == 1_000
        file.seek(0)
        with pytest.raises(TooManyPartsError):
            file.read()
