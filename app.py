"""Runs the page: `python app.py`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from lenet.errors import end_quietly_on_interrupt
from lenet.files import folder_in, need_folder

_ENVIRONMENT = (
    "Environment: GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, where to serve (default: 127.0.0.1, 7860); "
    "GRADIO_TEMP_DIR, the folder of the uploads; LENET_CORRECTIONS, a folder for visitors' corrections "
    "(default: none are taken). Ctrl-C and SIGTERM stop it. "
    "Exit status: 0 if it was stopped, 1 if it could not start, 2 if the command line is wrong."
)
"""What the help says last."""


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


def need_port() -> int:
    """Return the port to serve at, which must be free.

    It is taken from Gradio's variables GRADIO_SERVER_NAME and GRADIO_SERVER_PORT. Gradio serves no
    addresses of IPv6; a proxy can.

    Raises:
        OSError: another program has it, or nothing can listen there.
        ValueError: it is no number of a port.
    """
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    text = os.environ.get("GRADIO_SERVER_PORT", "7860")
    port = int(text) if text.isdecimal() and len(text) <= 5 else 0
    if not 1 <= port <= 65535:
        raise ValueError(
            f"GRADIO_SERVER_PORT: wanted a port from 1 to 65535, got {text!r}; set it to one of these"
        )
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server: right after it ended
            probe.bind((host, port))
    except OSError as error:
        raise OSError(
            f"{host}:{port}: wanted a free port to serve the page at, got: {error.strerror or error}; "
            "set GRADIO_SERVER_NAME and GRADIO_SERVER_PORT to another"
        ) from error
    return port


def need_temporary_folder() -> None:
    """Make sure that uploads can be stored.

    Raises:
        OSError: the folder cannot be written to, or there is none.
    """
    try:
        spool = Path(tempfile.gettempdir())  # where uploads lie until they are whole
        need_folder(Path(os.environ.get("GRADIO_TEMP_DIR") or spool / "gradio"))
    except OSError as error:
        raise OSError(f"{error.strerror or error}; uploads go to GRADIO_TEMP_DIR") from error


def main() -> None:
    """Load the reader, build the page and serve it."""
    end_quietly_on_interrupt()
    os.environ.pop("GRADIO_NUM_PORTS", None)  # one is tried; Gradio fails where this is no number
    satisfy_zerogpu()  # before torch: ZeroGPU insists on being imported first

    from lenet.datasets.corrections import VARIABLE
    from lenet.network.classifiers import BACKENDS, use_one_thread
    from lenet.reading import selftest
    from lenet.reading.reader import Reader

    parser = argparse.ArgumentParser(
        description="Serve the page that reads handwritten numbers.", epilog=_ENVIRONMENT
    )
    parser.add_argument("--backend", choices=BACKENDS, default=BACKENDS[0], help="what computes")
    backend = parser.parse_args().backend
    try:
        port = need_port()
        need_temporary_folder()  # before Gradio is imported, which writes into it
        folder_in(VARIABLE)
        reader = Reader.load(backend=backend)
        use_one_thread(backend)
        tested = selftest.run(reader)
        from lenet import ui
    except (OSError, ValueError, ImportError) as error:
        sys.exit(f"app.py: {error}")
    try:
        ui.serve(ui.build(reader, tested), port)
    except OSError as error:  # another program took the port meanwhile
        sys.exit(f"app.py: {error}")


if __name__ == "__main__":
    main()
