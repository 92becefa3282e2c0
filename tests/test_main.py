"""The command line: one line an input, in the agreed form, and no input harms the others."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.serving import reading_of
from lenet import files
from lenet.__main__ import main
from lenet.datasets.sources import Images, Source
from lenet.ink.strokes import draw
from lenet.learning import epochs, measuring
from lenet.network.record import shipped_weights
from lenet.reading.reader import Reader
from lenet.reading.result import Reading

ROOT = Path(__file__).parent.parent
SEVEN = [[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]]
ONE = [[[0, 0], [2, 90]]]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    Image.fromarray(np.round(255 * (1 - np.pad(draw(SEVEN), 30))).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    path = tmp_path / "drawings.jsonl"
    lines = [
        json.dumps({"strokes": SEVEN, "label": "7"}),
        "",
        json.dumps({"strokes": ONE}),
        json.dumps({"strokes": []}),
        json.dumps({"strokes": [[1, 2]]}),
        json.dumps({"points": []}),
        "[[[",
        json.dumps({"strokes": ONE}),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_picture_is_printed_as_text(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(picture)]) == 0
    assert capsys.readouterr().out == f"{picture}\t7\n"


def test_a_picture_is_printed_as_json(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--json", str(picture)]) == 0
    (answer,) = _lines(capsys)
    assert list(answer) == ["file", "status", "confidence", "text", "numbers", "digits", "milliseconds"]
    assert (answer["file"], answer["status"], answer["text"]) == (str(picture), "ok", "7")
    assert answer["numbers"] == ["7"]
    assert 0.9 <= answer["confidence"] <= 1
    (piece,) = answer["digits"]
    assert list(piece) == ["text", "digit", "confidence", "status", "box"]
    assert (piece["text"], piece["digit"]) == ("7", 7)
    assert 0.9 <= piece["confidence"] <= 1
    assert len(piece["box"]) == 4


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_name_that_the_terminal_cannot_show_is_escaped(
    picture: Path, tmp_path: Path, words: list[str]
) -> None:
    odd = picture.rename(tmp_path / "数.png")
    command = [sys.executable, "-m", "lenet", "read", *words, str(odd), str(odd)]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    run = subprocess.run(command, capture_output=True, encoding="cp1252", env=environment, check=True)
    assert run.stderr == ""
    names = [json.loads(line)["file"] if words else line for line in run.stdout.splitlines()]
    assert names == [str(odd) if words else f"{tmp_path}/\\u6570.png\t7"] * 2


def test_an_input_that_breaks_the_reader_leaves_the_others_to_be_read(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read_image = Reader.read_image

    def fragile(reader: Reader, path: str, digits: object) -> Reading:
        if path == "odd.png":
            raise RuntimeError("a fault")
        return read_image(reader, path, digits)

    monkeypatch.setattr(Reader, "read_image", fragile)
    assert main(["read", "--json", "odd.png", str(picture)]) == 1
    broken, sound = _lines(capsys)
    assert "got RuntimeError: a fault" in broken["error"]
    assert sound["text"] == "7"


def test_bad_pictures_are_told_of_and_the_others_read(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    paths = [str(broken), str(picture), str(tmp_path / "nothing.png"), str(picture)]
    assert main(["read", "--json", *paths]) == 1
    answers = _lines(capsys)
    assert [answer["file"] for answer in answers] == paths
    assert [answer.get("text") for answer in answers] == [None, "7", None, "7"]
    assert all(list(answer) == ["file", "error"] for answer in answers if "error" in answer)
    assert "no such file" in answers[2]["error"]


def test_a_folder_stands_for_the_pictures_in_it_and_below(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    for name in ("b.png", "a/c.PNG", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, folder / name)
    (tmp_path / "nothing").mkdir()
    assert main(["read", "--json", str(folder), str(tmp_path / "nothing")]) == 1
    answers = _lines(capsys)
    assert [Path(answer["file"]).name for answer in answers] == ["c.PNG", "b.png", "nothing"]
    assert [answer.get("text") for answer in answers] == ["7", "7", None]
    assert "wanted a folder with pictures" in answers[2]["error"]


def test_only_files_of_a_folder_are_taken_for_pictures(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    (folder / "album.png").mkdir(parents=True)
    shutil.copy(picture, folder / "album.png" / "7.png")
    if hasattr(os, "mkfifo"):  # whoever opens it waits for someone to write
        os.mkfifo(folder / "pipe.png")
    assert main(["read", "--json", str(folder)]) == 0
    assert [answer["file"] for answer in _lines(capsys)] == [str(folder / "album.png" / "7.png")]


def _forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make a folder one that may not be listed, for the administrator too, whom no permission stops."""
    scandir = os.scandir

    def forbidden(path: Path) -> object:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidden)


