"""The page: the only part of LeNet that imports Gradio."""

from lenet.ui.page import build, launch

__all__ = ["build", "launch"]
