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
)
"""Prefixes of the keys of all texts that scripts show; only these are sent."""

_IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n| +// .*$|/\*\*[\s\S]*?\*/\s?", re.MULTILINE)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)


def script() -> str:
    """The script of the page's head, which defines `lenet`: a function for each component of the page.

    Each module becomes a function that runs once, after the modules that it imports, and returns
    its exports. So the page loads no files besides, while `node` and `tsc` see plain modules.
    Comments and indentation are left out.

    Raises:
        ValueError: an import or export is not written in the form understood here.
    """
    sources = {path.stem: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.js"))}
    imported = {name: [module for _, module in _IMPORT.findall(source)] for name, source in sources.items()}
    order = TopologicalSorter(imported).static_order()
    shown = {key: text for key, text in catalogue().items() if key.startswith(TEXTS)}
    # "</script>" in a text would end the script.
    texts = json.dumps(shown, ensure_ascii=False).replace("</", "<\\/")
    body = [
        "const modules = {};",
        *(_as_function(name, sources[name]) for name in order),
        f"return modules.main.components({texts});",
    ]
    return "\n".join(["window.lenet = (() => {", *body, "})();"])


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
