"""What pictures cost that are made to cost much: processor and memory of reading each.

    python -m benchmarks.slow_pictures [--only WORD]

Each is read by a process of its own that has read one digit before. Printed are the seconds of processor, and
by how many megabytes the largest memory of the process grows; wanted are at most 3 s and 400 MB. Linux only:
memory is read from /proc.
"""

from __future__ import annotations

import argparse
import io
import struct
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.footprint import peak
from lenet.errors import InputError
from lenet.network.classifiers import use_one_thread
from lenet.reading.reader import Reader

SEED = 22
FILE_BYTES = 9_000_000
"""Size of the files that are made of very many parts."""

LIMITS = {"AVIF": 44, "WEBP": 25, "JPEG2000": 8}
"""Megapixels of the large images by format, at the limit of each; 50 of others."""


def main() -> None:
    """Print a line a picture."""
    parser = argparse.ArgumentParser(description="Measure what pictures cost that are made to cost much.")
    parser.add_argument("--only", default="", metavar="WORD", help="only pictures with this in their name")
    options = parser.parse_args()
    print(f"{'':36}{'seconds':>9}{'MB':>7}  answer")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in PICTURES.items():
            if options.only in name:
                path = Path(folder) / "picture"
                make(path)
                with ProcessPoolExecutor(1, get_context("spawn")) as process:
                    seconds, megabytes, answer = process.submit(cost, path).result()
                print(f"{name:36}{seconds:9.2f}{megabytes:7.0f}  {answer}", flush=True)


def cost(path: Path) -> tuple[float, float, str]:
    """Read a picture; returns the seconds of processor, the growth of the memory in MB, and the answer."""
    use_one_thread("torch")
    cv2.setNumThreads(1)
    reader = Reader.load()
    reader.read_ink(np.pad(np.ones((20, 4), np.float32), 20))
    before, start = peak(), time.process_time()
    try:
        answer = reader.read_image(path).status
    except InputError as error:
        answer = str(error).partition(":")[2].strip()
    return time.process_time() - start, peak() - before, answer


def _large(mode: str, file_format: str) -> Callable[[Path], None]:
    """A row of strokes on as many pixels as the format may have."""

    def make(path: Path) -> None:
        side = int((1e6 * LIMITS.get(file_format, 50)) ** 0.5)
        pixels = np.full((side, side), 255, np.uint8)
        for left in range(side // 14, side - side // 14, side // 12):
            pixels[side // 4 : side // 2, left : left + side // 90] = 0
        if mode == "I":
            image = Image.fromarray(pixels.astype(np.int32) * 257)
        elif mode == "F":
            image = Image.fromarray(pixels.astype(np.float32) / 255)
        else:
            image = Image.fromarray(pixels).convert(mode)
        image.save(path, file_format, **({"compression": "tiff_lzw"} if file_format == "TIFF" else {}))

    return make


def _many_images(path: Path) -> None:
    """A TIFF of 9 MB whose 100,000 directories each describe an image of one pixel."""
    tags = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 0), (277, 3, 1)]
    content = bytearray(b"II*\0" + struct.pack("<I", 8))
    while len(content) < FILE_BYTES:
        content += struct.pack("<H", len(tags))
        for tag, kind, value in tags:
            content += struct.pack("<HHII", tag, kind, 1, value)
        content += struct.pack("<I", len(content) + 4)
    content[-4:] = struct.pack("<I", 0)
    path.write_bytes(content)


