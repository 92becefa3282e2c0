"""Runs the page: `python app.py`."""

from __future__ import annotations

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

    import torch

    from lenet import ui
    from lenet.reading.reader import Reader

    # One digit is too little work to share between cores: on a busy machine two
    # threads that wait for each other took twenty times as long as one.
    torch.set_num_threads(1)
    reader = Reader.load()
    ui.launch(ui.build(reader))


if __name__ == "__main__":
    main()
