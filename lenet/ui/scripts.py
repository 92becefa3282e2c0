"""The page's scripts: ES modules, joined into the one script that the page's head carries."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

from lenet.ui.texts import catalogue

_FOLDER = Path(__file__).parent / "scripts"

TEXTS = (
    "language",
    "answer.",
    "pad.",
    "page.tab.",
    "page.title",
    "photo.",
    "piece.",
    "results.",
    "share.",
    "sign.",
    "teach.",
)
"""Prefixes of the keys of all texts that the scripts of the page's head show; only these are sent."""

INSIDE_TEXTS = ("language", "inside.", "piece.no_digit", "sign.")
"""Likewise of the script of the inside."""

TIMELINE_TEXTS = ("language", "timeline.", "answer.percent", "piece.no_digit", "sign.")
"""Likewise of the script of the timeline."""

HAND_TEXTS = ("language", "either.", "hand.", "piece.no_digit", "sign.", "status.")
"""Likewise of the script that learns a visitor's hand."""

_IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n| +// .*$|/\*\*[\s\S]*?\*/\s?", re.MULTILINE)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)


def script() -> str:
    """The script of the page's head, which defines `lenet`: a function for each component of the page.

    Raises:
        ValueError: an import or export is not written in the form understood here.
    """
    return f"window.lenet = {_joined('main', f'components({_texts(TEXTS)})')};"


def inside_script() -> str:
    """The script that the panel of the inside fetches: a module that exports `viewOf`.

    Raises:
        ValueError: as for `script`.
    """
    return f"export const viewOf = {_joined('inside_view', f'viewsOf({_texts(INSIDE_TEXTS)})')};"


def teach_script() -> str:
    """The script that is fetched to teach: a module that exports `startHand`; errors as for `script`."""
    return f"export const startHand = {_joined('teach_view', f'handsOf({_texts(HAND_TEXTS)})')};"


def saliency_script() -> str:
    """The script of the Worker that explains differences of outputs; errors as for `script`."""
    return f"{_joined('saliency_worker', 'listenForQuestions()')};"


def timeline_script() -> str:
    """The script of the panel of the timeline, a module that exports `viewOf`; errors as for `script`."""
    return f"export const viewOf = {_joined('timeline_view', f'viewsOf({_texts(TIMELINE_TEXTS)})')};"


def _texts(prefixes: tuple[str, ...]) -> str:
    """The texts whose keys begin with one of `prefixes`, as JSON."""
    shown = {key: text for key, text in catalogue().items() if key.startswith(prefixes)}
    # "</script>" in a text would end the script.
    return json.dumps(shown, ensure_ascii=False).replace("</", "<\\/")


def _joined(entry: str, call: str) -> str:
    """A call of a function of the module `entry`, as an expression that holds all modules that it needs.

    Each module becomes a function that runs once, after the modules that it imports, and returns
    its exports. So the page loads no files besides, while `node` and `tsc` see plain modules.
    Comments and indentation are left out.
    """
    sources: dict[str, str] = {}
    imported: dict[str, list[str]] = {}
    wanted = [entry]
    while wanted:
        name = wanted.pop()
        if name not in sources:
            sources[name] = (_FOLDER / f"{name}.js").read_text("utf-8")
            imported[name] = [module for _, module in _IMPORT.findall(sources[name])]
            wanted += imported[name]
    functions = (_as_function(name, sources[name]) for name in TopologicalSorter(imported).static_order())
    return "\n".join(
        ["(() => {", "const modules = {};", *functions, f"return modules.{entry}.{call};", "})()"]
    )


def _as_function(name: str, source: str) -> str:
    exported = ", ".join(_EXPORT.findall(source))
    code = _IMPORT.sub(r"const {\1} = modules.\2;", _EXPORT.sub("", source))
    code = _COMMENT.sub("", code)
    if unknown := re.search(r"^(?:import|export)\b.*", code, re.MULTILINE):
        raise ValueError(
            f'{name}.js: wanted `import {{ name }} from "./module.js";` and `export` before function, class '
            f"or const, got `{unknown[0]}`; write it in that form"
        )
    return f"modules.{name} = (() => {{\n{_INDENTATION.sub('', code)}return {{ {exported} }};\n}})();"
