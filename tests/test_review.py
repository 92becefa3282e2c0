"""The review of corrections: the least plausible first, no code of visitors runs, decisions come back."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
from giving import correction

from lenet.__main__ import main
from lenet.datasets import corrections
from lenet.learning import review
from lenet.network.record import ALPHABET


def classify(images: np.ndarray) -> np.ndarray:
    """A 7 is as probable as there is ink in the first row."""
    share = images[:, 0, 0]
    return np.stack([share if symbol == "7" else (1 - share) / 19 for symbol in ALPHABET], axis=1)


def _given(folder: Path, *shares: float, **changes: object) -> list[str]:
    """Corrections of that plausibility; returns their ids."""
    every = []
    for seed, share in enumerate(shares):
        one = correction(seed, **changes)
        one.image[0, 0] = round(255 * share)
        every.append(one)
    with (folder / "corrections-a.jsonl").open("ab") as file:
        file.write(b"".join(one.to_line() for one in every))
    return [one.id for one in every]


def _page(folder: Path) -> str:
    review.write(folder, folder / review.PAGE, classify)
    return (folder / review.PAGE).read_text("utf-8")


def test_the_least_plausible_come_first(tmp_path) -> None:
    ids = _given(tmp_path, 0.4, 0.02, 0.9)
    shown = re.findall(r'fieldset name="(\w+)"', _page(tmp_path))
    assert shown == [ids[1], ids[0], ids[2]]


def test_what_is_decided_comes_after_what_is_not(tmp_path) -> None:
    kept, dropped, waits = _given(tmp_path, 0.1, 0.2, 0.3)
    corrections.decide(tmp_path, {kept: "keep", dropped: "drop"})
    page = _page(tmp_path)
    assert re.findall(r'fieldset name="(\w+)"', page) == [waits, kept, dropped]
    checked = re.findall(r'name="choice-(\w+)" value="(\w*)" checked', page)
    assert dict(checked) == {waits: "", kept: "keep", dropped: "drop"}
    assert review.write(tmp_path, tmp_path / "page.html", classify) == {"": 1, "keep": 1, "drop": 1}


def test_nothing_runs_that_a_visitor_wrote(tmp_path) -> None:
    hostile = '"><script>alert(1)</script>{{script}}<img src=http://from.where/>'
    _given(tmp_path, 0.5, label=hostile, answer=hostile, id=f"id{hostile}")
    page = _page(tmp_path)
    assert page.count("<script") == 1
    assert "alert(1)</script>" not in page
    assert re.findall(r'(?:src|href)="(?!data:image/png;base64,)', page) == []
    assert "<img src=http" not in page
    (script,) = re.findall(r"<script>(.*)</script>", page, re.DOTALL)
    (allowed,) = re.findall(r"script-src '(sha256-[^']+)'", page)
    assert allowed == f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
    assert "default-src 'none'" in page


def test_an_empty_folder_has_an_empty_page(tmp_path) -> None:
    assert review.write(tmp_path, tmp_path / "page.html", classify) == {"": 0, "keep": 0, "drop": 0}


def test_decisions_are_recorded_by_the_command_line(tmp_path, capsys) -> None:
    first, second = _given(tmp_path, 0.1, 0.2)
    file = tmp_path / "downloaded.json"
    file.write_text(json.dumps({first: "keep", second: "drop", "one-that-was-withdrawn": "keep"}))
    page = tmp_path / "elsewhere" / "page.html"
    assert main(["corrections", str(tmp_path), "--decisions", str(file), "--output", str(page)]) == 0
    printed = capsys.readouterr().out
    assert "1 of the decisions are on corrections that are not there any more" in printed
    assert "1 kept, 1 dropped, 0 not decided; only what is kept is learnt" in printed
    assert page.exists()
    assert corrections.decisions(tmp_path) == {first: "keep", second: "drop"}


def test_decisions_of_another_folder_are_one_sentence(tmp_path, capsys) -> None:
    _given(tmp_path, 0.1)
    file = tmp_path / "downloaded.json"
    file.write_text(json.dumps({"another": "keep"}))
    assert main(["corrections", str(tmp_path), "--decisions", str(file)]) == 1
    error = capsys.readouterr().err
    assert "wanted decisions on corrections in" in error
    assert error.count("\n") == 1
    assert not (tmp_path / corrections.DECISIONS).exists()


def test_a_missing_folder_is_one_sentence(tmp_path, capsys) -> None:
    assert main(["corrections", str(tmp_path / "none")]) == 1
    assert "wanted the folder in which a page keeps corrections, got none" in capsys.readouterr().err
