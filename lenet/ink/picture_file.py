"""A picture file as decoders may read it: one that is made of very many small parts is refused.

The number of pixels does not bound the time of decoding. Pillow reads segments, chunks and blocks one by one
in Python, and JPEG's scans each go over the whole picture, however few bytes they have.
"""

from __future__ import annotations

import io
import mmap
import re

_MAX_READS = 10_000
"""Number of reads from which the average one must bring `_MIN_BYTES`. Chosen: a page scanned with a strip
for each row takes some 7,000; as many for a GIF's comment, which are the slowest, take 1.1 s (measured)."""

_MIN_BYTES = 500
"""Chosen: a PNG in chunks of 8 KB, as most are, brings 2,700 bytes a read, one in chunks of 2 KB 690."""

_MAX_REPEATS = 4
"""Maximum number of bytes read, as a multiple of the file's. Chosen: decoders go over a file twice, a damaged
one may have Pillow read the same bytes for each of its 65,535 tags."""

_MAX_SCANS = 50
"""Maximum number of scans of a JPEG. Chosen: the usual progressive ones have 10; 50 scans of 50 megapixels
take 1.5 s (measured)."""

_MAX_SEGMENTS = 10_000
"""Maximum number of segments of a JPEG. Chosen: they hold 655 MB."""

_SCAN = b"\xff\xda"
"""How a scan begins (ITU-T T.81, table B.1), and with what chance any two bytes of other data."""

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A marker, but for those within the data of a scan (ITU-T T.81, table B.1)."""

_START, _END = b"\xff\xd8", b"\xff\xd9"
"""Markers of a JPEG's start and end; no length follows them (ITU-T T.81, B.2.1)."""


class TooManyPartsError(Exception):
    """A file has more parts than any picture needs."""


class PictureFile(io.BufferedReader):
    """A file open for reading that ends the work of a decoder which goes on and on."""

    def __init__(self, path: str) -> None:
        """Open a file.

        Raises:
            OSError, ValueError: as of `open`.
        """
        super().__init__(io.FileIO(path))
        self._reads = 0
        self._bytes = 0
        self._size = self.seek(0, io.SEEK_END)
        self.seek(0)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read at most `size` bytes, all if it is negative.

        Raises:
            TooManyPartsError: more has been read, or more often, than a picture needs.
        """
        content = super().read(size)
        self._reads += 1
        self._bytes += len(content)
        is_slow = self._reads > _MAX_READS + self._bytes / _MIN_BYTES
        if is_slow or self._bytes > _MAX_REPEATS * self._size:
            raise TooManyPartsError(f"{self._reads} reads of {self._bytes} bytes")
        return content

    def check_scans(self) -> None:
        """Check a JPEG's number of scans, of which Pillow knows nothing.

        Raises:
            TooManyPartsError: there are more than any picture needs.
        """
        with mmap.mmap(self.fileno(), 0, access=mmap.ACCESS_READ) as content:
            # Most files are known to have few after one quick search, also where other data look like a scan.
            few = sum(1 for _ in zip(range(_MAX_SCANS + 1), re.finditer(_SCAN, content), strict=False))
            if few > _MAX_SCANS and _scans(content) > _MAX_SCANS:
                raise TooManyPartsError("scans")


def _scans(content: mmap.mmap) -> int:
    """Count the scans of a JPEG, up to a few more than `_MAX_SCANS`.

    Raises:
        TooManyPartsError: it has more segments than any picture needs.
    """
    scans = position = 0
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(content, position)
        if found is None or found[0] == _END or scans > _MAX_SCANS:
            return scans
        scans += found[0] == _SCAN
        position = found.end()
        if found[0] != _START:
            position += int.from_bytes(content[position : position + 2], "big")
    raise TooManyPartsError("segments")
