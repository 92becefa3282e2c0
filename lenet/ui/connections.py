"""Connections by which nothing is asked: the server itself gives up only those that were answered before."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import uvicorn

from lenet.ui.sweeping import repeat

_MAX_IDLE = 15
"""Seconds that the head of a request may take; uvicorn waits 5 for another request of an answered client."""

_SWEEP_EVERY = 5
"""Seconds between two sweeps."""


async def close_idle_forever(server: uvicorn.Server) -> None:
    """Close the connections of a server that bring no request, from time to time, whatever happens."""
    idle_since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
    await repeat(partial(_close_idle, server, idle_since), _SWEEP_EVERY)


async def _close_idle(server: uvicorn.Server, idle_since: WeakKeyDictionary[Any, float]) -> None:
    now = time.monotonic()
    for connection in list(server.server_state.connections):
        request = getattr(connection, "cycle", None)
        if request is not None and not request.response_complete:
            idle_since.pop(connection, None)
        elif now - idle_since.setdefault(connection, now) >= _MAX_IDLE:
            connection.transport.close()
