"""What all parts of the page are made of: an HTML template, a style sheet and a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

_HERE = Path(__file__).parent


def component(name: str, **props: Any) -> gr.HTML:
    """A part of the page.

    Args:
        name: of its files beside this one: `name`.html, `name`.css and `name`.js.
        **props: what template and script are told; `server_functions`, a list, are
            what the script may call.
    """
    html, css, script = ((_HERE / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return gr.HTML(html_template=html, css_template=css, js_on_load=script, apply_default_css=False, **props)
