"""The house: imports between the packages go in one direction, and heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "lenet"

BELOW = {
    "ink": set(),
    "network": set(),
    "datasets": set(),
    "reading": {"ink", "network"},
    "synthesis": {"ink", "network", "datasets", "reading"},
    "learning": {"ink", "network", "datasets", "reading", "synthesis"},
    "ui": {"ink", "network", "reading", "datasets"},
}
"""The packages that each package may import; all may import the modules beside them."""

BESIDE = {"errors", "files", "extras"}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in PACKAGE.rglob("*.py")}


def _imports(path: Path) -> set[str]:
    """All modules of the project that a file imports, also within functions and for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return found & MODULES.keys()


@pytest.mark.parametrize("package", BELOW)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    for path in (PACKAGE / package).rglob("*.py"):
        rooms = {module.split(".")[1] for module in _imports(path) if "." in module}
        assert rooms <= BELOW[package] | BESIDE | {package}, path


def test_every_package_has_its_place() -> None:
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == BELOW.keys()
    entries = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert len(entries) <= 13


def test_modules_do_not_import_each_other_in_circles() -> None:
    TopologicalSorter({name: _imports(path) - {name} for name, path in MODULES.items()}).prepare()


def _loaded(*modules: str) -> set[str]:
    """The libraries that are loaded, by their first names, after the modules were imported."""
    command = f"import sys, {', '.join(modules)}; print(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_ink_and_reading_load_no_torch() -> None:
    below = [name for name in MODULES if name.startswith(("lenet.ink.", "lenet.reading."))]
    assert _loaded("lenet", *below).isdisjoint({"torch", "gradio"})


def test_the_package_itself_loads_nothing_else() -> None:
    assert _loaded("lenet").isdisjoint({"torch", "gradio", "numpy", "cv2"})


def test_only_the_page_loads_gradio() -> None:
    outside = [name for name in MODULES if not name.startswith("lenet.ui")]
    assert "gradio" not in _loaded(*outside)


def test_files_are_short_enough_to_be_read_at_once() -> None:
    for path in PACKAGE.rglob("*"):
        most = {".py": 350, ".js": 250}.get(path.suffix)
        assert most is None or len(path.read_text("utf-8").splitlines()) <= most, path
    assert len((ROOT / "train.py").read_text("utf-8").splitlines()) <= 150
