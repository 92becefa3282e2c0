"""docs/licences.txt lists what the page needs, as the packages state it."""

from __future__ import annotations

import re
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement

from benchmarks import licences

ROOT = Path(__file__).parent.parent


def _direct() -> set[str]:
    """The dependencies in pyproject.toml."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    lines = re.findall(r'^ *"([^"]+)",', listed[1], re.MULTILINE)
    return {licences.normal(Requirement(line).name) for line in lines}


def test_every_dependency_of_the_project_is_listed_with_a_licence() -> None:
    rows = [line.split(None, 2) for line in (ROOT / "docs" / "licences.txt").read_text("utf-8").splitlines()]
    stated = {name: licence for name, _, licence in rows}
    assert not _direct() - stated.keys()
    assert "not stated" not in {stated[name] for name in _direct()}


def test_what_dependencies_need_is_found_too() -> None:
    found = licences.closure("gradio")
    assert {"fastapi", "starlette", "pydantic", "pydantic-core", "anyio", "numpy"} <= found.keys()
    assert "gradio" not in found
    assert licences.licence(found["fastapi"]) == "MIT"


def test_an_extra_brings_what_it_needs() -> None:
    without, with_http2 = licences.closure("httpx"), licences.closure("httpx", ["http2"])
    assert "h2" not in without
    assert without.keys() <= with_http2.keys()


class Stated(Distribution):
    """A package with this metadata."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read_text(self, filename: str) -> str | None:
        """The metadata, whatever file is asked for."""
        return self.text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        """Nowhere."""
        raise NotImplementedError


def test_the_licence_is_taken_from_where_it_is_stated() -> None:
    osi = "Classifier: License :: OSI Approved"
    assert licences.licence(Stated(f"License-Expression: MIT\nLicense: x\n{osi} :: BSD License\n")) == "MIT"
    assert licences.licence(Stated(f"License: x\n{osi} :: BSD License\n")) == "BSD License"
    assert licences.licence(Stated(f"License: Apache 2\n{osi}\n")) == "Apache 2"
    assert licences.licence(Stated("Name: x\n")) == "not stated"
