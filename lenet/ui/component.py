"""A component of the page: an HTML template, a style sheet and a function of the scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import gradio as gr

from lenet.ui.texts import text

_HERE = Path(__file__).parent

ServerFunction = Callable[[Any, gr.Request], Coroutine[Any, Any, dict[str, Any]]]
"""What the scripts of a component may call: takes what they send, and the request that brings it."""

_TEXT = re.compile(r"\{\{texts\.([\w.]+)\}\}")
"""A placeholder in a template for a text of the catalogue: `{{texts.pad.label}}`."""


def component(name: str, **props: Any) -> gr.HTML:
    """Make a component.

    Args:
        name: of its files beside this one, `name`.html and `name`.css, and of its start function
            in `scripts/main.js`.
        **props: values for the template and the script; `server_functions` is the list of
            functions that the script may call.
    """
    template, css = ((_HERE / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return gr.HTML(
        html_template=with_texts(template),
        css_template=css,
        js_on_load=f"lenet.{name}({{ element, props, server, upload }});",
        apply_default_css=False,
        **props,
    )


def with_texts(template: str) -> str:
    """A template whose placeholders `{{texts.KEY}}` are filled from the catalogue."""
    return _TEXT.sub(lambda found: html.escape(text(found[1])), template)
