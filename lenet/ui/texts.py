"""What visitors read: a catalogue of texts for each language, found by key."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "texts"


@functools.cache
def catalogue(language: str = "en") -> dict[str, str | dict[str, str]]:
    """All texts of a language.

    Args:
        language: BCP 47 code; names a file in `texts`.

    Returns:
        For each key a text, or the forms of a text that depends on a count. Forms are named as
        in ICU's messages: "=8" for exactly eight, else by CLDR's plural categories "one" and
        "other". A text has placeholders in braces, as `str.format` takes them; texts that
        scripts show have plain names in them.
    """
    texts: dict[str, str | dict[str, str]] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return texts


def text(key: str, **values: Any) -> str:
    """One text, its placeholders filled.

    Args:
        key: as in the catalogue.
        **values: for the placeholders, by name; `count` also chooses among the forms.

    Raises:
        KeyError: no such key, or a placeholder without a value.
    """
    entry = catalogue()[key]
    if isinstance(entry, dict):
        # CLDR's rule for English; scripts ask the browser's Intl.PluralRules.
        count = values["count"]
        category = "one" if count == 1 else "other"
        entry = next(entry[form] for form in (f"={count}", category, "other") if form in entry)
    return entry.format(**values)
