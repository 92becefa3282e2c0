"""The catalogue of texts: complete, without leftovers, and the only place with sentences for visitors."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest

from lenet.errors import InputError
from lenet.ink.notes import Note, NoteCode
from lenet.network.record import SIGNS
from lenet.reading.marks import MARKS
from lenet.ui import examples, photo, scripts, sentences, steps, texts
from lenet.ui.texts import catalogue, text

UI = Path(texts.__file__).parent
MODULES = sorted(UI.glob("*.py"))
SCRIPTS = sorted((UI / "scripts").glob("*.js"))
TEMPLATES = sorted(UI.glob("*.html"))

READ_ALOUD = {"aria-label", "title", "alt", "placeholder", "aria-description", "aria-roledescription"}

SENT = (*scripts.TEXTS, *scripts.INSIDE_TEXTS, *scripts.TIMELINE_TEXTS, *scripts.HAND_TEXTS)
"""Prefixes of the keys of all texts that any script shows."""

LAYERS = ("input", "c1", "s2", "c3", "s4", "c5", "f6", "output")

NOT_FOR_VISITORS = {
    "(prefers-color-scheme: dark)",  # media queries
    "(prefers-reduced-motion: reduce)",
    "input, textarea, select, [contenteditable='true']",  # selectors
    ".seen canvas",
    "text sentence",  # names of classes
    "no thumbnail",  # an error that is caught
    "ArrowLeft",  # names of keys, kinds and tags
    "ArrowUp",
    "ArrowRight",
    "ArrowDown",
    "Enter",
    "Escape",
    "Delete",
    "Backspace",
    "Files",
    "BUTTON",
}
"""Literals of the scripts with a space or a capital letter at their beginning."""


# --- One text ----------------------------------------------------------------


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A catalogue of the test's own."""
    forms = {"=8": "an {count}", "one": "a single {count}", "other": "{count} of them"}
    entries = {
        "language": "en",
        "digits": forms,
        "limit": "at most {limit:,}",
        "articles": {"other": "a {count}"},
    }
    (tmp_path / "en.json").write_text(json.dumps(entries), "utf-8")
    monkeypatch.setattr(texts, "_FOLDER", tmp_path)
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("digits", {"count": 1}, "a single 1"),
        ("digits", {"count": 8}, "an 8"),
        ("digits", {"count": 0}, "0 of them"),
        ("articles", {"count": 1}, "a 1"),
        ("limit", {"limit": 1000}, "at most 1,000"),
    ],
)
def test_a_text_takes_its_values_and_the_form_for_its_count(small, key, values, expected):
    assert text(key, **values) == expected


@pytest.mark.parametrize(("key", "missing"), [("digit", "digit"), ("limit", "limit"), ("digits", "count")])
def test_a_missing_key_or_value_is_named(small, key, missing):
    with pytest.raises(KeyError, match=missing):
        text(key)


# --- The catalogue and those who use it --------------------------------------


def keys_in_modules() -> Iterator[str]:
    """All keys that are given literally to `text`, or to a refusal after its status."""
    places = {"text": 0, "Refusal": 1}
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in places:
                key = call.args[places[call.func.id]]
                choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
                yield from (choice.value for choice in choices if isinstance(choice, ast.Constant))


def keys_in_templates() -> set[str]:
    return {
        key for path in TEMPLATES for key in re.findall(r"\{\{texts\.([\w.]+)\}\}", path.read_text("utf-8"))
    }


def keys_in_scripts() -> set[str]:
    code = "".join(path.read_text("utf-8") for path in SCRIPTS)
    calls = re.findall(r"\b(?:texts|#texts)\(([^`{,)]*)", code)
    return {key for call in calls for key in re.findall(r'"([\w.]+)"', call)}


def keys_by_code() -> set[str]:
    """Keys that end in a code."""
    source = "".join(path.read_text("utf-8") for path in UI.parent.rglob("*.py"))
    codes = set(re.findall(r'code="([\w.]+)"', source))
    drawings = [*examples.load(examples.EASY), *examples.load(examples.HARD)]
    return {
        *(f"error.{code}" for code in codes),
        *(f"note.{code.value}" for code in NoteCode),
        *(f"note.rotated_{degrees}" for degrees in (90, 180, 270)),
        *(f"sign.{symbol}" for symbol in (*SIGNS, *MARKS)),
        *(f"results.status.{status}" for status in ("ok", "unsure", "not_a_digit", "empty", "error")),
        *(f"example.drawing.{drawing.name}" for drawing in drawings),
        *(f"example.photo.{path.stem}" for path in photo.examples()),
        *(f"inside.{what}.{layer}" for what in ("layer", "meaning") for layer in LAYERS),
        *(f"inside.{what}.{kind}" for what in ("sees", "kernels") for kind in ("mean", "patches", "units")),
        *(f"steps.{name}" for name in (*steps.OF_DRAWINGS, *steps.OF_PHOTOS)),
        *(f"steps.{kind}.{source}" for kind in ("invitation", "squeeze") for source in ("drawing", "photo")),
    }


