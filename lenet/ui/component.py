"""What all parts of the page are made of: an HTML template, a style sheet and a script."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import gradio as gr

from lenet.ui.texts import text

_HERE = Path(__file__).parent

_TEXT = re.compile(r"\{\{texts\.([\w.]+)\}\}")
"""A place holder in a template for a text of the catalogue: `{{texts.pad.label}}`."""


def component(name: str, **props: Any) -> gr.HTML:
    """A part of the page.

    Args:
        name: of its files beside this one, `name`.html and `name`.css, and of the function of
            `lenet.ui.scripts` that brings it to life.
        **props: what template and script are told; `server_functions`, a list, are
            what the script may call.
    """
    template, css = ((_HERE / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return gr.HTML(
        html_template=_TEXT.sub(lambda found: html.escape(text(found[1])), template),
        css_template=css,
        js_on_load=f"lenet.{name}({{ element, props, server, upload }});",
        apply_default_css=False,
        **props,
    )
