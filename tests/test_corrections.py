"""The folder of corrections: what a kill, a withdrawal and a review leave of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from giving import correction

from lenet.datasets import corrections
from lenet.datasets.corrections import Folder, withdrawal


def _write(folder: Path, *lines: bytes, name: str = "a") -> Path:
    path = folder / f"corrections-{name}.jsonl"
    with path.open("ab") as file:
        file.write(b"".join(lines))
    return path


def test_a_line_stands_for_its_correction() -> None:
    one = correction(strokes=[np.array([[0.0, 1.0], [500.0, 1000.0]])])
    again = corrections.Correction.from_json(json.loads(one.to_line()))
    assert np.array_equal(again.image, one.image)
    assert np.array_equal(again.strokes[0], one.strokes[0])
    plain = {"image": None, "strokes": []}
    assert dataclasses.replace(again, **plain) == dataclasses.replace(one, **plain)


def test_a_receipt_cannot_be_told_from_the_files(tmp_path) -> None:
    receipt = "my-very-own-receipt"
    path = _write(tmp_path, correction(receipt=receipt).to_line())
    assert receipt.encode() not in path.read_bytes()
    (one,) = corrections.load(tmp_path)
    assert one.id == corrections.id_of(receipt)


@pytest.mark.parametrize("cut", [1, 20, 500])
def test_a_line_that_a_kill_cut_off_costs_only_itself(tmp_path, cut: int) -> None:
    whole, torn = correction(1), correction(2)
    _write(tmp_path, whole.to_line(), torn.to_line()[:-cut])
    _write(tmp_path, correction(3).to_line(), name="b")
    assert len(corrections.load(tmp_path)) == 2


def test_damaged_lines_are_counted(tmp_path) -> None:
    wrong = correction(1).to_line().replace(b'"image":"', b'"image":"!')
    _write(tmp_path, b"\xff\xfe\n", b"[]\n", b"7\n", b'{"id":1}\n', wrong, correction(2).to_line())
    with pytest.warns(UserWarning, match="5 damaged lines are left out"):
        assert len(corrections.load(tmp_path)) == 1


def test_what_two_processes_wrote_is_there_once(tmp_path) -> None:
    one = correction(1)
    _write(tmp_path, one.to_line())
    _write(tmp_path, one.to_line(), correction(1).to_line(), name="b")  # a retry, and the same picture
    assert [found.id for found in corrections.load(tmp_path)] == [one.id]


def test_the_same_picture_with_another_label_is_another_correction(tmp_path) -> None:
    _write(tmp_path, correction(1, label="1").to_line(), correction(1, label="7").to_line())
    assert {found.label for found in corrections.load(tmp_path)} == {"1", "7"}


def test_what_is_withdrawn_is_erased_wherever_it_stands(tmp_path) -> None:
    gone, stays = correction(1), correction(2)
    first = _write(tmp_path, gone.to_line(), stays.to_line())
    second = _write(tmp_path, withdrawal(gone.id), gone.to_line(), name="b")  # the retry came late
    sizes = [path.stat().st_size for path in (first, second)]
    assert [found.id for found in corrections.load(tmp_path)] == [stays.id]
    picture = json.loads(gone.to_line())["image"].encode()
    assert all(picture not in path.read_bytes() for path in (first, second))
    assert sizes == [path.stat().st_size for path in (first, second)]
    assert [found.id for found in corrections.load(tmp_path)] == [stays.id]  # nor does it come back


def test_the_same_picture_can_be_given_again_after_a_withdrawal(tmp_path) -> None:
    gone, again = correction(1), correction(1)
    _write(tmp_path, gone.to_line(), withdrawal(gone.id), again.to_line())
    assert [found.id for found in corrections.load(tmp_path)] == [again.id]


def test_a_withdrawal_leaves_the_same_picture_of_another_visitor(tmp_path) -> None:
    gone, stays = correction(1), correction(1)  # two processes took them at the same time
    _write(tmp_path, gone.to_line(), withdrawal(gone.id))
    _write(tmp_path, stays.to_line(), name="b")
    assert [found.id for found in corrections.load(tmp_path)] == [stays.id]
    _write(tmp_path, correction(2).to_line(), correction(1).to_line(), name="c")
    assert next(found.id for found in corrections.load(tmp_path)) == stays.id
    assert len(corrections.load(tmp_path)) == 2


def test_a_folder_is_followed_as_it_grows(tmp_path) -> None:
    folder = Folder(tmp_path)
    assert folder.refresh() == []
    one, two = correction(1), correction(2)
    line = two.to_line()
    path = _write(tmp_path, one.to_line(), line[:100])
    assert [found.id for found in folder.refresh()] == [one.id]
    _write(tmp_path, line[100:])
    assert [found.id for found in folder.refresh()] == [two.id]
    assert folder.refresh() == []
    assert folder.damaged == 0
    assert folder.size == path.stat().st_size
    _write(tmp_path, withdrawal(one.id), name="b")
    folder.refresh()
    assert folder.places(one.id) == []
    assert folder.id_with(one.key) is None
    assert folder.id_with(two.key) == two.id


def test_a_folder_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="wanted the folder in which a page keeps corrections"):
        corrections.load(tmp_path / "none")


def test_only_what_was_decided_to_keep_is_kept(tmp_path) -> None:
    kept, dropped, undecided = (correction(seed) for seed in (1, 2, 3))
    _write(tmp_path, *(one.to_line() for one in (kept, dropped, undecided)))
    assert corrections.kept(tmp_path)[0] == []
    corrections.decide(tmp_path, {kept.id: "drop", dropped.id: "drop"})
    corrections.decide(tmp_path, {kept.id: "keep"})  # the later decision counts, the other stays
    assert corrections.decisions(tmp_path) == {kept.id: "keep", dropped.id: "drop"}
    chosen, source = corrections.kept(tmp_path)
    assert [one.id for one in chosen] == [kept.id]
    assert source.count == 1


def test_the_source_names_what_was_kept_and_nobody(tmp_path) -> None:
    one, two = correction(1), correction(2)
    _write(tmp_path, one.to_line(), two.to_line())
    corrections.decide(tmp_path, {one.id: "keep"})
    before = corrections.kept(tmp_path)[1]
    corrections.decide(tmp_path, {two.id: "keep"})
    after = corrections.kept(tmp_path)[1]
    assert before.checksums != after.checksums
    assert one.session not in str(after)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": "maybe"}', b'{"a": ["keep"]}', b"\xff"])
def test_a_damaged_file_of_decisions_is_told(tmp_path, content: bytes) -> None:
    (tmp_path / "decisions.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"wanted a file of decisions, got: .*; save it anew"):
        corrections.kept(tmp_path)