def test_every_key_that_is_used_has_a_text_and_every_text_is_used():
    used = {*keys_in_modules(), *keys_in_templates(), *keys_in_scripts(), *keys_by_code(), "language"}
    assert used == catalogue().keys()


def test_scripts_are_sent_the_texts_that_they_use():
    assert all(key.startswith(SENT) for key in keys_in_scripts())
    assert len(keys_in_scripts()) > 10


def test_texts_of_scripts_have_plain_placeholders():
    for key, entry in catalogue().items():
        if key.startswith(SENT):
            for form in entry.values() if isinstance(entry, dict) else [entry]:
                assert "{" not in re.sub(r"\{\w+\}", "", form), key


def placeholders(form: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(form) if name}


def test_no_form_of_a_text_takes_a_value_that_its_general_form_lacks():
    for key, entry in catalogue().items():
        if isinstance(entry, dict):
            for form in entry.values():
                assert placeholders(form) <= placeholders(entry["other"]), key


# --- Nowhere else ------------------------------------------------------------


class Literals(HTMLParser):
    """What a template says by itself, placeholders aside."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(re.sub(r"\{\{.*?\}\}", "", template))

    def handle_data(self, data: str) -> None:
        """Keep what stands between tags."""
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is shown or read aloud."""
        self.found += [value or "" for name, value in attrs if name in READ_ALOUD]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_say_nothing_by_themselves(path):
    assert not [said for said in Literals(path.read_text("utf-8")).found if re.search(r"\w", said)]


def test_letters_in_a_template_are_found():
    assert "Clear" in Literals('<button title="Clear">{{texts.pad.clear}}</button>').found
    assert "Clear" in Literals("<button>{{#if small}}Clear{{/if}}</button>").found


def literals_of(script: str) -> list[str]:
    """The strings of a script without its comments, and without errors, which are for programmers."""
    code = re.sub(r"/\*[\s\S]*?\*/|(?<![:\w])//.*", "", script)
    code = re.sub(r"throw new \w+\(`[^`]*`\)", "", code)
    return [
        literal for groups in re.findall(r"\"([^\"\n]*)\"|`([^`]*)`|'([^'\n]*)'", code) for literal in groups
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_say_nothing_by_themselves(path):
    said = [
        literal
        for literal in literals_of(path.read_text("utf-8"))
        if re.search(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]", re.sub(r"\$\{[^}]*\}", "", literal))
    ]
    assert set(said) <= NOT_FOR_VISITORS


def test_a_sentence_in_a_script_is_found():
    assert "No connection" in literals_of('// A comment\nsay("No connection"); // said')


# The literals of scripts.py are JavaScript.
@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.stem != "scripts"], ids=lambda path: path.stem
)
def test_modules_say_nothing_by_themselves(path):
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for_programmers = {
        id(part) for node in ast.walk(tree) if _is_error(node) or _is_log(node) for part in ast.walk(node)
    }
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docstrings | for_programmers
        and re.search(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]", node.value)
    ]
    assert said == []


def _is_error(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise)


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_LOGGER.")


# --- Which text it is --------------------------------------------------------


def test_every_note_has_a_sentence():
    for code in NoteCode:
        values = (90, 180, 270) if code is NoteCode.ROTATED else (3,)
        for value in values:
            assert sentences.note_sentence(Note(code, value))
    assert sentences.note_sentence(Note(NoteCode.FIRST_FRAME)) == "first of several frames"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InputError("for programmers", "picture.unreadable", name="a.png"), "a.png: wanted a picture (PNG, "),
        (
            InputError("for programmers", "picture.too_large", name="a.png", limit=50_000_000, got="9 × 9"),
            "a.png: wanted 1 to 50,000,000 pixels, got 9 × 9; ",
        ),
        (
            InputError("for programmers", "strokes.too_many", limit=1000, got=1001),
            "strokes: wanted at most 1,000 strokes, got 1,001; ",
        ),
        (
            InputError("for programmers", "strokes.too_many_points", limit=100_000, got=100_001),
            "strokes: wanted at most 100,000 points, got 100,001; ",
        ),
        (InputError("strokes: wanted a list"), "strokes: wanted a list"),
        (ValueError("secret detail"), "Something went wrong here."),
    ],
)
def test_errors_are_told_by_their_code_else_by_their_message(error, expected):
    assert sentences.error_sentence(error).startswith(expected)
