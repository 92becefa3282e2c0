"""Spaces: the front matter of the README is true, and requirements.txt is enough to start the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
import venv
from importlib.metadata import requires, version
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks.serving import free_port

ROOT = Path(__file__).parent.parent

START_WITHIN = 120  # seconds

SDK_EXTRAS = "oauth,mcp"  # with which Spaces install Gradio

SERVING = {"fastapi", "starlette", "uvicorn", "h11", "anyio", "pydantic", "python-multipart", "orjson"}


def _front_matter() -> dict[str, str]:
    matter = (ROOT / "README.md").read_text("utf-8").split("---\n")[1]
    return dict(re.findall(r"^(\w+): *(.+)$", matter, flags=re.MULTILINE))


def _requirements() -> dict[str, str]:
    return dict(
        re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text("utf-8"), flags=re.MULTILINE)
    )


def test_the_front_matter_is_complete() -> None:
    matter = _front_matter()
    assert matter["sdk"] == "gradio"
    assert (ROOT / matter["app_file"]).is_file()
    assert matter["sdk_version"] == version("gradio")
    assert matter["python_version"] in ("3.10.13", "3.12.12")  # those of ZeroGPU
    assert len(matter["short_description"]) <= 60
    assert {"title", "license", "tags"} <= {line.split(":")[0] for line in _text().splitlines()}


def _text() -> str:
    return (ROOT / "README.md").read_text("utf-8").split("---\n")[1]


def test_the_requirements_are_pinned_and_leave_gradio_to_the_sdk() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert len(_requirements()) == len([line for line in lines if line and not line.startswith("#")])
    assert "gradio" not in _requirements()
    assert (2, 8) <= tuple(map(int, _requirements()["torch"].split(".")[:2])) <= (2, 11)  # those of ZeroGPU


def test_what_answers_strangers_is_pinned() -> None:
    assert not SERVING - _requirements().keys()


def test_the_gradio_that_is_installed_elsewhere_is_that_of_the_sdk() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'"gradio=={_front_matter()["sdk_version"]}"' in pyproject


def test_gradio_and_its_extras_on_spaces_take_the_pinned_versions() -> None:
    pins = _requirements()
    for line in requires("gradio"):
        wanted = Requirement(line)
        extras = ["", *SDK_EXTRAS.split(",")]
        if wanted.name in pins and any(
            not wanted.marker or wanted.marker.evaluate({"extra": extra}) for extra in extras
        ):
            assert wanted.specifier.contains(pins[wanted.name]), line


@pytest.mark.skipif(os.environ.get("REQUIRE_PINS") != "1", reason="another environment than that of the gate")
def test_the_gate_runs_the_pinned_versions() -> None:
    pins = {name: pin for name, pin in _requirements().items() if name != "torch"}
    assert {name: version(name) for name in pins} == pins
    # uvicorn would take these for its event loop and its parser if they were there.
    assert [name for name in ("uvloop", "httptools") if find_spec(name)] == []


@pytest.mark.slow
def test_an_environment_of_the_requirements_alone_starts_the_page(tmp_path: Path) -> None:
    python = _environment(tmp_path / "environment")
    port = free_port()
    settings = {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRADIO"))}
    server = subprocess.Popen([python, "app.py"], cwd=ROOT, env={**clean, **settings})
    try:
        assert "LeNet" in _page(f"http://127.0.0.1:{port}/", server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _environment(folder: Path) -> str:
    """A virtual environment with what Spaces would install: the SDK and requirements.txt."""
    venv.create(folder, with_pip=True)
    python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    packages = [
        f"gradio[{SDK_EXTRAS}]=={_front_matter()['sdk_version']}",
        "-r",
        str(ROOT / "requirements.txt"),
    ]
    # Without compiling what is never imported: the packages have some 20,000 files.
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-compile", *packages], check=True)
    return python


def _page(address: str, server: subprocess.Popen[bytes]) -> str:
    """The page, as soon as it is there."""
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return str(response.read().decode())
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"no page at {address}; app.py ended with {server.poll()}")
