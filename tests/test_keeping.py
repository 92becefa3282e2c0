"""Corrections are on the disk when they are acknowledged, each once, within bounds."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from giving import correction

from lenet.datasets import corrections
from lenet.datasets.corrections import Correction
from lenet.ui.keeping import Change, Keeper
from lenet.ui.refusals import Refusal


def commit(keeper: Keeper, *changes: Change) -> list[int]:
    """Ask for changes at the same time; for each the status of its refusal, or 0."""

    async def ask(change: Change) -> int:
        try:
            await keeper.commit(change)
        except Refusal as refusal:
            return refusal.status
        return 0

    async def ask_all() -> Sequence[int]:
        return await asyncio.gather(*map(ask, changes))

    return list(asyncio.run(ask_all()))


def _ids(folder: Path) -> set[str]:
    return {one.id for one in corrections.load(folder)}


def test_many_share_an_fsync(tmp_path, monkeypatch) -> None:
    synced: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(number) or fsync(number))
    every = [correction(seed) for seed in range(40)]
    assert commit(Keeper(tmp_path), *every) == [0] * 40
    assert _ids(tmp_path) == {one.id for one in every}
    assert len(synced) <= 6  # the folder's; the first one's; those of all that came meanwhile


def test_nothing_is_acknowledged_before_it_is_on_the_disk(tmp_path, monkeypatch) -> None:
    def fail(number: int) -> None:
        raise OSError(5, "Input/output error")

    keeper = Keeper(tmp_path)
    one = correction(1)
    assert commit(keeper, correction(0)) == [0]
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        assert commit(keeper, one) == [503]
    assert commit(keeper, one) == [0]  # in another file, as the end of the first is unknown
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert one.id in _ids(tmp_path)


def test_a_full_disk_leaves_no_line_that_the_next_is_glued_to(tmp_path, monkeypatch) -> None:
    def half(number: int, content: memoryview) -> int:
        if len(content) < 700:
            raise OSError(28, "No space left on device")
        return write(number, content[:700])

    write = os.write
    keeper = Keeper(tmp_path)
    first, second = correction(1), correction(2)
    assert commit(keeper, first) == [0]
    with monkeypatch.context() as full:
        full.setattr(os, "write", half)
        assert commit(keeper, second, correction(3)) == [503, 503]
    assert commit(keeper, second) == [0]
    assert _ids(tmp_path) == {first.id, second.id}


def test_failures_leave_no_empty_files(tmp_path, monkeypatch) -> None:
    keeper = Keeper(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left")))
        for seed in range(3):
            assert commit(keeper, correction(seed)) == [503]
    assert list(tmp_path.iterdir()) == []


def test_a_retry_keeps_it_once(tmp_path) -> None:
    one = correction(1)
    keeper, other = Keeper(tmp_path), Keeper(tmp_path)
    assert commit(keeper, one, one) == [0, 0]
    assert commit(keeper, one) == [0]
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert size == len(one.to_line())
    assert commit(other, one) == [0]  # written again, as the other's may not be on the disk yet
    assert _ids(tmp_path) == {one.id}


@pytest.mark.parametrize("together", [True, False])
def test_the_same_picture_with_the_same_label_is_kept_once(tmp_path, together: bool) -> None:
    first, second = correction(1), correction(1)
    if together:
        assert commit(Keeper(tmp_path), first, second) == [0, 409]
    else:
        assert commit(Keeper(tmp_path), first) == [0]
        assert commit(Keeper(tmp_path), second) == [409]  # of another process, or after a restart
    assert _ids(tmp_path) == {first.id}


def test_a_receipt_stands_for_one_correction(tmp_path) -> None:
    keeper = Keeper(tmp_path)
    receipt = "the-same-receipt"
    assert commit(keeper, correction(1, receipt)) == [0]
    assert commit(keeper, correction(2, receipt)) == [400]


@pytest.mark.parametrize("how", ["same process", "another process", "after a restart", "at once"])
def test_a_withdrawal_lasts(tmp_path, how: str) -> None:
    one, stays = correction(1), correction(2)
    keeper, other = Keeper(tmp_path), Keeper(tmp_path)
    if how == "at once":
        assert commit(keeper, one, one.id, stays) == [0, 0, 0]
    else:
        assert commit(keeper, one, stays) == [0, 0]
        withdrawing = {"same process": keeper, "another process": other}.get(how) or Keeper(tmp_path)
        assert commit(withdrawing, one.id) == [0]
        assert commit(withdrawing, one.id) == [0]  # asked again, as the answer was lost
    assert _ids(tmp_path) == {stays.id}
    assert commit(keeper, one) == [409]  # a late retry does not bring it back
    assert commit(other, one) == [409]
    assert _ids(tmp_path) == {stays.id}
    assert one.to_line() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_what_nobody_gave_cannot_be_withdrawn(tmp_path) -> None:
    assert commit(Keeper(tmp_path), correction(1).id) == [404]
    assert list(tmp_path.iterdir()) == []


def test_a_kill_before_the_erasing_is_made_good_at_the_next_start(tmp_path, monkeypatch) -> None:
    one = correction(1)
    keeper = Keeper(tmp_path)
    assert commit(keeper, one) == [0]
    monkeypatch.setattr(keeper, "_erase", lambda: None)
    assert commit(keeper, one.id) == [0]
    picture = one.to_line()[200:400]
    (path,) = tmp_path.iterdir()
    assert picture in path.read_bytes()
    Keeper(tmp_path)
    assert picture not in path.read_bytes()


def test_a_folder_has_a_size_that_withdrawals_may_exceed(tmp_path) -> None:
    line = len(correction().to_line())
    keeper = Keeper(tmp_path, max_bytes=3 * line + 10)
    every = [correction(seed) for seed in range(5)]
    assert sorted(commit(keeper, *every)) == [0, 0, 0, 503, 503]
    assert commit(Keeper(tmp_path, max_bytes=3 * line + 10), correction(7)) == [503]
    assert commit(keeper, every[0].id) == [0]


def test_so_many_wait_at_most(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("lenet.ui.keeping._MAX_WAITING", 3)
    every: list[Correction] = [correction(seed) for seed in range(10)]
    statuses = commit(Keeper(tmp_path), *every)
    assert statuses.count(503) >= 1
    assert len(_ids(tmp_path)) == statuses.count(0)
