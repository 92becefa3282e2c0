"""Executors that make examples: a pool of processes for a training, this process alone for little data."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

import cv2

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def process_pool() -> ProcessPoolExecutor:
    """Start a pool with one process a core, in each of which OpenCV has one thread."""
    # A forked process would inherit the locks of OpenCV's and torch's threads, but not the threads.
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), spawn, cv2.setNumThreads, (1,))


class InProcess(Executor):
    """An executor that runs each call at once, in the calling thread.

    A process that is started imports its libraries again, which takes longer than making a few images.
    """

    def submit(
        self,
        fn: Callable[_Arguments, _Result],
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Run the call and return its result as a future that is done; an error is raised at once."""
        future: Future[_Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future
