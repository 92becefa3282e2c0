"""The page: the only part of LeNet that imports Gradio."""

from lenet.ui.page import build, launch, serve

__all__ = ["build", "launch", "serve"]
