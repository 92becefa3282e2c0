"""Command line: `python -m lenet read`, `evaluate` and `export`."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lenet.errors import InputError
from lenet.ink import photo
from lenet.network.classifiers import BACKENDS, use_one_thread
from lenet.network.record import Record, load_record, shipped_weights
from lenet.reading.expected import MAX_EXPECTED, Expected
from lenet.reading.reader import Reader
from lenet.reading.result import Reading

Task = tuple[str, Callable[[], Reading]]
"""The name of an input, and how to read it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: as typed after `python -m lenet`; None takes them from the process.

    Returns:
        The exit status: 0, or 1 if an input could not be read.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a file name may have characters that the terminal lacks
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options))
    except (OSError, ValueError, ImportError) as error:
        print(f"lenet: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lenet", description="Read handwritten numbers with LeNet-5."
    )
    commands = parser.add_subparsers(required=True)
    read = commands.add_parser("read", help="read numbers from pictures or pen strokes")
    read.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a picture, or a folder of pictures; with --strokes a .jsonl file",
    )
    read.add_argument(
        "--strokes",
        action="store_true",
        help='read pen strokes, one drawing a line: {"strokes": [[[x, y], …], …]}',
    )
    read.add_argument(
        "--digits",
        type=_digits,
        metavar="N or N-M",
        help="how many digits there are in each input, where that is known",
    )
    read.add_argument("--json", action="store_true", help="print one line of JSON an input")
    read.add_argument(
        "--backend",
        choices=BACKENDS,
        default=BACKENDS[0],
        help="what computes: PyTorch, or ONNX Runtime, which starts sooner (default: torch)",
    )
    _add_weights(read)
    read.set_defaults(run=_read)
    evaluate = commands.add_parser("evaluate", help="measure the weights on the published test sets")
    _add_weights(evaluate)
    _add_data(evaluate)
    evaluate.add_argument(
        "--evidence",
        type=Path,
        metavar="FOLDER",
        help="draw curves, confusions, mistakes, calibration, kernels and answers there",
    )
    evaluate.set_defaults(run=_evaluate)
    export = commands.add_parser("export", help="write the weights as ONNX, checked against PyTorch")
    export.add_argument("path", type=_onnx, metavar="PATH", help="the file to write, ….onnx")
    _add_weights(export)
    _add_data(export)
    export.set_defaults(run=_export)
    return parser


def _add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, help="a .safetensors file; default: the weights of the project"
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        help="folder of the data sets; downloads go there too (default: data)",
    )


def _digits(text: str) -> tuple[int, int]:
    least, dash, most = text.partition("-")
    try:
        pair = (int(least), int(most if dash else least))
        Expected.parse(pair)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"wanted N or N-M with 1 ≤ N ≤ M ≤ {MAX_EXPECTED}, got {text}"
        ) from error
    return pair


