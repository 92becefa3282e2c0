"""Command line: `python -m lenet read`, `evaluate`, `export`, `corrections` and `check`."""

from __future__ import annotations

import argparse
import io
import json
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from lenet import files
from lenet.errors import InputError, end_quietly_on_interrupt

if __name__ == "__main__":
    end_quietly_on_interrupt()  # before the imports below, which take time

from lenet.ink import decoding
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
        The exit status; see `_STATUSES`.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a file name may have characters that the terminal lacks
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options))
    except (OSError, ValueError, ImportError) as error:
        _tell(f"lenet: {error}")
        return 1


_STATUSES = "exit status: 0 if all was done, 1 if an input could not be read, 2 if the command line is wrong"
"""What the help says last."""

_CHECKED = "exit status: 0 if every check passed, 1 if one failed, 2 if the command line is wrong"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lenet", description="Read handwritten numbers with LeNet-5.", epilog=_STATUSES
    )
    commands = parser.add_subparsers(required=True)
    read = commands.add_parser("read", help="read numbers from pictures or pen strokes", epilog=_STATUSES)
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
        type=_path,
        metavar="FOLDER",
        help="draw curves, confusions, mistakes, calibration, kernels and answers there",
    )
    evaluate.set_defaults(run=_evaluate)
    export = commands.add_parser("export", help="write the weights as ONNX, checked against PyTorch")
    export.add_argument("path", type=_onnx, metavar="PATH", help="the file to write, ….onnx")
    _add_weights(export)
    _add_data(export)
    export.set_defaults(run=_export)
    given = commands.add_parser("corrections", help="review what visitors of the page corrected")
    given.add_argument("folder", type=_path, metavar="FOLDER", help="in which the page keeps them")
    given.add_argument("--decisions", type=_path, metavar="FILE", help="record what was decided on the page")
    given.add_argument("--output", type=_path, metavar="PAGE", help="default: review.html in the folder")
    _add_weights(given)
    given.set_defaults(run=_corrections)
    check = commands.add_parser("check", help="test a running copy of the page from outside", epilog=_CHECKED)
    check.add_argument("address", metavar="URL", help="of the page, as http://127.0.0.1:7860")
    check.set_defaults(run=_check)
    return parser


def _add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=_path, help="a .safetensors file; default: the weights of the project"
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=_path,
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


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError(_EMPTY)
    return Path(text)


def _onnx(text: str) -> Path:
    path = _path(text)
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
        if not path:
            yield path, partial(_fail, _EMPTY)
        elif stat.S_ISDIR(files.mode(path)):
            yield from _pictures_below(path, read)
        else:
            yield path, partial(read, path)


_EMPTY = "wanted the name of a file or a folder, got an empty one; write . for the present folder"
"""The error for '', as of a variable that is not set; a `Path` would take it for the present folder."""


def _pictures_below(folder: str, read: Callable[[str | Path], Reading]) -> Iterator[Task]:
    """One task for each picture, in the order of their paths; one that fails for each unreadable folder."""
    found, unreadable = files.below(Path(folder))
    tasks: dict[Path, Callable[[], Reading]] = {
        file: partial(read, file)
        for file in found
        if file.suffix.lower() in decoding.SUFFIXES and not files.may_be_endless(file)
    }
    for path, reason in unreadable.items():
        tasks[path] = partial(_fail, f"wanted a folder to look into, got: {reason}; check its permissions")
    for path in sorted(tasks):
        yield str(path), tasks[path]
    if not tasks:
        yield folder, partial(_fail, "wanted a folder with pictures (.png, .jpg …), got none in it")


def _drawings(paths: Iterable[str], read: Callable[[object], Reading]) -> Iterator[Task]:
    """One task, named FILE:LINE, for each line that is not blank; one that fails for a file without any."""
    for path in paths:
        is_empty = True
        try:
            # With or without a byte order mark; bytes that are not UTF-8 break only their own line.
            with open(path, encoding="utf-8-sig", errors="replace", opener=files.opener) as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        is_empty = False
                        yield f"{path}:{number}", partial(_read_line, read, line)
        except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            wanted = "wanted a text file with a drawing a line"
            yield path, partial(_fail, f"{wanted}, got: {reason}; check the path" if path else _EMPTY)
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
    _print(json.dumps(answer))


_DOUBTS = {"unsure": "not sure", "not_a_digit": "not a digit", "empty": "nothing to read"}
"""What is printed beside the text of an answer, by its status."""


def _print_text(answer: dict[str, Any]) -> None:
    """Print file and text; errors and doubts go to standard error, apart from the texts."""
    if "error" in answer:
        sentence = answer["error"].removeprefix(f"{answer['file']}: ")  # some errors begin with the file
        _tell(f"{answer['file'] or repr('')}: {sentence}")
    else:
        # The further lines of a page stand below its first one.
        _print(f"{answer['file']}\t{answer['text']}".replace("\n", "\n\t"))
        if answer["status"] in _DOUBTS:
            _tell(f"{answer['file']}: {_DOUBTS[answer['status']]}")


def _print(answer: str) -> None:
    """Print an answer; where that is impossible, nothing more is read."""
    try:
        print(answer, flush=True)
    except OSError as error:
        raise OSError(
            f"standard output: wanted to print the answers, got: {error.strerror or error}; "
            "read again what was not printed"
        ) from error


def _tell(sentence: str) -> None:
    """Print to standard error; where it is full or closed, the inputs are still read."""
    if sys.stderr is not None:  # `print` would take standard output
        with suppress(OSError):
            print(sentence, file=sys.stderr, flush=True)


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


def _corrections(options: argparse.Namespace) -> int:
    from lenet.learning import review

    weights = options.weights or shipped_weights()
    for sentence in review.run(options.folder, options.decisions, options.output, weights):
        _print(sentence)
    return 0


def _check(options: argparse.Namespace) -> int:
    from lenet import check

    failed = False
    for result in check.run(options.address):
        (_print if result.is_good else _tell)(f"{'ok' if result.is_good else 'failed'}: {result.sentence}")
        failed |= not result.is_good
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
