"""The loader of UNIPEN's numbers, lines, signs and words, on small files in the form of the real ones."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from lenet.datasets import unipen_texts
from lenet.datasets.sources import sha256
from tests.data_files import put

ROW = {"label": "$4,5", "writer": "apd:Jon_Klein", "strokes": [[[1, 2], [3.5, 4]], [[5, 6]]], "more": 1}


def cut(*rows: object) -> bytes:
    return gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())


def cut_file(root: Path, kind: str = "numbers") -> Path:
    return root / "unipen" / f"{kind}.jsonl.gz"


@pytest.mark.parametrize("kind", ["numbers", "lines", "signs", "words", "more_digits"])
def test_a_cut_is_loaded_line_by_line_with_labels_as_written(tmp_path: Path, kind: unipen_texts.Kind):
    content = cut(ROW, {**ROW, "label": "1 : 2"})
    put(cut_file(tmp_path, kind), content)
    texts, source = unipen_texts.load(tmp_path, kind)
    assert [text.label for text in texts] == ["$4,5", "1 : 2"]
    assert [stroke.tolist() for stroke in texts[1].strokes] == ROW["strokes"]
    assert texts[0].strokes[0].dtype == np.float64
    assert source.count == 2
    assert source.checksums == {f"{kind}.jsonl.gz": sha256(content)}


def test_a_person_is_one_under_two_donors_and_in_any_case(tmp_path: Path):
    rows = [{**ROW, "writer": writer} for writer in ("apd:Jon_Klein", "apb:jon_klein", "apd:Jon:Klein")]
    put(cut_file(tmp_path), cut(*rows))
    texts, _ = unipen_texts.load(tmp_path, "numbers")
    assert [text.person for text in texts] == ["jon_klein", "jon_klein", "jon:klein"]


def test_a_missing_cut_says_where_to_put_it(tmp_path: Path):
    with pytest.raises(
        FileNotFoundError, match=r"UNIPEN's words are not in .*unipen\. Put .*words\.jsonl\.gz"
    ):
        unipen_texts.load(tmp_path, "words")


@pytest.mark.parametrize(
    "content",
    [
        cut(*[ROW] * 99)[:-20],
        b"",
        b"no gzip",
        cut(),
        gzip.compress(b"no json\n"),
        cut(1),
        cut({"label": "1"}),
        cut({**ROW, "label": 7}),
        cut({**ROW, "label": " "}),
        cut({**ROW, "writer": "nobody"}),
        cut({**ROW, "writer": "apd:"}),
        cut({**ROW, "strokes": [[1, 2]]}),
    ],
    ids=[
        "cut short",
        "empty",
        "no gzip",
        "no rows",
        "no JSON",
        "no object",
        "no strokes",
        "a number for a label",
        "a blank label",
        "a writer without donor",
        "a donor without writer",
        "a point for a stroke",
    ],
)
def test_a_broken_cut_is_named_with_a_remedy(tmp_path: Path, content: bytes):
    path = put(cut_file(tmp_path), content)
    with pytest.raises(OSError, match=r"wanted .*, got .*; put an intact copy there") as error:
        unipen_texts.load(tmp_path, "numbers")
    assert str(error.value).startswith(f"{path} is broken")


def test_the_persons_held_out_are_those_of_the_rule() -> None:
    assert len(unipen_texts.HELD_OUT) == 96
    digests = [hashlib.sha256(person.encode()).hexdigest() for person in unipen_texts.HELD_OUT]
    assert all(int(digest, 16) < 0.4 * 2**256 for digest in digests)


def test_a_person_is_held_out_by_the_name_that_texts_give(tmp_path: Path) -> None:
    person = min(unipen_texts.HELD_OUT)
    assert person == person.casefold()
    put(cut_file(tmp_path), cut(ROW, {**ROW, "writer": f"sta:{person.upper()}"}))
    texts, _ = unipen_texts.load(tmp_path, "numbers")
    assert [text.person in unipen_texts.HELD_OUT for text in texts] == [False, True]


def test_persons_for_training_are_two_groups() -> None:
    persons = [f"person {number}" for number in range(500)]
    assert 0.33 < np.mean([unipen_texts.is_for_confidence(person) for person in persons]) < 0.47