def _onnx(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".onnx" or path.is_dir():
        raise argparse.ArgumentTypeError(f"wanted a file ….onnx, got {text}")
    return path


def _read(options: argparse.Namespace) -> int:
    reader = Reader.load(options.weights, options.backend)
    use_one_thread(options.backend)
    if options.strokes:
        tasks = _drawings(options.paths, partial(reader.read_strokes, digits=options.digits))
    else:
        tasks = _pictures(options.paths, partial(reader.read_image, digits=options.digits))
    show = _print_json if options.json else _print_text
    failed = False
    for answer in map(_answer, tasks):
        failed |= "error" in answer
        show(answer)
    return int(failed)


def _pictures(paths: Iterable[str], read: Callable[[str | Path], Reading]) -> Iterator[Task]:
    """One task an image; a folder stands for all images in it and below it, by their suffixes."""
    for path in paths:
        if not _is_folder(path):
            yield path, partial(read, path)
            continue
        found = sorted(filter(_is_picture, Path(path).rglob("*")))
        for file in found:
            yield str(file), partial(read, file)
        if not found:
            yield path, partial(_fail, "wanted a folder with pictures (.png, .jpg …), got none in it")


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # the name is too long, for example; reading it will say so
        return False


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in photo.SUFFIXES and file.is_file()


def _drawings(paths: Iterable[str], read: Callable[[object], Reading]) -> Iterator[Task]:
    """One task, named FILE:LINE, for each line that is not blank; one that fails for a file without any."""
    for path in paths:
        is_empty = True
        try:
            # With or without a byte order mark; bytes that are not UTF-8 break only their own line.
            with Path(path).open(encoding="utf-8-sig", errors="replace") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        is_empty = False
                        yield f"{path}:{number}", partial(_read_line, read, line)
        except OSError as error:
            yield path, partial(_fail, f"wanted a text file with a drawing a line, got: {error}")
        else:
            if is_empty:
                yield path, partial(_fail, "wanted a text file with a drawing a line, got no drawing in it")


def _read_line(read: Callable[[object], Reading], line: str) -> Reading:
    return read(_strokes(line))


def _fail(message: str) -> Reading:
    raise InputError(message)


def _strokes(line: str) -> object:
    wanted = 'wanted a line of JSON like {"strokes": [[[x, y], …], …]}'
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{wanted}, got no JSON: {error}") from error
    if not isinstance(value, dict) or "strokes" not in value:
        raise InputError(f'{wanted}, got no object with the key "strokes"')
    return value["strokes"]


def _answer(task: Task) -> dict[str, Any]:
    name, read = task
    try:
        return {"file": name, **read().to_json()}
    except (OSError, InputError) as error:
        return {"file": name, "error": str(error)}
    except Exception as error:  # whatever one input does, the others are read
        kind = type(error).__name__
        return {"file": name, "error": f"wanted an image or strokes, got {kind}: {error}; leave it out"}


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


_DOUBTS = {"unsure": "not sure", "not_a_digit": "not a digit", "empty": "nothing to read"}
"""What is printed beside the text of an answer, by its status."""


def _print_text(answer: dict[str, Any]) -> None:
    """Print file and text; errors and doubts go to standard error, apart from the texts."""
    if "error" in answer:
        sentence = answer["error"].removeprefix(f"{answer['file']}: ")  # some errors begin with the file
        print(f"{answer['file']}: {sentence}", file=sys.stderr, flush=True)
    else:
        # The further lines of a page stand below its first one.
        print(f"{answer['file']}\t{answer['text']}".replace("\n", "\n\t"), flush=True)
        if answer["status"] in _DOUBTS:
            print(f"{answer['file']}: {_DOUBTS[answer['status']]}", file=sys.stderr, flush=True)


def _evaluate(options: argparse.Namespace) -> int:
    # Imported here, because reading needs none of it, and torch takes seconds to import.
    from lenet.datasets import mnist
    from lenet.learning import measuring, pictures
    from lenet.network import checkpoint

    weights = options.weights or shipped_weights()
    network = checkpoint.load(weights)
    record = Record.load(weights)
    for name, score in measuring.test(network, record, options.data).items():
        print(f"{name}: {score}")
    if options.evidence:
        digits = mnist.load(options.data, train=False)
        pictures.write(options.evidence, network, load_record(weights), digits.pixels, digits.labels)
        print(f"Drew what it did with MNIST's test digits: {options.evidence}")
    return 0


_EXPORT_TEST_DIGITS = 1000
"""Number of MNIST's test digits on which an export is compared with PyTorch."""


def _export(options: argparse.Namespace) -> int:
    from lenet.datasets import mnist
    from lenet.network import checkpoint, export
    from lenet.network.classifiers import checksum

    weights = options.weights or shipped_weights()
    network = checkpoint.load(weights)
    images = mnist.load(options.data, train=False).pixels[:_EXPORT_TEST_DIGITS]
    difference = export.write(network, images, options.path, checksum(weights))
    print(
        f"Saved {options.path}: its logits differ from PyTorch's by at most {difference:.1g} "
        f"on {len(images):,} test digits of MNIST"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
