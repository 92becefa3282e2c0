"""The licences of everything that the page needs, as the installed packages state them.

    python -m benchmarks.licences [--extra NAME …] > docs/licences.txt

Follows the project's dependencies, with the extras that are named, to all that they need in turn. Prints for
each package its version and licence. `pip install -e .` first: the list begins with what that installed.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

PROJECT = "lenet-reader"

MOST = 120
"""Characters of a licence that are printed; some packages put its whole text into that field."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="List the licences of all dependencies.")
    parser.add_argument("--extra", action="append", default=[], help="of the project, as train or onnx")
    found = closure(PROJECT, parser.parse_args().extra)
    width = max(map(len, found))
    for name, package in sorted(found.items()):
        print(f"{name:{width}}  {package.version:16}  {licence(package)}")


def closure(project: str, extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """All packages that a project needs, by their names; those that are not installed are left out.

    Args:
        project: the name of its package, which is not in the result.
        extras: of the project.

    Raises:
        PackageNotFoundError: the project is not installed.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(distribution(project), extra) for extra in ("", *extras)]
    while waiting:
        package, extra = waiting.pop()
        for line in package.requires or []:
            wanted = Requirement(line)
            if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
                continue
            for further in ("", *wanted.extras):
                name = normal(wanted.name)
                if (name, further) in seen:
                    continue
                seen.add((name, further))
                try:
                    found[name] = distribution(name)
                except PackageNotFoundError:  # of another platform, or optional
                    continue
                waiting.append((found[name], further))
    found.pop(normal(project), None)
    return found


def licence(package: Distribution) -> str:
    """What a package states as its licence, in a line."""
    stated = package.metadata
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in stated.get_all("Classifier") or []
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    first = next(iter((stated["License"] or "").strip().splitlines()), "")
    return (stated["License-Expression"] or " and ".join(classifiers) or first or "not stated")[:MOST]


def normal(name: str) -> str:
    """The name as all packages can be compared by: PEP 503."""
    return re.sub("[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
