"""Packages that only some commands need, and that an extra of the project installs."""

from __future__ import annotations

import importlib


def need(extra: str, *packages: str) -> None:
    """Make sure that packages are there, before any work is done that would be lost without them.

    Args:
        extra: the extra in `pyproject.toml` that installs them.
        packages: the names they are imported by.

    Raises:
        ImportError: one of them is not installed; says how to install it.
    """
    for package in packages:
        try:
            importlib.import_module(package)
        except ModuleNotFoundError as error:
            raise ImportError(
                f'{package}: wanted this package, it is not installed; pip install -e ".[{extra}]"'
            ) from error
