"""SECURITY.md: every promise names a command that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lenet.__main__ import main

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")

PROMISES = re.findall(r"^\| (?!promise|---)(.+) \| (.+) \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("promise", "tested"), PROMISES, ids=[promise[:40] for promise, _ in PROMISES])
def test_a_promise_names_commands_that_are_there(promise: str, tested: str) -> None:
    commands = re.findall("`([^`]+)`", tested)
    assert commands
    for command in commands:
        for path in re.findall(r"tests/\w+\.py", command):
            assert (ROOT / path).is_file(), path
        for module in re.findall(r"-m benchmarks\.(\w+)", command):
            assert (ROOT / "benchmarks" / f"{module}.py").is_file(), module


def test_there_are_promises() -> None:
    assert len(PROMISES) >= 8


def test_the_check_from_outside_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--help"])
    assert ended.value.code == 0
    assert "URL" in capsys.readouterr().out
