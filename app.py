"""Runs the page: `python app.py`."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress


def satisfy_zerogpu() -> None:
    """Show Hugging Face's ZeroGPU a function for its GPU, without which it stops a Space at start.

    It is never called: reading a digit takes the CPU less than a millisecond, and
    a visitor has a few minutes of GPU a day. Elsewhere there is no package `spaces`.
    """
    with suppress(ImportError):
        import spaces

        spaces.GPU(_unused)


def _unused() -> None:
    """Do nothing, on a GPU."""


def main() -> None:
    """Load the reader, build the page and serve it."""
    satisfy_zerogpu()  # before torch: ZeroGPU insists on being imported first

    from lenet import ui
    from lenet.network.classifiers import BACKENDS, use_one_thread
    from lenet.reading.reader import Reader

    parser = argparse.ArgumentParser(description="Serve the page that reads handwritten numbers.")
    parser.add_argument("--backend", choices=BACKENDS, default=BACKENDS[0], help="what computes")
    backend = parser.parse_args().backend
    try:
        reader = Reader.load(backend=backend)
    except (OSError, ValueError, ImportError) as error:
        sys.exit(f"app.py: {error}")
    use_one_thread(backend)
    ui.launch(ui.build(reader))


if __name__ == "__main__":
    main()