def _many_frames(path: Path) -> None:
    """A GIF of 9 MB whose frames are one pixel each."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 100, 100, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    path.write_bytes(head + frame * (FILE_BYTES // len(frame)) + b";")


def _small(file_format: str, **how: object) -> bytes:
    """A small white picture as a file."""
    file = io.BytesIO()
    Image.new("L", (100, 100), 255).save(file, file_format, **how)
    return file.getvalue()


def _repeated(file_format: str, at: int, part: bytes) -> Callable[[Path], None]:
    """A small picture with a part put in at a place, again and again."""

    def make(path: Path) -> None:
        small = _small(file_format)
        path.write_bytes(small[:at] + part * (FILE_BYTES // len(part)) + small[at:])

    return make


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _long_comment(blocks: int) -> Callable[[Path], None]:
    """A GIF whose comment has very many blocks."""

    def make(path: Path) -> None:
        small = _small("GIF")
        start = small.index(b",")  # of the image; colours of a white picture have no such byte
        comment = b"!\xfe" + (b"\xff" + b"x" * 255) * blocks + b"\0"
        path.write_bytes(small[:start] + comment + small[start:])

    return make


def _many_scans(count: int) -> Callable[[Path], None]:
    """A progressive JPEG of 50 megapixels whose last scan, of few bytes, comes again and again."""

    def make(path: Path) -> None:
        file = io.BytesIO()
        Image.new("L", (7_000, 7_000), 255).save(file, "JPEG", progressive=True)
        jpeg = file.getvalue()
        scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
        path.write_bytes(jpeg[:-2] + scan * (count - jpeg.count(b"\xff\xda")) + jpeg[-2:])

    return make


def _many_runs(path: Path) -> None:
    """A BMP compressed in runs of one pixel."""
    width = 5_000
    row = b"\x01\x00" * width + b"\0\0"
    pixels = row * (FILE_BYTES // len(row)) + b"\0\1"
    colours = b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))
    start = 54 + len(colours)
    head = struct.pack("<IHHI", start + len(pixels), 0, 0, start)
    shape = struct.pack("<IiiHHIIiiII", 40, width, FILE_BYTES // len(row), 1, 8, 1, len(pixels), 0, 0, 256, 0)
    path.write_bytes(b"BM" + head + shape + colours + pixels)


def _in_words(path: Path) -> None:
    """A PPM whose pixels are written as words."""
    width = 2_500
    height = FILE_BYTES // (width * 6)
    path.write_bytes(b"P3\n%d %d\n1\n" % (width, height) + b"1 " * (3 * width * height))


def _many_tags(path: Path) -> None:
    """A TIFF of 65,535 tags, each of which says that nearly the whole file is its value."""
    count = 65_535
    start = 8 + 2 + 12 * count + 4
    size = FILE_BYTES - start
    tags = b"".join(struct.pack("<HHII", tag, 1, size, start) for tag in range(1_000, 1_000 + count - 1_000))
    head = b"II*\0" + struct.pack("<IH", 8, len(tags) // 12)
    path.write_bytes((head + tags).ljust(FILE_BYTES, b"\xff"))


def _specks(count: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        pixels = np.full((1600, 1600), 255, np.uint8)
        for left, top in np.random.default_rng(SEED).integers(10, 1_590, (count, 2)):
            pixels[top : top + 9, left : left + 6] = 0
        Image.fromarray(pixels).save(path, "PNG")

    return make


def _noise(path: Path) -> None:
    Image.fromarray(np.random.default_rng(SEED).integers(0, 256, (2_000, 2_000), np.uint8)).save(path, "PNG")


def _stripes(path: Path) -> None:
    """Ink over half of the picture, in strokes that cross."""
    rows, columns = np.indices((1_600, 1_600)) // 9 % 3 == 0
    Image.fromarray(np.where(rows | columns, 0, 255).astype(np.uint8)).save(path, "PNG")


PICTURES: dict[str, Callable[[Path], None]] = {
    **{f"large PNG, {mode}": _large(mode, "PNG") for mode in ("1", "L", "P", "LA", "RGB", "RGBA")},
    **{f"large TIFF, {mode}": _large(mode, "TIFF") for mode in ("CMYK", "I", "F")},
    "large AVIF": _large("RGB", "AVIF"),
    "large JPEG": _large("RGB", "JPEG"),
    "large WebP": _large("RGB", "WEBP"),
    "large JPEG 2000": _large("RGB", "JPEG2000"),
    "TIFF of very many images": _many_images,
    "GIF of very many frames": _many_frames,
    "JPEG of very many segments": _repeated("JPEG", 2, b"\xff\xfe\x00\x02"),
    **{f"JPEG of {count:,} scans": _many_scans(count) for count in (50, 2_000)},
    "PNG of very many chunks": _repeated("PNG", 33, _chunk(b"prVt", b"")),
    **{f"GIF, comment of {count:,} blocks": _long_comment(count) for count in (6_600, 35_000)},
    "BMP of very many runs": _many_runs,
    "PPM in words": _in_words,
    "TIFF of very many tags": _many_tags,
    **{f"{count:,} specks": _specks(count) for count in (300, 800, 2_500, 10_000)},
    "noise": _noise,
    "crossing stripes": _stripes,
}


if __name__ == "__main__":
    main()