def test_a_folder_that_cannot_be_listed_is_told_of_and_the_others_read(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    for name in ("a.png", "closed/b.png", "z/c.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, folder / name)
    _forbid(monkeypatch, folder / "closed")
    assert main(["read", "--json", str(folder), str(folder / "closed")]) == 1
    names = [folder / "a.png", folder / "closed", folder / "z" / "c.png", folder / "closed"]
    answers = _lines(capsys)
    assert [answer["file"] for answer in answers] == [str(name) for name in names]
    assert [answer.get("text") for answer in answers] == ["7", None, "7", None]
    for answer in answers[1::2]:
        assert "wanted a folder to look into, got: Permission denied; check" in answer["error"]


def test_a_picture_that_a_folder_names_and_does_not_have_is_told_of(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").symlink_to(tmp_path / "nothing.png")
    shutil.copy(picture, folder / "b.png")
    assert main(["read", "--json", str(folder)]) == 1
    missing, sound = _lines(capsys)
    assert "no such file" in missing["error"]
    assert sound["text"] == "7"


@pytest.mark.parametrize("words", [[], ["--strokes"]])
def test_an_empty_name_is_not_the_present_folder(
    words: list[str], picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(picture.parent)
    assert main(["read", "--json", *words, ""]) == 1
    (answer,) = _lines(capsys)
    assert answer["file"] == ""
    assert answer["error"].startswith("wanted the name of a file or a folder, got an empty one; write . ")
    assert main(["read", *words, ""]) == 1
    assert capsys.readouterr().err.startswith("'': wanted the name of a file")


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A named pipe into which nobody writes; opened after a while, or a test that fails would never end."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    monkeypatch.setattr(files, "PIPE_SECONDS", 0.1)
    path = tmp_path / "pipe.png"
    os.mkfifo(path)
    rescue = threading.Timer(5, lambda: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK)))
    rescue.start()
    yield path
    rescue.cancel()


@pytest.mark.parametrize("words", [[], ["--strokes"]])
def test_a_pipe_without_a_writer_leaves_the_others_to_be_read(
    words: list[str], pipe: Path, picture: Path, drawings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--json", *words, str(pipe), str(drawings if words else picture)]) == 1
    waiting, first, *_ = _lines(capsys)
    wanted = "a pipe into which nobody wrote" if words else "wanted a picture file, got a pipe or a device"
    assert wanted in waiting["error"]
    assert first["text"] == "7"


def test_drawings_are_read_from_a_pipe_with_a_writer(
    pipe: Path, drawings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = threading.Timer(0.05, lambda: pipe.write_bytes(drawings.read_bytes()))
    writer.start()
    main(["read", "--strokes", "--json", str(pipe)])
    writer.join()
    assert [answer.get("text") for answer in _lines(capsys)] == ["7", "1", "", None, None, None, "1"]


class _Full(io.StringIO):
    """A stream to a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stream", [_Full(), None], ids=["full", "closed"])
def test_messages_that_cannot_be_written_leave_the_others_to_be_read(
    stream: io.StringIO | None,
    picture: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["read", "nothing.png", str(picture)]) == 1
    assert main(["read", "--weights", "none", str(picture)]) == 1
    assert capsys.readouterr().out == f"{picture}\t7\n"


def test_answers_that_cannot_be_written_end_the_reading(
    picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", _Full())
    assert main(["read", str(picture), "nothing.png"]) == 1
    wanted = "lenet: standard output: wanted to print the answers, got: No space left on device; "
    assert capsys.readouterr().err.startswith(wanted)


@pytest.mark.parametrize(
    "words",
    [["evaluate", "--weights", ""], ["evaluate", "--data", ""], ["evaluate", "--evidence", ""]],
    ids=lambda words: words[1],
)
def test_an_empty_name_in_an_option_is_not_the_present_folder(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "got an empty one" in capsys.readouterr().err


def test_the_help_says_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["read"]):
        with pytest.raises(SystemExit, match="0"):
            main([*words, "--help"])
        assert "exit status: 0 if all was done, 1 if" in " ".join(capsys.readouterr().out.split())


def _interrupted(command: subprocess.Popen[str]) -> None:
    """A program that ended by Ctrl-C without a word; a shell sees by the signal that it must stop too."""
    with command:
        assert (command.communicate(timeout=60)[1], command.returncode) == ("", -signal.SIGINT)


def _start(*words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lenet", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


on_posix = pytest.mark.skipif(os.name != "posix", reason="no program of this system ends by a signal")


@on_posix
@pytest.mark.parametrize("module", ["cv2", "torch"])
def test_an_interrupt_at_start_is_no_traceback(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    _interrupted(_start("read", "x.png", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}"))


@on_posix
def test_an_interrupt_while_it_reads_is_no_traceback(tmp_path: Path) -> None:
    many = tmp_path / "drawings.jsonl"
    many.write_text(f"{json.dumps({'strokes': SEVEN})}\n" * 100_000)
    command = _start("read", "--strokes", str(many))
    assert command.stdout is not None
    assert command.stdout.readline() == f"{many}:1\t7\n"
    command.send_signal(signal.SIGINT)
    _interrupted(command)


def test_names_that_no_file_can_have_leave_the_others_to_be_read(
    picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["a" * 300 + ".png", "nothing\0.png"]
    assert main(["read", "--json", *names, str(picture)]) == 1
    answers = _lines(capsys)
    assert [answer["file"] for answer in answers] == [*names, str(picture)]
    assert all("wanted a picture file, could not open it" in answer["error"] for answer in answers[:-1])
    assert answers[-1]["text"] == "7"


def test_errors_as_text_go_to_standard_error(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "nothing.png", str(picture)]) == 1
    printed = capsys.readouterr()
    assert printed.out == f"{picture}\t7\n"
    assert printed.err == "nothing.png: no such file; check the path\n"


def test_doubts_are_told_beside_the_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readings = {
        "4.png": reading_of(4, "unsure", 0.6),
        "a.png": reading_of(4, "not_a_digit"),
        "blank.png": reading_of(None),
    }
    monkeypatch.setattr(Reader, "read_image", lambda reader, path, digits: readings[path])
    assert main(["read", *readings]) == 0
    printed = capsys.readouterr()
    assert printed.out == "4.png\t4\na.png\t\nblank.png\t\n"
    assert printed.err == "4.png: not sure\na.png: not a digit\nblank.png: nothing to read\n"


def test_signs_stand_in_the_text_and_are_no_digits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seven, point = reading_of(7).digits[0], replace(reading_of(7).digits[0], text=".")
    reading = Reading("7.7", 0.5, "unsure", (seven, point, seven), 0.4, 0.2)
    monkeypatch.setattr(Reader, "read_image", lambda reader, path, digits: reading)
    assert main(["read", "price.png"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("price.png\t7.7\n", "price.png: not sure\n")
    assert main(["read", "--json", "price.png"]) == 0
    (answer,) = _lines(capsys)
    assert (answer["text"], answer["numbers"], answer["confidence"]) == ("7.7", ["7", "7"], 0.5)
    assert [(piece["text"], piece["digit"]) for piece in answer["digits"]] == [
        ("7", 7),
        (".", None),
        ("7", 7),
    ]


def test_each_line_of_drawings_is_answered(drawings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--strokes", str(drawings), "--json"]) == 1
    answers = _lines(capsys)
    assert [answer["file"] for answer in answers] == [f"{drawings}:{n}" for n in (1, 3, 4, 5, 6, 7, 8)]
    assert [answer.get("text") for answer in answers] == ["7", "1", "", None, None, None, "1"]
    assert answers[2]["status"] == "empty"
    assert "wanted a list of [x, y] points" in answers[3]["error"]
    assert 'got no object with the key "strokes"' in answers[4]["error"]
    assert "got no JSON" in answers[5]["error"]


def test_a_file_of_drawings_may_begin_with_the_mark_of_utf_8(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "drawings.jsonl"
    path.write_text(json.dumps({"strokes": SEVEN}), encoding="utf-8-sig")
    assert main(["read", "--strokes", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}:1\t7\n"


def test_a_line_that_is_no_text_leaves_the_others_to_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "drawings.jsonl"
    drawing = json.dumps({"strokes": SEVEN}).encode()
    path.write_bytes(b"\n".join([drawing, b"\xff\xfe\x00\x81", drawing]))
    assert main(["read", "--strokes", "--json", str(path)]) == 1
    answers = _lines(capsys)
    assert [answer.get("text") for answer in answers] == ["7", None, "7"]
    assert "got no JSON" in answers[1]["error"]


@pytest.mark.parametrize("content", [None, b"", b"\n\n"])
def test_a_file_without_drawings_is_an_error(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "drawings.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert main(["read", "--strokes", "--json", str(path)]) == 1
    (answer,) = _lines(capsys)
    assert "wanted a text file with a drawing a line" in answer["error"]


def test_missing_weights_are_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--weights", str(tmp_path / "none"), "x.png"]) == 1
    assert "no such weights" in capsys.readouterr().err


@pytest.fixture
def small_test_set(mnist: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    """MNIST's test set is 200 digits, and nothing else is measured."""
    source = Source("MNIST", 200, {}, "licence", "citation")
    digits = Images(np.round(mnist[0] * 255).astype(np.uint8), mnist[1], source)
    monkeypatch.setattr("lenet.datasets.mnist.load", lambda root, train: digits)
    monkeypatch.setattr(measuring, "test", lambda *arguments: {"MNIST test": epochs.Score(9, 10)})


@pytest.mark.usefixtures("small_test_set")
def test_the_evidence_is_drawn_for_the_weights_that_are_shipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--evidence", str(tmp_path / "new")]) == 0
    assert "MNIST test: 90.00 %" in capsys.readouterr().out
    assert (tmp_path / "new" / "confusion.png").is_file()


@pytest.mark.usefixtures("small_test_set")
def test_weights_without_a_record_have_no_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = tmp_path / "lenet5.safetensors"
    shutil.copy(shipped_weights(), weights)
    assert main(["evaluate", "--weights", str(weights), "--evidence", str(tmp_path)]) == 1
    assert f"{tmp_path / 'lenet5.json'}: no such record" in capsys.readouterr().err


@pytest.mark.usefixtures("small_test_set")
def test_the_export_tells_how_near_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lenet5.onnx"
    assert main(["export", str(path)]) == 0
    printed = capsys.readouterr().out
    found = re.fullmatch(
        rf"Saved {re.escape(str(path))}: its logits differ from PyTorch's by at most (.+) "
        r"on 200 test digits of MNIST\n",
        printed,
    )
    assert found, printed
    assert 0 <= float(found[1]) <= 1e-4


def test_an_export_does_not_overwrite_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", str(tmp_path / "lenet5.safetensors")])
    assert "wanted a file ….onnx, got " in capsys.readouterr().err


def test_a_package_that_is_not_installed_is_one_sentence(
    small_test_set: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert main(["export", str(tmp_path / "lenet5.onnx")]) == 1
    assert capsys.readouterr().err.startswith("lenet: onnxruntime: wanted this package")


def test_an_unknown_command_prints_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["write"])
    assert "usage: python -m lenet" in capsys.readouterr().err
