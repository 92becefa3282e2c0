"""A package that is not installed is named with its remedy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lenet import extras


def test_a_missing_package_is_told_with_the_remedy() -> None:
    with pytest.raises(ImportError, match=r'nothing_such: .* not installed; pip install -e ".\[train\]"'):
        extras.need("train", "json", "nothing_such")


def test_the_package_is_imported_without_any_of_the_extras() -> None:
    program = (
        "import sys\n"
        "for name in ('matplotlib', 'onnx', 'onnxscript', 'onnxruntime', 'trackio'):\n"
        "    sys.modules[name] = None\n"
        "from lenet import __main__\n"
        "from lenet.learning import pictures, tracking\n"
        "from lenet.network import export\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
