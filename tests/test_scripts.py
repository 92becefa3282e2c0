"""The page's scripts: joined into one, and their own tests, which run without a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lenet.ui import examples, scripts

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node.js; REQUIRE_NODE=1 says that it must be there."""
    path = shutil.which("node")
    if path is None and os.environ.get("REQUIRE_NODE") == "1":
        pytest.fail("no node: install Node.js 20 or later")
    if path is None:
        pytest.skip("no node: install Node.js 20 or later to test the page's scripts")
    return path


def run(node: str, *arguments: str | Path, **options: object) -> str:
    result = subprocess.run([node, *arguments], capture_output=True, encoding="utf-8", **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_scripts_pass_their_own_tests(node):
    assert TESTS
    run(node, "--test", *TESTS)


def test_the_joined_script_gives_a_function_for_each_component(node):
    query = (
        "console.log(Object.keys(window.lenet).join(), Object.values(window.lenet).every((one) => one.call))"
    )
    answer = run(node, input=f"const window = {{}};\n{scripts.script()}\n{query}")
    assert answer == "answer,examples,foot,inside,photo,results,sketchpad,steps,timeline true\n"


@pytest.mark.parametrize("file", [examples.EASY, examples.HARD])
def test_examples_are_the_same_curves_in_the_browser(node, file):
    module = (Path(scripts.__file__).parent / "scripts" / "curve.js").as_uri()
    controls = [entry["detail"] for entry in examples.drawings(file)]
    program = f"""import {{ curve }} from "{module}";
        console.log(JSON.stringify({json.dumps(controls)}.map((drawing) => drawing.map(curve))));"""
    drawn = json.loads(run(node, "--input-type=module", input=program))
    expected = [example.strokes for example in examples.load(file)]
    assert [[len(stroke) for stroke in one] for one in drawn] == [
        [len(stroke) for stroke in one] for one in expected
    ]
    for one, other in zip(drawn, expected, strict=True):
        for stroke, wanted in zip(one, other, strict=True):
            assert np.allclose(stroke, wanted, rtol=0, atol=1.01e-4)  # a tie may be rounded the other way


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Write modules to be joined in place of the page's; the last is `main`."""
    monkeypatch.setattr(scripts, "_FOLDER", tmp_path)
    (tmp_path / "main.js").write_text(
        'import { two } from "./one.js";\nexport function components() {\n  return two();\n}\n', "utf-8"
    )

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.js").write_text(source, "utf-8")

    return write


def test_modules_see_what_they_import_and_nothing_else(node, modules):
    modules("one", 'import { one } from "./zero.js";\nconst own = 1;\nexport const two = () => own + one;\n')
    comments = "// A comment\nconst own = 10; // another comment\n\n/** And\n * more comments. */\n"
    modules("zero", f"{comments}export const one = /** @type {{1}} */ (1);\n")
    script = scripts.script()
    assert run(node, input=f"const window = {{}};\n{script}\nconsole.log(window.lenet);") == "2\n"
    assert "comment" not in script
    assert "@type" not in script


@pytest.mark.parametrize(
    "line",
    ["export default 1;", 'export * from "./zero.js";', 'import zero from "./zero.js";', "export let two;"],
)
def test_other_forms_of_import_and_export_are_refused(modules, line):
    modules("one", f"{line}\n")
    with pytest.raises(ValueError, match=r"one\.js: wanted `import"):
        scripts.script()


def test_no_text_ends_the_script(monkeypatch):
    monkeypatch.setattr(scripts, "catalogue", lambda: {"pad.hint": "</script><b>"})
    assert "</script>" not in scripts.script()
